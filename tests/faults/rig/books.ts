import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEventCommandId } from '../../../contracts/command-ids.ts';
import { canonicalJson, sha256 } from '../../../contracts/ids.ts';
import type { EscalationEvent } from '../../../domain/escalation/events.ts';
import { fold, hasEnded } from '../../../domain/escalation/evolve.ts';
import type { Escalation } from '../../../domain/escalation/state.ts';
import { commitFrom } from '../../../store/commit-item.ts';
import { StoreError } from '../../../store/errors.ts';
import { foldRecord } from '../../../store/fold.ts';
import { commitPrefix, escalationIdOf } from '../../../store/keys.ts';
import { readHead, readHeads, readWholeLog } from '../../../store/log.ts';
import { listPending } from '../../../store/orphans.ts';
import { readPointer } from '../../../store/pointer.ts';
import type { Desk } from './desk.ts';
import type { CommandAttempt, IntakeAttempt } from './load.ts';

/** Where the books are looked at. */
export type Shelf = Pick<Desk, 'store' | 'isRunning' | 'stateOf'>;

/** What was asked of the desk and answered. */
export interface Asked {
  readonly intakes: readonly IntakeAttempt[];
  readonly commands: readonly CommandAttempt[];
  acceptedIds(): readonly string[];
}

/** `lost`: promised and not there. `doubled`: there twice. `disagrees`: two places tell different stories. */
export interface Finding {
  readonly kind: 'lost' | 'doubled' | 'disagrees';
  readonly text: string;
}

export interface Entry {
  readonly id: string;
  readonly events: readonly EscalationEvent[];
  readonly state: Escalation;
  /** When it was looked at, epoch ms: later pages are not in `events`. */
  readonly readAtMs: number;
}

export interface Books {
  readonly findings: readonly Finding[];
  readonly entries: readonly Entry[];
}

export type Published = ReadonlyMap<string, { readonly atMs: number; readonly times: number }>;

/** Every escalation in the table by the hash of its title. */
export async function idsByTitle(desk: Pick<Desk, 'store'>): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = new Map<string, string[]>();
  let from: Record<string, unknown> | undefined;
  do {
    const page = await desk.store.db.send(
      new ScanCommand({
        TableName: desk.store.tableName,
        FilterExpression: 'sk = :first',
        ExpressionAttributeValues: { ':first': `${commitPrefix}00000001` },
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    for (const item of page.Items ?? []) {
      const received = commitFrom(item).events[0];
      if (received?.type !== 'escalation.received') continue;
      const known = ids.get(received.title.hash) ?? [];
      ids.set(received.title.hash, [...known, escalationIdOf(String(item['pk']))]);
    }
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return ids;
}

async function auditIntakes(desk: Shelf, load: Asked): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const byTitle = await idsByTitle(desk);
  const countedOn = new Map<string, number>();
  for (const { title, outcome } of load.intakes) {
    const ids = byTitle.get(sha256(title)) ?? [];
    const heads = await Promise.all(ids.map((id) => readHead(desk.store, id)));
    const own = ids.filter((_, index) => heads[index]?.record.state !== 'merged');
    if (own.length > 1) findings.push({ kind: 'doubled', text: `"${title}" has ${own.length} escalations` });
    if (outcome?.kind === 'accepted' && !own.includes(outcome.escalationId)) {
      findings.push({ kind: 'lost', text: `"${title}" was accepted as ${outcome.escalationId}, which is not there` });
    }
    if (outcome?.kind === 'counted') {
      countedOn.set(outcome.escalationId, (countedOn.get(outcome.escalationId) ?? 1) + 1);
    }
  }
  for (const [id, least] of countedOn) {
    const dedupKey = fold(await readWholeLog(desk.store, id))?.dedupKey ?? null;
    const pointer = dedupKey === null ? null : await readPointer(desk.store, dedupKey);
    if (pointer?.escalationId === id && pointer.count < least) {
      findings.push({ kind: 'lost', text: `${id} counts ${pointer.count} of at least ${least} occurrences` });
    }
  }
  return findings;
}

function auditCommands(load: Asked, entries: ReadonlyMap<string, Entry>): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { escalationId, type, commandId, status } of load.commands) {
    const events = entries.get(escalationId)?.events ?? [];
    const own = events.filter(
      (event) => event.commandId !== undefined && parseEventCommandId(event.commandId)?.commandId === commandId,
    );
    const done = status === 200;
    if (done && own.length === 0)
      findings.push({ kind: 'lost', text: `${type} on ${escalationId} was answered as done` });
    // One command is one decision: all its events stand side by side.
    const first = own[0]?.seq ?? 0;
    if (own.some((event, index) => event.seq !== first + index)) {
      findings.push({ kind: 'doubled', text: `${type} on ${escalationId} was done more than once` });
    }
  }
  return findings;
}

export function auditPages({ id, events, readAtMs }: Entry, published: Published): readonly Finding[] {
  const findings: Finding[] = [];
  const settled = new Map<string, string>();
  const requested = new Set<string>();
  const ofStep = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'page.requested') {
      const step = event.pageId.split('#')[1] ?? '';
      const other = event.isStep ? ofStep.get(step) : undefined;
      if (other !== undefined && other !== event.pageId) {
        findings.push({ kind: 'doubled', text: `step ${step} has the pages ${other} and ${event.pageId}` });
      }
      if (event.isStep) ofStep.set(step, event.pageId);
      if (requested.has(event.pageId)) findings.push({ kind: 'doubled', text: `${event.pageId} was decided twice` });
      requested.add(event.pageId);
    } else if (
      event.type === 'page.sent' ||
      event.type === 'page.suppressed' ||
      event.type === 'page.failed' ||
      event.type === 'step.uncovered'
    ) {
      if (settled.has(event.pageId)) findings.push({ kind: 'doubled', text: `${event.pageId} has two outcomes` });
      settled.set(event.pageId, event.type);
    }
  }
  for (const pageId of requested) {
    const outcome = settled.get(pageId);
    if (outcome === 'page.sent' && !published.has(pageId)) {
      findings.push({ kind: 'lost', text: `the page ${pageId} was told as sent and was not` });
    }
  }
  for (const [pageId, { atMs }] of published) {
    if (atMs < readAtMs && pageId.startsWith(`${id}#`) && !requested.has(pageId)) {
      findings.push({ kind: 'doubled', text: `the page ${pageId} was sent and never decided` });
    }
  }
  return findings;
}

/** The first place at which two values differ, for the message of a finding. */
function differenceOf(a: unknown, b: unknown, path = ''): string | null {
  if (canonicalJson(a) === canonicalJson(b)) return null;
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = differenceOf(Reflect.get(a, key), Reflect.get(b, key), `${path}.${key}`);
      if (found !== null) return found;
    }
  }
  return `${path} is ${canonicalJson(a)} and not ${canonicalJson(b)}`;
}

/** What a workflow that runs believes; null when there is none, or it does not answer. */
async function believedOf(desk: Shelf, id: string): Promise<Escalation | null> {
  if (!(await desk.isRunning(id).catch(() => false))) return null;
  return desk.stateOf(id).catch(() => null);
}

/** A store that is away is no finding. */
function reasonOf(error: unknown): string {
  if (error instanceof StoreError && error.code !== 'internal') throw error;
  return error instanceof Error ? error.message : String(error);
}

/** How one escalation looks from all sides at one moment. */
async function lookAt(desk: Shelf, id: string): Promise<{ entry: Entry | null; findings: readonly Finding[] }> {
  const readAtMs = Date.now();
  const read = await readWholeLog(desk.store, id).catch(reasonOf);
  // A gap, or an item that can't be read: the store says which.
  if (typeof read === 'string') return { entry: null, findings: [{ kind: 'lost', text: read }] };
  const events = read;
  const state = fold(events);
  if (state === null) return { entry: null, findings: [{ kind: 'lost', text: `${id} has no log` }] };
  const believed = hasEnded(state) ? state : await believedOf(desk, id);
  const [head, record] = await Promise.all([readHead(desk.store, id), foldRecord(desk.store, id, events)]);
  const findings: Finding[] = [];
  events.forEach((event, index) => {
    if (event.seq !== index + 1) findings.push({ kind: 'disagrees', text: `${id} has ${event.seq} at ${index + 1}` });
  });
  const inWorkflow = believed === null ? 'it does not answer' : differenceOf(believed, state);
  if (inWorkflow !== null) {
    findings.push({
      kind: believed === null ? 'lost' : 'disagrees',
      text: `the workflow of ${id} differs from its log: ${inWorkflow}`,
    });
  }
  const inHead = differenceOf(head?.record ?? null, record);
  if (inHead !== null)
    findings.push({ kind: 'disagrees', text: `the record of ${id} differs from its log: ${inHead}` });
  for (const { pageId } of state.pendingPages) findings.push({ kind: 'lost', text: `${pageId} has no outcome` });
  return { entry: { id, events, state, readAtMs }, findings };
}

/** Compares log, record and workflow. While it goes on they may differ for a moment: only what stays is a finding. */
export async function auditEntry(desk: Shelf, id: string): ReturnType<typeof lookAt> {
  for (let attempt = 1; ; attempt += 1) {
    const seen = await lookAt(desk, id);
    if (seen.findings.length === 0 || attempt === 40) return seen;
    await sleep(50);
  }
}

/**
 * Whether everything that was to be done is done: no intake waits for its workflow, no page for its outcome, and no
 * wake-up is overdue by more than `graceMs`.
 */
async function isAtRest(desk: Pick<Desk, 'store'>, ids: readonly string[], graceMs: number): Promise<boolean> {
  if ((await listPending(desk.store, 10, Date.now())).length > 0) return false;
  // The records first, all at once: reading every log over and over would take the processor from what is waited for.
  const heads = new Map((await readHeads(desk.store, ids)).map(({ record }) => [record.id, record]));
  const overdueAtMs = Date.now() - graceMs;
  const isQuiet = ids.every((id) => {
    const record = heads.get(id);
    return record !== undefined && (record.nextWakeAtMs === null || record.nextWakeAtMs > overdueAtMs);
  });
  if (!isQuiet) return false;
  const states = await Promise.all(ids.map(async (id) => fold(await readWholeLog(desk.store, id))));
  return states.every((state, index) => {
    const id = ids[index];
    return state !== null && state.pendingPages.length === 0 && id !== undefined && heads.get(id)?.seq === state.seq;
  });
}

/** Waits until all is at rest; false when it did not come to that within the time. */
export async function comesToRest(
  desk: Pick<Desk, 'store'>,
  ids: readonly string[],
  withinMs: number,
): Promise<boolean> {
  const deadlineMs = Date.now() + withinMs;
  for (;;) {
    if (await isAtRest(desk, ids, 1_500).catch(() => false)) return true;
    if (Date.now() > deadlineMs) return false;
    await sleep(250);
  }
}

/** Goes through everything that a load left behind. */
export async function auditBooks(desk: Shelf, load: Asked, published: () => Published): Promise<Books> {
  const findings: Finding[] = [];
  const entries = new Map<string, Entry>();
  for (const id of load.acceptedIds()) {
    const audited = await auditEntry(desk, id);
    findings.push(...audited.findings);
    if (audited.entry !== null) entries.set(id, audited.entry);
  }
  findings.push(...(await auditIntakes(desk, load)), ...auditCommands(load, entries));
  const pages = published();
  for (const entry of entries.values()) findings.push(...auditPages(entry, pages));
  return { findings, entries: [...entries.values()] };
}

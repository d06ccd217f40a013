import { setTimeout as sleep } from 'node:timers/promises';
import { own } from '../../domain/own.ts';
import { currentFlags } from '../../contracts/behaviour-flags.ts';
import { newEscalationId, newTextId, textIdFrom } from '../../contracts/ids.ts';
import { errorFields, type Logger } from '../../contracts/logger.ts';
import { mayBeHandedOver, type CarriedState } from '../../contracts/workflow-messages.ts';
import { decideAtReceipt, type FirstDecision } from '../../domain/escalation/first-events.ts';
import type { EscalationRecord } from '../../domain/escalation/record.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import type { Actor, Category, Channel, Severity } from '../../domain/escalation/vocabulary.ts';
import { calendarsOf } from '../../domain/policy/match.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { route } from '../../domain/policy/routing.ts';
import { claimCreate, settleCreate } from '../../store/create-requests.ts';
import { readFirstEvents } from '../../store/books.ts';
import type { CalendarsInForce } from '../../store/directory-reader.ts';
import type { Store } from '../../store/client.ts';
import { StoreError } from '../../store/errors.ts';
import { faultPoint } from '../../store/fault-points.ts';
import {
  acceptIntake,
  countRepeat,
  firstRecord,
  receivedIn,
  type AttemptAt,
  type IntakeResult,
  type ReceivedEvent,
} from '../../store/intake.ts';
import { readHead } from '../../store/log.ts';
import { forgetLoser } from '../../store/pointer.ts';
import { readTexts, textRefOf, type NewText } from '../../store/texts.ts';
import { ApiError, invalid } from '../http/api-error.ts';
import type { IntakePorts } from './ports.ts';
import { isThreshold } from './thresholds.ts';

/** Something that a person or a machine reports, before it has a place. */
export interface Incoming {
  readonly title: string;
  readonly body: string | null;
  readonly channel: Channel;
  readonly category: Category;
  readonly severity?: Severity;
  readonly accountId?: string;
  readonly team?: string;
  readonly policy?: string;
  readonly source: string;
  /** Hash of the dedup key with its scope. */
  readonly dedupKey?: string;
  readonly actor: Actor;
}

/** What makes a repeated attempt the same one. */
export interface AttemptKey {
  /** Hash of caller, route and key. */
  readonly hash: string;
  readonly bodyHash: string;
  readonly expiresAtMs: number;
}

export type TakenIn =
  | {
      readonly kind: 'accepted';
      readonly record: EscalationRecord;
      readonly title: string | null;
      readonly replayed: boolean;
    }
  | { readonly kind: 'absorbed'; readonly escalationId: string; readonly count: number; readonly replayed: boolean };

/** How long what a key names may take to be seen. */
const firstSightMs = 25;
const longestSightMs = 400;

interface Context {
  readonly nowMs: number;
  readonly log: Logger;
}

/**
 * Takes something in, so that it is durable before the answer (design points 6 and 7): the attempt's key if it has one,
 * then one atomic addition where an open escalation has its dedup key, else a new escalation. Of a key that this process
 * has not seen the new escalation is tried first, which an open one refuses.
 * @throws ApiError `idempotency_key_reused`, `invalid_request` for a policy or a team that is not known, `unavailable`
 * @throws StoreError `outcome_unknown` when a repeat may or may not have been counted; `unavailable`
 */
export function takeIn(
  ports: IntakePorts,
  incoming: Incoming,
  attempt: AttemptKey | null,
  context: Context,
): Promise<TakenIn> {
  return ports.starter.during(() => takeInCounted(ports, incoming, attempt, context));
}

async function takeInCounted(
  ports: IntakePorts,
  incoming: Incoming,
  attempt: AttemptKey | null,
  context: Context,
): Promise<TakenIn> {
  const { store } = ports;
  const { nowMs } = context;
  const placed = await place(ports, incoming);
  const newId = newEscalationId(nowMs);
  const claim =
    attempt === null ? ({ kind: 'first' } as const) : await claimCreate(store, { ...attempt, escalationId: newId });
  if (claim.kind === 'other_body') throw new ApiError('idempotency_key_reused');
  if (claim.kind === 'again') {
    if (claim.absorbed !== null) return { kind: 'absorbed', ...claim.absorbed, replayed: true };
    const before = await acceptedBefore(ports, claim.escalationId);
    if (before !== null) return before;
    return accept(ports, placed, claim.escalationId, attempt, { ...context, at: 'again' });
  }
  const at: AttemptAt = attempt === null ? 'only' : 'first';
  const { dedupKey } = incoming;
  if (dedupKey !== undefined && ports.seenKeys.note(dedupKey)) {
    const repeat = await countRepeat(store, dedupKey, newId, at, nowMs);
    if (repeat.kind === 'absorbed') return absorbed(ports, { ...repeat, dedupKey, ownId: newId }, attempt, context);
  }
  return accept(ports, placed, newId, attempt, { ...context, at });
}

interface Placed {
  readonly incoming: Incoming;
  readonly policy: Policy;
  readonly category: Category;
  readonly severity: Severity;
  readonly team: string;
  readonly accountClass: string | null;
}

/** Where it goes, by the routing rules in force. */
async function place(ports: IntakePorts, incoming: Incoming): Promise<Placed> {
  const { routing, directory } = await ports.document();
  const { accountId } = incoming;
  const account = accountId === undefined ? undefined : own(directory.accounts, accountId);
  if (incoming.team !== undefined && own(directory.teams, incoming.team) === undefined) {
    throw invalid(['body', 'team'], 'unknown_team', 'is no team in the directory');
  }
  const routed = route(routing, {
    channel: incoming.channel,
    category: incoming.category,
    source: incoming.source,
    accountClass: account?.class ?? null,
    title: incoming.title,
    ...(account === undefined || accountId === undefined ? {} : { account: accountId }),
    ...(incoming.policy === undefined ? {} : { policy: incoming.policy }),
    ...(incoming.team === undefined ? {} : { team: incoming.team }),
    ...(incoming.severity === undefined ? {} : { severity: incoming.severity }),
  });
  const policy = await ports.policy(routed.policy);
  if (policy !== null)
    return {
      incoming,
      policy,
      category: routed.category,
      severity: routed.severity,
      team: routed.team,
      accountClass: account?.class ?? null,
    };
  if (incoming.policy !== undefined) throw invalid(['body', 'policy'], 'unknown_policy', 'is not the name of a policy');
  throw new ApiError('unavailable', { detail: 'No policy is published yet.', retryAfterSeconds: 5 });
}

async function accept(
  ports: IntakePorts,
  placed: Placed,
  escalationId: string,
  attempt: AttemptKey | null,
  context: Context & { readonly at: AttemptAt },
): Promise<TakenIn> {
  const { incoming, policy } = placed;
  const { nowMs, at, log } = context;
  // An attempt that is repeated finds the texts of the first.
  const textId = (kind: string): string =>
    attempt === null ? newTextId(nowMs) : textIdFrom(`${attempt.hash}#${kind}`);
  const title: NewText = { id: textId('title'), kind: 'title', text: incoming.title };
  const body: NewText | null =
    incoming.body === null ? null : { id: textId('body'), kind: 'body', text: incoming.body };
  const received: ReceivedEvent = {
    type: 'escalation.received',
    seq: 1,
    atMs: nowMs,
    actor: incoming.actor,
    title: textRefOf(title),
    channel: incoming.channel,
    category: placed.category,
    severity: placed.severity,
    policy: { name: policy.name, version: policy.version },
    team: placed.team,
    source: incoming.source,
    ...(body === null ? {} : { body: textRefOf(body) }),
    ...(incoming.dedupKey === undefined ? {} : { dedupKey: incoming.dedupKey }),
    ...(incoming.accountId === undefined ? {} : { accountId: incoming.accountId }),
    ...(placed.accountClass === null ? {} : { accountClass: placed.accountClass }),
  };
  const texts = body === null ? [title] : [title, body];
  const beginning = await begin(ports, escalationId, received, policy, log);
  const result = await acceptIntake(ports.store, {
    escalationId,
    received,
    ...(beginning === null ? {} : { begun: beginning.decision, calendars: beginning.calendars }),
    texts,
    policy,
    attempt: at,
  });
  if (result.kind === 'absorbed') {
    return absorbed(ports, { ...result, dedupKey: incoming.dedupKey, ownId: escalationId }, attempt, context);
  }
  log.info('intake.accepted', { escalationId, source: incoming.source });
  const handedOver = beginning === null ? undefined : handOver(result.state, policy, beginning);
  await ports.starter.tryStart(escalationId, result.record.severity, handedOver, log);
  return { kind: 'accepted', record: result.record, title: result.title, replayed: false };
}

interface Beginning extends CalendarsInForce {
  readonly decision: FirstDecision;
}

/** What the core decides at once; null where a calendar is missing: its workflow asks until the calendar is there. */
async function begin(
  ports: IntakePorts,
  escalationId: string,
  received: ReceivedEvent,
  policy: Policy,
  log: Logger,
): Promise<Beginning | null> {
  try {
    const inForce = await ports.calendars.current(calendarsOf(policy), received.atMs);
    return { ...inForce, decision: decideAtReceipt(received, { escalationId, policy, ...inForce }) };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    log.warn('intake.beginning_left', { escalationId, ...errorFields(error) });
    return null;
  }
}

/** What its workflow needs to go on from here, so that it need not read what was just written. */
function handOver(state: Escalation | null, policy: Policy, beginning: Beginning): CarriedState | undefined {
  if (state === null) return undefined;
  const { calendars, calendarPins } = beginning;
  return mayBeHandedOver({ state, policy, calendars, calendarPins, processed: [], evicted: 0, flags: currentFlags });
}

interface Repeat extends Extract<IntakeResult, { kind: 'absorbed' }> {
  readonly dedupKey: string | undefined;
  /** The id that it would have had itself. */
  readonly ownId: string;
}

async function absorbed(
  ports: IntakePorts,
  repeat: Repeat,
  attempt: AttemptKey | null,
  { log }: Context,
): Promise<TakenIn> {
  const { escalationId, count, dedupKey, ownId, remembered } = repeat;
  log.info('intake.counted', { escalationId, count });
  faultPoint('intake:after-count');
  if (attempt !== null) await settleCreate(ports.store, attempt.hash, { escalationId, count });
  faultPoint('intake:after-note');
  if (remembered && dedupKey !== undefined) await forgetLoser(ports.store, dedupKey, ownId);
  if (isThreshold(count)) {
    // A hint: the workflow reads the counter itself, at this signal or at its next wake.
    await ports.gateway
      .hintOccurrences(escalationId, { count })
      .catch(() => log.warn('occurrences.hint_lost', { escalationId, count }));
  }
  return { kind: 'absorbed', escalationId, count, replayed: false };
}

/** The outcome of an earlier attempt under the same key: the record as it was received. */
async function acceptedBefore(ports: IntakePorts, escalationId: string): Promise<TakenIn | null> {
  const { store } = ports;
  const head = await readHead(store, escalationId);
  if (head === null) return null;
  const first = await readFirstEvents(store, escalationId);
  if (first === null) return null;
  return {
    kind: 'accepted',
    record: await firstRecord(store, escalationId, first),
    title: head.title,
    replayed: true,
  };
}

/** The record that a repeat was counted on, with at least that count: its own is folded in later. */
export async function recordCountedOn(
  ports: IntakePorts,
  escalationId: string,
  count: number,
): Promise<{ readonly record: EscalationRecord; readonly title: string | null }> {
  const { store } = ports;
  for (let pauseMs = firstSightMs; ; pauseMs *= 2) {
    const found = await findCountedOn(store, escalationId, count);
    if (found !== null) return found;
    // Its key is there already, of the same transaction: what else it wrote may be seen an instant later.
    if (pauseMs > longestSightMs) throw new ApiError('unavailable', { retryAfterSeconds: 1 });
    await sleep(pauseMs);
  }
}

async function findCountedOn(
  store: Store,
  escalationId: string,
  count: number,
): Promise<{ readonly record: EscalationRecord; readonly title: string | null } | null> {
  const head = await readHead(store, escalationId);
  if (head !== null) {
    const occurrences = Math.max(head.record.occurrences, count);
    return { record: { ...head.record, occurrences }, title: head.title };
  }
  // Where it goes step by step: counted in the instant between the claim of the key and the first record.
  const first = await readFirstEvents(store, escalationId);
  if (first === null) return null;
  const { title } = receivedIn(first);
  const texts = await readTexts(store, escalationId, [title.id]);
  const record = await firstRecord(store, escalationId, first);
  return { record: { ...record, occurrences: count }, title: texts.get(title.id)?.text ?? null };
}

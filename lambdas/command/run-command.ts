import { parseEventCommandId, sameBody } from '../../contracts/command-ids.ts';
import { canonicalJson, commandIdOf, newRequestId, sha256 } from '../../contracts/ids.ts';
import type { PublishedDocument } from '../../contracts/policy/published.ts';
import type { CommandMessage, CommandOutcome } from '../../contracts/workflow-messages.ts';
import type { ResponseOf } from '../../contracts/schemas/responses.ts';
import type { Caller } from '../../contracts/roles.ts';
import { assertNever } from '../../domain/assert-never.ts';
import { own } from '../../domain/own.ts';
import { isOpen, type EscalationRecord } from '../../domain/escalation/record.ts';
import { decide } from '../../domain/escalation/decide.ts';
import type { PersonCommandType } from '../../domain/escalation/commands.ts';
import type { Store } from '../../store/client.ts';
import { foldRecord } from '../../store/fold.ts';
import type { Head } from '../../store/head-item.ts';
import { readHead, readLog } from '../../store/log.ts';
import { putText } from '../../store/texts.ts';
import { actorOf } from '../http/actor.ts';
import { ApiError, invalid } from '../http/api-error.ts';
import type { Call } from '../http/lambda.ts';
import { visibleHead } from '../http/visible.ts';
import { etagOf, recordView } from '../present/record-view.ts';
import { hosted, type CurrentCalendars } from '../present/surroundings.ts';
import type { EscalationGateway } from '../temporal/escalation-gateway.ts';
import { toCommand, type Asked } from './to-command.ts';

export interface CommandPorts {
  readonly store: Store;
  readonly gateway: EscalationGateway;
  readonly calendars: CurrentCalendars;
  /** Who there is. */
  readonly document: () => Promise<PublishedDocument>;
}

/** The same for every command. */
export interface CommandReply {
  readonly status: 200 | 202;
  readonly body: ResponseOf<'acknowledge'>;
  readonly headers: Readonly<Record<string, string>>;
}

type AnyCall = Pick<Call<PersonCommandType>, 'caller' | 'requestId' | 'nowMs' | 'log'>;
type Headers = Call<PersonCommandType>['input']['headers'];
type Done = Extract<CommandOutcome, { kind: 'done' }>;

/**
 * Gives one command to one escalation:
 * 1. the record says whether the caller may see it at all;
 * 2. free text is stored beside the log;
 * 3. the workflow decides; an escalation that has ended is answered from its log, for it has no workflow;
 * 4. the answer is the record as it stands, or as it stood after the first outcome when this was a repeat.
 */
export async function runCommand(
  ports: CommandPorts,
  call: AnyCall,
  escalationId: string,
  headers: Headers,
  asked: Asked,
): Promise<CommandReply> {
  const head = await visibleHead(ports.store, call.caller, escalationId);
  const key = headers['idempotency-key'];
  const commandId = commandIdOf({
    callerId: call.caller.id,
    route: asked.type,
    escalationId,
    key: key ?? newRequestId(call.nowMs),
  });
  const log = call.log.with({ escalationId, commandId });
  const { command, text } = toCommand(asked, commandId);
  const message: CommandMessage = {
    commandId,
    bodyHash: sha256(canonicalJson([asked.type, asked.body, headers['if-match'] ?? null])),
    actor: actorOf(call.caller),
    command,
    ...expectedRevOf(headers['if-match']),
  };
  const settled = isOpen(head.record.state) ? null : await answerFromLog(ports, head, message, call.nowMs);
  if (settled === null) await checkNames(ports, call.caller, asked, { escalationId, commandId });
  if (settled === null && text !== null) await putText(ports.store, escalationId, text);
  const answer = settled ?? (await ports.gateway.sendCommand(escalationId, head.record.severity, message));
  switch (answer.kind) {
    case 'pending':
      log.warn('command.pending');
      return pending(escalationId, commandId);
    case 'refused':
      log.info('command.refused', { errorCode: answer.code });
      throw new ApiError(answer.code, { detail: sentence(answer.message) });
    case 'done':
      log.info('command.done', { seq: answer.seq });
      return isRepeat(answer, head) ? replayed(ports.store, head, answer) : changed(ports.store, head, answer);
    default:
      return assertNever(answer);
  }
}

/**
 * Work given to nobody would page nobody. Whoever calls may take it on, listed or not.
 * @throws ApiError `invalid_request` for a person or a team that the directory does not have
 */
async function checkNames(
  { store, document }: CommandPorts,
  caller: Caller,
  asked: Asked,
  ids: { readonly escalationId: string; readonly commandId: string },
): Promise<void> {
  if (asked.type !== 'assign' && asked.type !== 'hand-off') return;
  const problem = unknownName((await document()).directory, caller, asked);
  if (problem === null) return;
  // Somebody may have left since it was done: a repeat is told of the first outcome.
  const log = await readLog(store, ids.escalationId);
  const isRepeat = log?.events.some((event) => refOf(event.commandId)?.commandId === ids.commandId) ?? false;
  if (!isRepeat) throw problem;
}

function unknownName(
  { people, teams }: PublishedDocument['directory'],
  caller: Caller,
  asked: Extract<Asked, { type: 'assign' | 'hand-off' }>,
): ApiError | null {
  const [field, person] = asked.type === 'assign' ? ['assignee', asked.body.assignee] : ['to', asked.body.to];
  if (person !== caller.id && own(people, person) === undefined) {
    return invalid(['body', field], 'unknown_person', 'is nobody in the directory');
  }
  const team = asked.type === 'assign' ? asked.body.team : undefined;
  if (team === undefined || own(teams, team) !== undefined) return null;
  return invalid(['body', 'team'], 'unknown_team', 'is no team in the directory');
}

function expectedRevOf(ifMatch: string | undefined): { readonly expectedRev?: number } {
  const rev = /"(\d+)"/.exec(ifMatch ?? '')?.[1];
  return rev === undefined ? {} : { expectedRev: Number(rev) };
}

/**
 * Whether the command had been done before this call. Temporal answers a repeated update id by itself, with the outcome
 * of the first: then the event stands in what was read before the call.
 */
function isRepeat(done: Done, before: Head): boolean {
  return done.replayed || done.seq <= before.record.seq;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

function pending(escalationId: string, commandId: string): CommandReply {
  const location = `/v1/escalations/${escalationId}`;
  return { status: 202, body: { commandId, status: 'pending', escalation: location }, headers: { location } };
}

/**
 * What the rules say to an escalation that has ended: its log knows the commands that were done, and the core why
 * another is refused. Null where the command would be accepted (a reopening): then a workflow has to do it.
 */
async function answerFromLog(
  ports: CommandPorts,
  head: Head,
  message: CommandMessage,
  nowMs: number,
): Promise<CommandOutcome | null> {
  const { id } = head.record;
  const log = await readLog(ports.store, id);
  if (log === null) throw new ApiError('not_found');
  const before = log.events.findLast((event) => refOf(event.commandId)?.commandId === message.commandId);
  const ref = refOf(before?.commandId);
  if (before !== undefined && ref !== null) {
    return sameBody(ref.bodyHash, message.bodyHash)
      ? { kind: 'done', seq: before.seq, rev: log.head.record.rev, replayed: true }
      : { kind: 'refused', code: 'idempotency_key_reused', message: 'this key was used for another request' };
  }
  const { state, context } = await hosted(ports.store, ports.calendars, id, log.events, nowMs);
  const decision = decide(state, message.command, {
    ...context,
    actor: message.actor,
    ...(message.expectedRev === undefined ? {} : { expectedRev: message.expectedRev }),
  });
  return decision.kind === 'refused' ? decision : null;
}

function refOf(eventCommandId: string | undefined) {
  return eventCommandId === undefined ? null : parseEventCommandId(eventCommandId);
}

async function changed(store: Store, before: Head, done: Done): Promise<CommandReply> {
  if (done.record !== undefined) return reply(done.record, before.title);
  const head = await readHead(store, before.record.id);
  // The head is written after the commit that the outcome rests on; a worker that died between leaves it behind.
  if (head === null || head.record.seq < done.seq) throw new ApiError('unavailable', { retryAfterSeconds: 1 });
  return reply(head.record, head.title);
}

function reply(record: EscalationRecord, title: string | null): CommandReply {
  return { status: 200, body: recordView(record, title), headers: { etag: etagOf(record) } };
}

/** The record as the first outcome left it, whatever has happened since. */
async function replayed(store: Store, head: Head, done: Done): Promise<CommandReply> {
  const log = await readLog(store, head.record.id, { untilSeq: done.seq });
  const record = log === null ? null : await foldRecord(store, head.record.id, log.events);
  if (record === null) throw new ApiError('unavailable', { retryAfterSeconds: 1 });
  return {
    status: 200,
    body: recordView(record, head.title),
    headers: { etag: etagOf(record), 'idempotency-replayed': 'true' },
  };
}

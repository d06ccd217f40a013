import { newEscalationId, newTextId } from '../../contracts/ids.ts';
import type { CommitResult } from '../../contracts/store-types.ts';
import { decide } from '../../domain/escalation/decide.ts';
import { stamp } from './stamp.ts';
import type { Command, DecisionContext } from '../../domain/escalation/commands.ts';
import { decideAtReceipt } from '../../domain/escalation/first-events.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { recordOf } from '../../domain/escalation/record.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import { systemActor, type Actor } from '../../domain/escalation/vocabulary.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { Store } from '../../store/client.ts';
import { commit } from '../../store/commit.ts';
import { acceptIntake, type AttemptAt, type Intake, type ReceivedEvent } from '../../store/intake.ts';
import { readWholeLog } from '../../store/log.ts';
import { textRefOf } from '../../store/texts.ts';
import { policy as testPolicy, startMs } from '../domain/escalation/given.ts';

export const dana: Actor = { kind: 'person', id: 'dana' };

/** A new intake with a title, as the API makes it. */
export function newIntake(
  more: Partial<Omit<ReceivedEvent, 'type' | 'seq' | 'title'>> & {
    readonly title?: string;
    readonly policy?: { readonly name: string; readonly version: number };
    readonly attempt?: AttemptAt;
    /** Whether intake decides the beginning, as the API does where it can. */
    readonly begins?: boolean;
  } = {},
  policy: Policy = testPolicy,
): Intake {
  const { title = 'Parcels marked delivered that never came', attempt = 'only', begins = false, ...fields } = more;
  const atMs = fields.atMs ?? startMs;
  const text = { id: newTextId(atMs), kind: 'title', text: title } as const;
  const received: ReceivedEvent = {
    type: 'escalation.received',
    seq: 1,
    atMs,
    actor: dana,
    title: textRefOf(text),
    channel: 'external',
    category: 'logistics',
    severity: 'sev2',
    policy: { name: policy.name, version: policy.version },
    source: 'api',
    ...fields,
  };
  const escalationId = newEscalationId(atMs);
  const begun = begins
    ? decideAtReceipt(received, { escalationId, policy, calendars: {}, calendarPins: {} })
    : undefined;
  return { escalationId, received, ...(begun === undefined ? {} : { begun }), texts: [text], policy, attempt };
}

/** Takes an intake in. */
export async function takeIn(store: Store, ...args: Parameters<typeof newIntake>): Promise<string> {
  const intake = newIntake(...args);
  await acceptIntake(store, intake);
  return intake.escalationId;
}

/** Does to the store what the workflow does for one command: decides, then commits. */
export async function run(
  store: Store,
  escalationId: string,
  command: Command,
  more: Partial<DecisionContext> & {
    readonly commandId?: string;
    readonly clearPending?: boolean;
    /** The record is that of the next commit, as where a page's outcome follows at once. */
    readonly recordFollows?: boolean;
  } = {},
): Promise<{ readonly state: Escalation; readonly result: CommitResult }> {
  const log = await readWholeLog(store, escalationId);
  const state = fold(log);
  if (state === null) throw new Error(`${escalationId} has no log`);
  const { commandId, clearPending = false, recordFollows = false, ...rest } = more;
  const context: DecisionContext = {
    escalationId,
    nowMs: state.updatedAtMs + 1_000,
    actor: command.type === 'begin' || command.type === 'wake' || command.type === 'record-page' ? systemActor : dana,
    policy: testPolicy,
    calendars: {},
    calendarPins: {},
    ...rest,
  };
  const decision = decide(state, command, context);
  if (decision.kind === 'refused') throw new Error(`${command.type} was refused: ${decision.message}`);
  const events = stamp(state, decision.events, { ...context, ...(commandId === undefined ? {} : { commandId }) });
  const after = fold([...log, ...events]);
  if (after === null) throw new Error('a log folds into a state');
  const record = recordOf(escalationId, after, context.policy, context.calendars);
  const result = await commit(store, { escalationId, events, record: recordFollows ? null : record, clearPending });
  return { state: after, result };
}

import { escalationStart, workflowTypes } from '../../contracts/temporal-names.ts';
import { newEscalationId, newTextId } from '../../contracts/ids.ts';
import type { Command, DecisionContext } from '../../domain/escalation/commands.ts';
import { advance } from '../../domain/escalation/decide.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { recordOf } from '../../domain/escalation/record.ts';
import { systemActor, type Severity } from '../../domain/escalation/vocabulary.ts';
import { calendarsOf } from '../../domain/policy/match.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { putFresh } from '../../store/batch-put.ts';
import { commitItemOf } from '../../store/commit-item.ts';
import { DirectoryReader, type CalendarsInForce } from '../../store/directory-reader.ts';
import { headAttributes } from '../../store/head-item.ts';
import type { ReceivedEvent } from '../../store/intake.ts';
import { keys, type ItemKey } from '../../store/keys.ts';
import { readLatestPolicy } from '../../store/policies.ts';
import type { RawItem } from '../../store/requests.ts';
import { textItemOf, textRefOf, type NewText } from '../../store/texts.ts';
import type { OpenedResult } from './jobs.ts';
import { paced } from './pace.ts';
import { theClient, theStore } from './targets.ts';

export interface Due {
  /** Epoch ms at which the first tier's time ends. */
  readonly atMs: number;
  readonly severity: Severity;
}

/** So many escalations' items go into one request of at most 25. */
const perRequest = 6;

/**
 * Opens escalations whose first tier's time ends at given instants: their logs are written as the desk would have
 * written them had they come in that long ago, and their workflows are started on them. Faster than taking them in, and
 * due to the millisecond.
 */
export async function openEscalations(
  policyName: string,
  due: readonly Due[],
  concurrency: number,
): Promise<OpenedResult> {
  const store = theStore();
  const policy = await readLatestPolicy(store, policyName);
  if (policy === null) throw new Error(`policy ${policyName} is not published`);
  const calendars = await new DirectoryReader(store).current(calendarsOf(policy), Date.now());
  const opened = due.map((one) => open(policy, calendars, one));
  const batches: (typeof opened)[] = [];
  for (let start = 0; start < opened.length; start += perRequest) batches.push(opened.slice(start, start + perRequest));
  const written = await paced({ total: batches.length, concurrency: 8 }, async (index) => {
    await putFresh(
      store,
      (batches[index] ?? []).flatMap((each) => each.items),
    );
  });
  const client = await theClient();
  const started = await paced({ total: opened.length, concurrency }, async (index) => {
    const one = opened[index];
    if (one === undefined) return;
    const { args, ...options } = escalationStart(one.id, one.severity);
    await client.workflow.start(workflowTypes.escalation, { ...options, args: [...args] });
  });
  const failed = [...Object.keys(written.failures), ...Object.keys(started.failures)];
  if (failed.length > 0) throw new Error(`escalations could not be opened: ${failed.join('; ')}`);
  return { ids: opened.map((one) => one.id), writtenMs: written.tookMs, startedMs: started.tookMs };
}

interface Opened {
  readonly id: string;
  readonly severity: Severity;
  readonly items: readonly (RawItem & ItemKey)[];
}

function open(policy: Policy, calendars: CalendarsInForce, due: Due): Opened {
  const { severity } = due;
  const tier = policy.tiers[0];
  if (tier === undefined) throw new Error(`policy ${policy.name} has no tiers`);
  const atMs = due.atMs - tier.acknowledgeWithinMs[severity];
  const id = newEscalationId(atMs);
  const title: NewText = { id: newTextId(atMs), kind: 'title', text: 'Parcels marked delivered that never came' };
  const received: ReceivedEvent = {
    type: 'escalation.received',
    seq: 1,
    atMs,
    actor: { kind: 'integration', id: 'bench' },
    title: textRefOf(title),
    channel: 'monitoring',
    category: 'logistics',
    severity,
    policy: { name: policy.name, version: policy.version },
    team: 'logistics',
    source: 'bench',
  };
  const begun = withDecision([received], { type: 'begin' }, { policy, calendars, id, atMs });
  const pages = fold(begun)?.pendingPages ?? [];
  const told = pages.reduce<readonly EscalationEvent[]>(
    (log, page) =>
      withDecision(
        log,
        { type: 'record-page', pageId: page.pageId, outcome: { kind: 'sent', recipients: ['dana'] } },
        { policy, calendars, id, atMs },
      ),
    begun,
  );
  const state = fold(told);
  if (state === null) throw new Error('a log folds into a state');
  const record = recordOf(id, state, policy, calendars.calendars);
  return {
    id,
    severity,
    items: [
      textItemOf(id, title),
      commitItemOf(id, [received]),
      commitItemOf(id, told.slice(1)),
      { ...keys.head(id), ...headAttributes(record, 1), title: title.text },
    ],
  };
}

function withDecision(
  log: readonly EscalationEvent[],
  command: Command,
  by: { readonly policy: Policy; readonly calendars: CalendarsInForce; readonly id: string; readonly atMs: number },
): readonly EscalationEvent[] {
  const state = fold(log);
  if (state === null) throw new Error('a log folds into a state');
  const context: DecisionContext = {
    escalationId: by.id,
    nowMs: by.atMs,
    actor: systemActor,
    policy: by.policy,
    ...by.calendars,
  };
  const next = advance(state, command, context);
  if (next.kind === 'refused') throw new Error(`${command.type} was refused`);
  return [...log, ...next.events];
}

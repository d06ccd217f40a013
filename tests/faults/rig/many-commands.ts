import { setTimeout as sleep } from 'node:timers/promises';
import { parseEventCommandId } from '../../../contracts/command-ids.ts';
import { commandIdOf, sha256 } from '../../../contracts/ids.ts';
import type { CommandMessage, CommandOutcome } from '../../../contracts/workflow-messages.ts';
import type { EscalationEvent } from '../../../domain/escalation/events.ts';
import { ApiError } from '../../../lambdas/http/api-error.ts';
import { TemporalGateway, temporalTargetFrom } from '../../../lambdas/temporal/temporal-gateway.ts';
import { readWholeLog } from '../../../store/log.ts';
import type { Desk } from './desk.ts';
import { faultPolicy } from './policy.ts';

export interface ManyCommands {
  readonly escalationId: string;
  /** What each command was answered, by its number. */
  readonly outcomes: readonly CommandOutcome[];
  /** How often the workflow was continued as new. */
  readonly continuations: number;
  readonly tookMs: number;
  /** Sends one of them again, or another request under its key. */
  repeat(n: number, otherBody?: boolean): Promise<CommandOutcome>;
  readonly events: readonly EscalationEvent[];
}

function messageOf(escalationId: string, n: number, otherBody = false): CommandMessage {
  const commandId = commandIdOf({ callerId: 'dana', route: 'note', escalationId, key: `note-${n}` });
  return {
    commandId,
    bodyHash: sha256(otherBody ? 'another' : `note ${n}`),
    actor: { kind: 'person', id: 'dana' },
    command: { type: 'note', text: { id: `txt_${n}`, hash: sha256(`note ${n}`) } },
  };
}

async function continuationsOf(desk: Desk, escalationId: string): Promise<number> {
  let count = 0;
  let runId: string | undefined;
  for (;;) {
    const { events } = await desk.temporal.workflow.getHandle(escalationId, runId).fetchHistory();
    const before = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (before === null || before === undefined || before === '') return count;
    count += 1;
    runId = before;
  }
}

/** Gives one escalation many commands, a few at once, through the gateway that the API uses. */
export async function sendManyCommands(desk: Desk, count: number, atOnce: number): Promise<ManyCommands> {
  const created = await desk.api.create(`many-${count}-${Date.now()}`, {
    title: 'Much is written here',
    channel: 'internal_request',
    category: 'logistics',
    policy: faultPolicy,
  });
  if (created.kind !== 'answered' || created.status !== 201) throw new Error('the escalation was not accepted');
  const escalationId = String(created.body['id']);
  await desk.api.command(escalationId, 'acknowledge', 'at-first');
  const gateway = new TemporalGateway(temporalTargetFrom(desk.stack.env));

  const send = async (n: number, otherBody?: boolean): Promise<CommandOutcome> => {
    for (;;) {
      try {
        const answer = await gateway.sendCommand(escalationId, 'sev3', messageOf(escalationId, n, otherBody));
        if (answer.kind !== 'pending') return answer;
      } catch (error) {
        // Too many at once, or no answer in time: the same command again.
        if (!(error instanceof ApiError)) throw error;
        await sleep(50);
      }
    }
  };

  const startedAtMs = Date.now();
  const outcomes: CommandOutcome[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const n = next;
      next += 1;
      outcomes[n] = await send(n);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const tookMs = Date.now() - startedAtMs;
  return {
    escalationId,
    outcomes,
    tookMs,
    continuations: await continuationsOf(desk, escalationId),
    repeat: send,
    events: await readWholeLog(desk.store, escalationId),
  };
}

/** How often each command stands in the log, by its number. */
export function timesInLog(many: ManyCommands): readonly number[] {
  const times = new Map<string, number>();
  for (const event of many.events) {
    const id = event.commandId === undefined ? undefined : parseEventCommandId(event.commandId)?.commandId;
    if (id !== undefined && event.type === 'note.added') times.set(id, (times.get(id) ?? 0) + 1);
  }
  return many.outcomes.map((_, n) => times.get(messageOf(many.escalationId, n).commandId) ?? 0);
}

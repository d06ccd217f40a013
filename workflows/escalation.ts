import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import { queryNames, signalNames, updateNames } from '../contracts/temporal-names.ts';
import type {
  ClearedMessage,
  CommandMessage,
  CommandOutcome,
  EscalationInput,
  OccurrencesHint,
} from '../contracts/workflow-messages.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import { EscalationHost } from './escalation-host.ts';

const commandUpdate = defineUpdate<CommandOutcome, [CommandMessage]>(updateNames.command);
const occurrencesSignal = defineSignal<[OccurrencesHint]>(signalNames.occurrences);
const clearedSignal = defineSignal<[ClearedMessage]>(signalNames.cleared);
const calendarSignal = defineSignal(signalNames.calendarChanged);
const nudgeSignal = defineSignal(signalNames.nudge);
const wakeSignal = defineSignal(signalNames.wake);
const stateQuery = defineQuery<Escalation | null>(queryNames.state);

/**
 * One escalation, from its receipt to its end. Its id is the escalation's id, and it is the one writer of the
 * escalation's log from the second event on.
 */
export async function escalation(input: EscalationInput): Promise<void> {
  const host = new EscalationHost(input);

  // People's commands are updates, since they want the answer; what a machine says is a signal.
  setHandler(commandUpdate, (message) => host.command(message), {
    validator: (message) => {
      const refusal = host.refusalOf(message);
      if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal.message, refusal.code);
    },
  });
  setHandler(occurrencesSignal, () => host.hintOccurrences());
  setHandler(clearedSignal, (message) => host.cleared(message));
  setHandler(calendarSignal, () => host.hintCalendars());
  setHandler(nudgeSignal, () => {
    host.hintOccurrences();
    host.hintCalendars();
  });
  setHandler(wakeSignal, () => host.wake());
  setHandler(stateQuery, () => host.state());

  for (;;) {
    const outcome = await host.run();
    await condition(allHandlersFinished);
    if (host.hasWaiting()) continue;
    if (outcome.kind === 'ended') return;
    await continueAsNew<typeof escalation>({ escalationId: input.escalationId, carried: outcome.carried });
  }
}

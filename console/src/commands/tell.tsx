import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { CommandBody } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { describeEntry } from '../escalation/describe.ts';
import { t } from '../strings/index.ts';
import type { Outcome } from './send.ts';

/** Tells a person what became of a command that was given without a form. */
export function tellOutcome(command: CommandBody['command'], outcome: Outcome, title: string): void {
  const name = t.commandNames[command];
  switch (outcome.kind) {
    case 'done':
      notifications.show({
        title: t.actions.done[command],
        message: title,
        icon: <IconCheck size={16} />,
        color: 'teal',
        autoClose: 2_500,
        withCloseButton: false,
      });
      return;
    case 'pending':
      notifications.show({ title: name, message: t.actions.pending, color: 'ink' });
      return;
    case 'refused':
      notifications.show({
        title: t.actions.refused(name),
        message: sentenceOf(outcome),
        icon: <IconAlertTriangle size={16} />,
        color: 'orange',
        autoClose: 8_000,
      });
      return;
    case 'failed':
      notifications.show({
        title: t.actions.failed(name),
        message: messageOf(outcome.error),
        icon: <IconAlertTriangle size={16} />,
        color: 'red',
        autoClose: false,
      });
  }
}

/** Why it was refused, and who had been faster. */
export function sentenceOf(outcome: Extract<Outcome, { kind: 'refused' }>): string {
  if (outcome.faster === null) {
    return outcome.problem.status === 403 ? t.states.forbidden : outcome.problem.message;
  }
  return `${describeEntry(outcome.faster).sentence}. ${outcome.problem.message}`;
}

/** One sentence for many at once; what was refused says why, the first of them. */
export function tellBulk(command: CommandBody['command'], outcomes: readonly Outcome[]): void {
  const failed = outcomes.filter((outcome) => outcome.kind === 'refused' || outcome.kind === 'failed');
  const first = failed[0];
  notifications.show({
    title: t.commandNames[command],
    message: [
      t.queue.bulkDone(outcomes.length - failed.length, failed.length),
      first?.kind === 'refused' ? sentenceOf(first) : null,
      first?.kind === 'failed' ? messageOf(first.error) : null,
    ]
      .filter((part) => part !== null)
      .join('. '),
    color: failed.length === 0 ? 'teal' : 'orange',
    icon: failed.length === 0 ? <IconCheck size={16} /> : <IconAlertTriangle size={16} />,
    autoClose: failed.length === 0 ? 2_500 : 8_000,
  });
}

import type { CommandBody } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { describeEntry } from '../escalation/describe.ts';
import { t } from '../strings/index.ts';
import { showToast } from '../toasts/toasts.tsx';
import type { Outcome } from './send.ts';

/** Tells a person what became of a command that was given without a form. */
export function tellOutcome(command: CommandBody['command'], outcome: Outcome, title: string): void {
  const name = t.commandNames[command];
  switch (outcome.kind) {
    case 'done':
      showToast({ tone: 'good', title: t.actions.done[command], message: title });
      return;
    case 'pending':
      showToast({ tone: 'info', title: name, message: t.actions.pending });
      return;
    case 'refused':
      showToast({ tone: 'warn', title: t.actions.refused(name), message: sentenceOf(outcome) });
      return;
    case 'failed':
      showToast({ tone: 'danger', title: t.actions.failed(name), message: messageOf(outcome.error) });
  }
}

/** Why it was refused, and who had been faster. */
export function sentenceOf(outcome: Extract<Outcome, { kind: 'refused' }>): string {
  if (outcome.problem.status === 403) return t.states.forbidden;
  if (outcome.faster === null) return outcome.problem.message;
  return `${describeEntry(outcome.faster).sentence}. ${outcome.problem.message}`;
}

/** One sentence for many at once; what was refused says why, the first of them. */
export function tellBulk(command: CommandBody['command'], outcomes: readonly Outcome[]): void {
  const failed = outcomes.filter((outcome) => outcome.kind === 'refused' || outcome.kind === 'failed');
  const first = failed[0];
  const parts = [
    t.queue.bulkDone(outcomes.length - failed.length, failed.length),
    first?.kind === 'refused' ? sentenceOf(first) : null,
    first?.kind === 'failed' ? messageOf(first.error) : null,
  ];
  showToast({
    tone: failed.length === 0 ? 'good' : 'warn',
    title: t.commandNames[command],
    message: parts.filter((part) => part !== null).join('. '),
  });
}

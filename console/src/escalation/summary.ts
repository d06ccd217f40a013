import type { EscalationDetail, Forecast } from '../api/types.ts';
import { nameOf } from '../people/names.ts';
import { describeStep } from './describe-step.ts';
import { t } from '../strings/index.ts';
import { shortInstant } from '../time/format.ts';
import { serverNowMs } from '../api/clock-skew.ts';

/** What to paste into a chat: plain text, with the link last so that it unfolds. */
export function summaryOf(record: EscalationDetail, forecast: Forecast | undefined, link: string): string {
  const next = record.nextBreach;
  const nowMs = serverNowMs();
  const step = forecast?.steps[0];
  const lines = [
    `${t.severity[record.severity]} · ${record.title ?? t.titleErased}`,
    `${t.state[record.state]} · ${t.tier(record.tier)} · ${t.page.summary.owner}: ${record.assignee === null ? t.unassigned : nameOf(record.assignee)}`,
    next === null
      ? null
      : `${t.clock[next.clock]} ${next.breached ? t.page.breachedAt : t.page.dueAt} ${shortInstant(Date.parse(next.dueAt), nowMs)} (${next.dueAt})`,
    step === undefined ? null : `${t.page.next}: ${shortInstant(Date.parse(step.at), nowMs)} ${describeStep(step)}`,
    link,
  ];
  return lines.filter((line) => line !== null).join('\n');
}

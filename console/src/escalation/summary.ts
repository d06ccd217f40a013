import type { EscalationDetail, Forecast } from '../api/types.ts';
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
    `${t.state[record.state]} · ${t.tier(record.tier)} · ${t.page.summary.owner}: ${record.assignee ?? t.unassigned}`,
    next === null
      ? null
      : `${t.clock[next.clock]} ${next.breached ? t.page.breachedAt : t.page.dueAt} ${shortInstant(Date.parse(next.dueAt), nowMs)} (${next.dueAt})`,
    step === undefined ? null : `${t.page.next}: ${shortInstant(Date.parse(step.at), nowMs)} ${step.summary}`,
    link,
  ];
  return lines.filter((line) => line !== null).join('\n');
}

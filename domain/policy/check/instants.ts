import type { FlowPage, Flows, WalkFlow } from '../flows.ts';
import type { CheckRange } from './cover-findings.ts';

/**
 * Instants at which something about these pages may begin to differ: where escalations go another way, and where somebody
 * else comes on behind a page, as long before as the page comes after the start.
 *
 * @param onEveryTurn whether the turns after a page's own are meant too
 */
export function instantsOf(
  flows: Flows,
  range: CheckRange,
  pagesOf: (flow: WalkFlow) => readonly FlowPage[],
  onEveryTurn = false,
): Iterable<number> {
  const instants = new Set<number>([range.fromMs]);
  for (const atMs of flows.changesMs) instants.add(atMs);
  const done = new Set<string>();
  for (const flow of flows.flows) {
    for (const { byTurn, offsetMs, moving } of pagesOf(flow)) {
      // A page with an instant of its own meets whoever is on then, whenever the escalation came in.
      if (!moving) continue;
      for (const timeline of onEveryTurn ? byTurn : byTurn.slice(0, 1)) {
        const key = `${offsetMs}@${timeline.key}`;
        if (done.has(key)) continue;
        done.add(key);
        for (const changeMs of timeline.startsMs) {
          const atMs = changeMs - offsetMs;
          if (atMs > range.fromMs && atMs < range.untilMs) instants.add(atMs);
        }
      }
    }
  }
  return instants;
}

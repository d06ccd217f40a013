import type { EscalationEvent } from '../../../domain/escalation/events.ts';
import type { Entry, Published } from './books.ts';
import { tierMs } from './policy.ts';

/** When something was broken and when it worked again. Epoch ms. */
export interface Outage {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Timing {
  /** Escalations that moved a tier up by themselves. */
  readonly moves: number;
  /** Moves that fell due during the outage. */
  readonly dueMeanwhile: number;
  /** Moves and pages that came more than `allowedMs` after they were due, or after the recovery. */
  readonly late: readonly string[];
  /** Escalations that went through more than one tier at once. */
  readonly walked: readonly string[];
  /** The longest that anything which fell due meanwhile waited after the recovery. */
  readonly recoveryMs: number;
}

/** Allowed between the recovery, or the due instant when that is later, and the page. */
export const allowedMs = 5_000;
/** Two pages of one walk that go out closer to one another than this are one walk through both tiers. */
const atOnceMs = tierMs / 3;

type Entered = Extract<EscalationEvent, { type: 'tier.entered' }>;

function isByItself({ cause }: Entered): boolean {
  return cause === 'not_acknowledged' || cause === 'repeat';
}

/** The page that asks a tier: the one that was decided with its entry. */
function pageOf(events: readonly EscalationEvent[], entered: Entered): string | null {
  const page = events.find(
    (event) => event.type === 'page.requested' && event.isStep && event.pageId.split('#')[1] === String(entered.step),
  );
  return page?.type === 'page.requested' ? page.pageId : null;
}

/**
 * Judges by what went out, not by what the log says about it: a move counts as made when its page was handed to SNS.
 * @param pagesMayPileUp true where SNS itself was away: tiers move on meanwhile, and their pages go out together
 */
export function judgeTiming(
  entries: readonly Entry[],
  published: Published,
  outage: Outage,
  options: { readonly nowMs: number; readonly pagesMayPileUp: boolean },
): Timing {
  const late: string[] = [];
  const walked: string[] = [];
  let moves = 0;
  let dueMeanwhile = 0;
  let recoveryMs = 0;

  const judge = (what: string, dueAtMs: number, doneAtMs: number): void => {
    const meanwhile = dueAtMs > outage.fromMs - 1_000 && dueAtMs <= outage.untilMs;
    const latenessMs = doneAtMs - (meanwhile ? outage.untilMs : dueAtMs);
    if (meanwhile) {
      dueMeanwhile += 1;
      recoveryMs = Math.max(recoveryMs, latenessMs);
    }
    if (latenessMs > allowedMs) late.push(`${what} was ${(latenessMs / 1_000).toFixed(1)} s late`);
  };

  for (const { id, events, state } of entries) {
    const steps = events.filter((event) => event.type === 'tier.entered');
    let before: { readonly entered: Entered; readonly shownAtMs: number } | null = null;
    for (const entered of steps) {
      const pageId = pageOf(events, entered);
      const sentAtMs = pageId === null ? undefined : published.get(pageId)?.atMs;
      const shownAtMs = sentAtMs ?? entered.atMs;
      if (before !== null && isByItself(entered)) {
        moves += 1;
        judge(`step ${entered.step} of ${id}`, before.entered.acknowledgeByMs, shownAtMs);
        // A page that the outage caught on its way is late; its tier was entered in good time.
        const wasCaught = before.entered.atMs <= outage.fromMs + 500;
        const gapMs = shownAtMs - (options.pagesMayPileUp || wasCaught ? before.entered.atMs : before.shownAtMs);
        if (gapMs < atOnceMs) walked.push(`step ${entered.step} of ${id} came ${gapMs} ms after the one before`);
      }
      if (before === null) judge(`the first page of ${id}`, state.createdAtMs, shownAtMs);
      before = { entered, shownAtMs };
    }
    const { walk } = state;
    if (walk !== null && state.pause === null && walk.acknowledgeByMs < options.nowMs - allowedMs) {
      late.push(`step ${walk.step} of ${id} was forgotten`);
    }
    for (const event of events) {
      if (event.type === 'clock.breached') judge(`the breach of ${event.clock} of ${id}`, event.dueAtMs, event.atMs);
      if (event.type === 'clock.warned') judge(`the warning of ${event.clock} of ${id}`, event.warnAtMs, event.atMs);
    }
  }
  return { moves, dueMeanwhile, late, walked, recoveryMs };
}

import type { EscalationEvent } from '../../../domain/escalation/events.ts';
import { dueAtMs } from '../../../domain/sla/clock.ts';
import type { Entry, Published } from './books.ts';
import { tierMs } from './policy.ts';

/** When something was broken and when it worked again. Epoch ms. */
export interface Outage {
  readonly fromMs: number;
  readonly untilMs: number;
  /** The page of a tier that was entered until then may have been caught on its way; a moment after `fromMs` unless told otherwise. */
  readonly caughtUntilMs?: number;
  /** SNS itself was away or slow: tiers move on meanwhile, and their pages go out together afterwards. */
  readonly pagesMayPileUp?: boolean;
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

/** What nobody commanded: a step of the walk, or a missed promise. */
function isClimb({ cause }: Entered): boolean {
  return cause === 'not_acknowledged' || cause === 'repeat' || cause === 'clock_breached';
}

interface Seen {
  readonly entered: Entered;
  readonly seenAtMs: number;
}

/** Instants from the first one's decision on, so that a reader sees what was late: the decision or the page. */
function told(before: Seen, after: Seen): string {
  const fromMs = before.entered.atMs;
  const part = ({ entered, seenAtMs }: Seen): string =>
    `${entered.cause} decided at ${entered.atMs - fromMs} and sent at ${seenAtMs - fromMs}`;
  return `the one before (${part(before)}; ${part(after)})`;
}

/** The page that asks a tier: the one that was decided with its entry. */
function pageOf(events: readonly EscalationEvent[], entered: Entered): string | null {
  const page = events.find(
    (event) => event.type === 'page.requested' && event.isStep && event.pageId.split('#')[1] === String(entered.step),
  );
  return page?.type === 'page.requested' ? page.pageId : null;
}

/** The tiers as they were asked: one that was asked anew, because nothing could be sent at first, counts from then. */
function asked(events: readonly EscalationEvent[]): readonly Entered[] {
  const entered = events.filter((event) => event.type === 'tier.entered');
  return entered.filter((_, index) => entered[index + 1]?.cause !== 'taken_up_late');
}

/** The outages that something went through between falling due and being done. */
function metBy(outages: readonly Outage[], dueAtMs: number, doneAtMs: number): readonly Outage[] {
  return outages.filter(({ fromMs, untilMs }) => fromMs <= doneAtMs && untilMs > dueAtMs && dueAtMs > fromMs - 1_000);
}

/** Judges by what went out, not by what the log says about it: a move counts as made when its page was handed to SNS. */
export function judgeTiming(
  entries: readonly Entry[],
  published: Published,
  outages: readonly Outage[],
  nowMs: number,
): Timing {
  const late: string[] = [];
  const walked: string[] = [];
  let moves = 0;
  let dueMeanwhile = 0;
  let recoveryMs = 0;

  const judge = (what: string, dueAtMs: number, doneAtMs: number): void => {
    const met = metBy(outages, dueAtMs, doneAtMs);
    const latenessMs = doneAtMs - Math.max(dueAtMs, ...met.map(({ untilMs }) => untilMs));
    if (met.length > 0) {
      dueMeanwhile += 1;
      recoveryMs = Math.max(recoveryMs, latenessMs);
    }
    if (latenessMs > allowedMs) late.push(`${what} was ${(latenessMs / 1_000).toFixed(1)} s late`);
  };

  // Where a page was caught on its way, or SNS was away, the log tells when the tier was entered.
  const seenAtMs = (entered: Entered, shownAtMs: number): number => {
    const isPageLate = outages.some(
      ({ fromMs, untilMs, caughtUntilMs = fromMs + 500, pagesMayPileUp }) =>
        shownAtMs >= fromMs && entered.atMs <= (pagesMayPileUp === true ? untilMs : caughtUntilMs),
    );
    return isPageLate ? entered.atMs : shownAtMs;
  };

  for (const { id, events, state } of entries) {
    let before: Seen | null = null;
    for (const entered of asked(events)) {
      const pageId = pageOf(events, entered);
      const sentAtMs = pageId === null ? undefined : published.get(pageId)?.atMs;
      const shownAtMs = sentAtMs ?? entered.atMs;
      const seen = { entered, seenAtMs: seenAtMs(entered, shownAtMs) };
      if (before === null) judge(`the first page of ${id}`, state.createdAtMs, shownAtMs);
      else if (isClimb(entered)) {
        moves += 1;
        // A promise that is missed while nobody is asked moves the tier at its own time, which its breach tells.
        if (entered.cause !== 'clock_breached') {
          judge(`step ${entered.step} of ${id}`, before.entered.acknowledgeByMs, shownAtMs);
        }
        const gapMs = seen.seenAtMs - before.seenAtMs;
        if (gapMs < atOnceMs) walked.push(`step ${entered.step} of ${id} came ${gapMs} ms after ${told(before, seen)}`);
      }
      before = seen;
    }
    const { walk } = state;
    if (walk !== null && state.pause === null && walk.acknowledgeByMs < nowMs - allowedMs) {
      late.push(`step ${walk.step} of ${id} was forgotten`);
    }
    for (const clock of Object.values(state.clocks)) {
      const dueMs = clock === undefined || clock.breachedDueAtMs !== null ? null : dueAtMs(clock, {});
      if (dueMs !== null && dueMs < nowMs - allowedMs)
        late.push(`the breach of ${clock?.clock} of ${id} was forgotten`);
    }
    for (const event of events) {
      if (event.type === 'clock.breached') judge(`the breach of ${event.clock} of ${id}`, event.dueAtMs, event.atMs);
      if (event.type === 'clock.warned') judge(`the warning of ${event.clock} of ${id}`, event.warnAtMs, event.atMs);
    }
  }
  return { moves, dueMeanwhile, late, walked, recoveryMs };
}

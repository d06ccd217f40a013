import { dueAfter } from '../../calendar/open-hours.ts';
import { matches } from '../../policy/match.ts';
import type { PageHold } from '../../policy/policy.ts';
import { assertNever } from '../../assert-never.ts';
import type { PageCause } from '../events.ts';
import type { Draft } from './draft.ts';

export interface Held {
  readonly reason: PageHold['kind'];
  readonly untilMs: number;
}

/** What a person asks for is never held back, nor is the last resort. */
const neverHeld: readonly PageCause[] = [
  'by_hand',
  'assigned',
  'handed_off',
  'severity_raised',
  'reopened',
  'fallback',
];

function untilMs(draft: Draft, hold: PageHold): number | null {
  const { nowMs, calendars, calendarPins } = draft.context;
  switch (hold.kind) {
    case 'quiet_hours': {
      if (!hold.severities.includes(draft.state().severity)) return null;
      const hash = calendarPins[hold.calendar];
      const hours = hash === undefined ? undefined : calendars[hash];
      // Hours that are not known hold nothing back: silence is the worse mistake.
      return hours === undefined ? null : dueAfter(hours, nowMs, 0);
    }
    case 'maintenance':
      return hold.fromMs <= nowMs && nowMs < hold.untilMs && matches(hold.match, draft.state()) ? hold.untilMs : null;
    default:
      return assertNever(hold);
  }
}

/** Until when a page would have to wait, by the hold that ends last; null: it goes out now. */
export function holdOf(draft: Draft, cause: PageCause): Held | null {
  if (neverHeld.includes(cause)) return null;
  let longest: Held | null = null;
  for (const hold of draft.context.policy.holds ?? []) {
    const until = untilMs(draft, hold);
    if (until === null || until <= draft.context.nowMs) continue;
    if (longest === null || until > longest.untilMs) longest = { reason: hold.kind, untilMs: until };
  }
  return longest;
}

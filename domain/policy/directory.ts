import type { Interval } from '../calendar/intervals.ts';

/** How a person can be reached. `sns` is the topic of pages itself: whoever reads it hears of everything. */
export type ContactChannel = 'sns' | 'sms' | 'voice' | 'email' | 'chat';

export interface Contact {
  readonly channel: ContactChannel;
  readonly address: string;
  /** Time after the page at which this contact is used, in ms. */
  readonly delayMs: number;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly team: string | null;
  /** IANA name, for showing times; null where unknown. */
  readonly timezone: string | null;
  /** Enabled ones only, soonest first. Empty: nothing reaches this person. */
  readonly contacts: readonly Contact[];
}

export interface Team {
  readonly id: string;
  readonly name: string;
  /** Person ids, in the order of the directory. */
  readonly members: readonly string[];
}

/** Who is on call in one stretch of the final schedule; nobody where `people` is empty. */
export interface Shift {
  readonly startMs: number;
  readonly endMs: number;
  /** Person ids. */
  readonly people: readonly string[];
}

/** A schedule whose rotations, restrictions, overrides and leave have been worked out into absolute shifts. */
export interface ExpandedSchedule {
  readonly id: string;
  readonly name: string;
  /** Ascending, without overlap; what lies between two shifts has nobody. */
  readonly shifts: readonly Shift[];
  /** When somebody is expected to be on call: outside of it nobody is missed. Merged intervals. */
  readonly expected: readonly Interval[];
}

/**
 * People, teams and schedules as the core uses them: plain data over absolute instants, so that no time zone database
 * is asked. What lies outside `[coveredFromMs, coveredUntilMs)` is not known.
 */
export interface Directory {
  /** SHA-256 in hex of the definition it was expanded from. */
  readonly hash: string;
  readonly coveredFromMs: number;
  readonly coveredUntilMs: number;
  readonly people: Readonly<Record<string, Person>>;
  readonly teams: Readonly<Record<string, Team>>;
  readonly schedules: Readonly<Record<string, ExpandedSchedule>>;
}

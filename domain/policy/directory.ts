import type { FinalSchedule } from '../on-call/final-schedule.ts';
import type { Person } from '../on-call/people.ts';

/** A person as pages and screens need one. */
export interface DirectoryPerson extends Person {
  readonly name: string;
  readonly team: string | null;
  /** IANA name, for showing times; null where unknown. */
  readonly timezone: string | null;
}

export interface Team {
  readonly id: string;
  readonly name: string;
  /** Person ids, in the order of the directory. */
  readonly members: readonly string[];
}

/**
 * People, teams and schedules as the core uses them: plain data over absolute instants, so that no time zone database
 * is asked. What lies outside `[coveredFromMs, coveredUntilMs)` is not known.
 */
export interface Directory {
  readonly coveredFromMs: number;
  readonly coveredUntilMs: number;
  readonly people: Readonly<Record<string, DirectoryPerson>>;
  readonly teams: Readonly<Record<string, Team>>;
  /** Final schedules by id. */
  readonly schedules: Readonly<Record<string, FinalSchedule>>;
}

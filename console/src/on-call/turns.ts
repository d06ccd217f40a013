import type { Schedule } from './queries.ts';

/** A stretch of a schedule with whoever is on call in it. Epoch milliseconds, half-open. */
export interface Turn {
  readonly schedule: string;
  /** The schedule's name. */
  readonly name: string;
  readonly people: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}

export function turnsOf(schedule: Schedule): readonly Turn[] {
  return schedule.stretches.map((stretch) => ({
    schedule: schedule.id,
    name: schedule.name,
    people: stretch.onCall.map((one) => one.person),
    fromMs: Date.parse(stretch.from),
    untilMs: Date.parse(stretch.until),
  }));
}

interface Span {
  readonly person: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

function touching(turns: readonly Turn[], span: Span): readonly Turn[] {
  return turns.filter((turn) => turn.fromMs < span.untilMs && span.fromMs < turn.untilMs);
}

/** Whom a shift takes the place of on its schedule: whoever is on call in it now, the person left out. */
export function replacedBy(turns: readonly Turn[], scheduleId: string, span: Span): readonly string[] {
  const own = touching(turns, span).filter((turn) => turn.schedule === scheduleId);
  return [...new Set(own.flatMap((turn) => turn.people))].filter((person) => person !== span.person);
}

/** Names of the schedules whose turns a leave takes the person out of. */
export function missedBy(turns: readonly Turn[], span: Span): readonly string[] {
  const own = touching(turns, span).filter((turn) => turn.people.includes(span.person));
  return [...new Set(own.map((turn) => turn.name))];
}

import { rounded } from './stats.ts';

export const units = ['/s', 'ms', 's', 'x', 'MiB', 'count'] as const;
export type Unit = (typeof units)[number];

/** One measured number, beside what it is held against. */
export interface Figure {
  /** Stable, for comparing runs: `intake.accepted.16`. */
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: Unit;
  /** What GoAlert does on the same kind of machine. */
  readonly goalert: string | null;
  readonly target: string | null;
  /** null: there is no target, or this run can't tell. */
  readonly met: boolean | null;
}

export interface Goal {
  readonly text: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A figure held against its goal. */
export function figure(
  id: string,
  what: string,
  value: number,
  unit: Unit,
  against: { readonly goal?: Goal; readonly goalert?: string } = {},
): Figure {
  const { goal, goalert } = against;
  const met =
    goal === undefined || !Number.isFinite(value)
      ? null
      : value >= (goal.atLeast ?? -Infinity) && value <= (goal.atMost ?? Infinity);
  return { id, what, value: rounded(value), unit, goalert: goalert ?? null, target: goal?.text ?? null, met };
}

export function atLeast(value: number, unit: Unit): Goal {
  return { text: `>= ${shown(value, unit)}`, atLeast: value };
}

export function atMost(value: number, unit: Unit): Goal {
  return { text: `<= ${shown(value, unit)}`, atMost: value };
}

export function shown(value: number, unit: Unit): string {
  const text = Number.isFinite(value) ? String(rounded(value)) : '-';
  if (unit === 'count') return text;
  return unit === '/s' || unit === 'x' ? `${text}${unit}` : `${text} ${unit}`;
}

import type { ResponseOf } from '../../../contracts/schemas/responses.ts';

export type BacktestPage = ResponseOf<'backtestPolicies'>;

/** Two pages of one backtest, added up. Pages come newest first. */
export function mergeBacktests(a: BacktestPage, b: BacktestPage): BacktestPage {
  return {
    escalations: a.escalations + b.escalations,
    reproduced: a.reproduced + b.reproduced,
    leftOut: a.leftOut + b.leftOut,
    from: earlier(a.from, b.from),
    until: later(a.until, b.until),
    severities: merged(
      a.severities,
      b.severities,
      ({ severity }) => severity,
      (one, other) => ({
        severity: one.severity,
        escalations: one.escalations + other.escalations,
        differing: one.differing + other.differing,
        pages: summed(one.pages, other.pages),
        breaches: summed(one.breaches, other.breaches),
        exhausted: summed(one.exhausted, other.exhausted),
      }),
    ),
    clocks: merged(
      a.clocks,
      b.clocks,
      ({ clock }) => clock,
      (one, other) => ({
        clock: one.clock,
        before: one.before + other.before,
        after: one.after + other.after,
      }),
    ),
    days: merged(
      a.days,
      b.days,
      ({ day }) => day,
      (one, other) => ({
        day: one.day,
        pages: summed(one.pages, other.pages),
        breaches: summed(one.breaches, other.breaches),
      }),
    ).toSorted((one, other) => one.day.localeCompare(other.day)),
    changes: merged(
      a.changes,
      b.changes,
      ({ severity, kind, change, what }) => `${severity} ${kind} ${change} ${what}`,
      (one, other) => ({ ...(one.firstAt <= other.firstAt ? one : other), times: one.times + other.times }),
    ).toSorted((one, other) => other.times - one.times),
    refused: merged(
      a.refused,
      b.refused,
      ({ what }) => what,
      (one, other) => ({
        what: one.what,
        times: one.times + other.times,
      }),
    ),
    mismatches: [...a.mismatches, ...b.mismatches],
    nextCursor: b.nextCursor,
  };
}

function earlier(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a < b ? a : b;
}

function later(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a > b ? a : b;
}

/** Adds up numbers of equal names. */
function summed<T extends Readonly<Record<string, number>>>(a: T, b: T): T {
  const sums = { ...a };
  for (const key in sums) Object.assign(sums, { [key]: (a[key] ?? 0) + (b[key] ?? 0) });
  return sums;
}

function merged<T>(a: readonly T[], b: readonly T[], keyOf: (item: T) => string, add: (one: T, other: T) => T): T[] {
  const found = new Map(a.map((item) => [keyOf(item), item]));
  for (const item of b) {
    const known = found.get(keyOf(item));
    found.set(keyOf(item), known === undefined ? item : add(known, item));
  }
  return [...found.values()];
}

/** Days in steps that a picture has room for: single days, weeks or four weeks. */
export function stepsOfDays(days: BacktestPage['days'], mostSteps: number): BacktestPage['days'] {
  const dayMs = 86_400_000;
  const [first, last] = [days[0], days.at(-1)].map((day) => Date.parse(day?.day ?? ''));
  if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last)) return [];
  const length = [1, 7, 28].find((each) => (last - first) / dayMs / each < mostSteps) ?? 91;
  const steps = new Map<number, BacktestPage['days'][number]>();
  for (let atMs = first; atMs <= last; atMs += length * dayMs) {
    const day = new Date(atMs).toISOString().slice(0, 10);
    steps.set(atMs, { day, pages: { before: 0, after: 0 }, breaches: { before: 0, after: 0 } });
  }
  for (const { day, pages, breaches } of days) {
    const startMs = first + Math.floor((Date.parse(day) - first) / dayMs / length) * length * dayMs;
    const step = steps.get(startMs);
    if (step === undefined) continue;
    steps.set(startMs, { ...step, pages: summed(step.pages, pages), breaches: summed(step.breaches, breaches) });
  }
  return [...steps.values()];
}

import type { LedgerClock } from '../api/types.ts';

export interface BarPart {
  readonly kind: 'running' | 'paused' | 'closed' | 'overdue';
  /** Percent of the bar's width. */
  readonly left: number;
  readonly width: number;
  readonly from: string;
  readonly cause: string;
}

export interface Bar {
  readonly parts: readonly BarPart[];
  /** Where now lies, in percent; null once the clock has stopped. */
  readonly nowAt: number | null;
  /** Where the deadline lies, in percent; null where it is not known. */
  readonly dueAt: number | null;
}

/**
 * Lays a clock's ledger out along wall time: from its start to its deadline, or to now where that is later. Running time
 * after a missed deadline is shown as overdue.
 */
export function barOf(clock: LedgerClock, nowMs: number): Bar {
  const first = clock.stretches[0];
  if (first === undefined) return { parts: [], nowAt: null, dueAt: null };
  const startMs = Date.parse(first.from);
  const last = clock.stretches.at(-1) ?? first;
  const endedMs = clock.status === 'stopped' && last.to !== null ? Date.parse(last.to) : null;
  const deadlineMs = Date.parse(clock.breachedAt ?? clock.dueAt ?? '');
  const dueMs = Number.isNaN(deadlineMs) ? null : deadlineMs;
  // A clock that was met in time has no deadline any more: its target, moved by what did not count, stands for it.
  const idleMs = clock.stretches.reduce((sum, stretch) => {
    if (stretch.kind === 'running') return sum;
    return sum + Math.max(0, (stretch.to === null ? nowMs : Date.parse(stretch.to)) - Date.parse(stretch.from));
  }, 0);
  const targetMs = startMs + clock.targetSeconds * 1_000 + idleMs;
  const endMs = Math.max(endedMs ?? nowMs, dueMs ?? targetMs, startMs + 1);
  const at = (ms: number): number => Math.min(100, Math.max(0, ((ms - startMs) / (endMs - startMs)) * 100));
  const parts = clock.stretches.flatMap((stretch): readonly BarPart[] => {
    const fromMs = Date.parse(stretch.from);
    const toMs = Math.min(stretch.to === null ? nowMs : Date.parse(stretch.to), endedMs ?? nowMs);
    if (toMs <= fromMs) return [];
    const part = (kind: BarPart['kind'], aMs: number, bMs: number): BarPart => ({
      kind,
      left: at(aMs),
      width: Math.max(0.4, at(bMs) - at(aMs)),
      from: new Date(aMs).toISOString(),
      cause: stretch.cause,
    });
    const splitMs = clock.breachedAt === null || dueMs === null ? null : dueMs;
    if (stretch.kind !== 'running' || splitMs === null || toMs <= splitMs) return [part(stretch.kind, fromMs, toMs)];
    if (fromMs >= splitMs) return [part('overdue', fromMs, toMs)];
    return [part('running', fromMs, splitMs), part('overdue', splitMs, toMs)];
  });
  return { parts, nowAt: endedMs === null ? at(nowMs) : null, dueAt: dueMs === null ? null : at(dueMs) };
}

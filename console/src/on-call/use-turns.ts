import { useQueries, useQuery } from '@tanstack/react-query';
import { onCallQuery, scheduleQuery } from './queries.ts';
import { turnsOf } from './turns.ts';
import type { Turn } from './turns.ts';

/** Who is on call in a stretch of time by every schedule; null while it is not known. Epoch milliseconds, half-open. */
export function useTurns(fromMs: number, untilMs: number): readonly Turn[] | null {
  const now = useQuery(onCallQuery);
  const isRange = fromMs < untilMs;
  return useQueries({
    queries: (isRange ? (now.data?.items ?? []) : []).map((item) => scheduleQuery(item.schedule, fromMs, untilMs)),
    combine: (answers) =>
      now.data === undefined || answers.some((answer) => answer.data === undefined)
        ? null
        : answers.flatMap((answer) => (answer.data === undefined ? [] : turnsOf(answer.data))),
  });
}

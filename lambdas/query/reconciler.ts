import { reconciliation } from '../../contracts/schemas/reconciliation.ts';
import { classOf } from '../../domain/books/faults.ts';
import { readReconciliation } from '../../store/reconciliation.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { instantOf, instantOrNull } from '../present/units.ts';
import type { QueryPorts } from './ports.ts';

export async function getReconciler(ports: QueryPorts, _call: Call<'getReconciler'>): Promise<Reply<'getReconciler'>> {
  const stored = await readReconciliation(ports.store);
  if (stored === null) return { status: 200, body: { lastRun: null } };
  const { startedAtMs, finishedAtMs, lost, orphaned, stuck, checked, notes, memory } = reconciliation.parse(
    stored.result,
  );
  return {
    status: 200,
    body: {
      lastRun: {
        startedAt: instantOf(startedAtMs),
        finishedAt: instantOf(finishedAtMs),
        lost,
        orphaned,
        stuck,
        checked,
        faults: notes.map((note) => ({ ...note, class: classOf[note.fault] })),
        left: memory.left.map(({ sinceMs, ...left }) => ({ ...left, since: instantOf(sinceMs) })),
        openSweptAt: instantOrNull(memory.openSweptAtMs),
        tableSweptAt: instantOrNull(memory.itemsSweptAtMs),
      },
    },
  };
}

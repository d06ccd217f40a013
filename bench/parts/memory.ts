import { BenchStack } from '../bench-stack.ts';
import { atMost, figure, type Figure } from '../figure.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { memoryMiBOf } from '../process-usage.ts';
import { openDesk } from './open-desk.ts';

function memoryFigure(open: number, mebibytes: number): Figure {
  return figure('memory.worker', `worker at its highest, ${open} open`, mebibytes, 'MiB', {
    goalert: '77 MB + PostgreSQL 285-757 MB',
    goal: atMost(1_023, 'MiB'),
  });
}

/** Resident memory of the worker while thousands are open; measured with the lateness where that was measured too. */
export async function memory(run: PartRun): Promise<PartOutcome> {
  const open = run.quick ? 60 : 10_000;
  const known = run.shared.get('worker-mib');
  if (known !== undefined) return { figures: [memoryFigure(open, known)], notes: ['measured with the lateness'] };
  const bench = await BenchStack.start({ run });
  try {
    await openDesk(bench, run, { open, falling: 0, spreadMs: 0, urgent: 0 });
    const others = (['temporal', 'dynamodb', 'gateway', 'sns'] as const).map((part) =>
      figure(`memory.${part}`, `${part}, now`, memoryMiBOf(bench.stack.pid(part)).now, 'MiB'),
    );
    return { figures: [memoryFigure(open, memoryMiBOf(bench.stack.pid('worker')).highest), ...others] };
  } finally {
    await bench.dispose();
  }
}

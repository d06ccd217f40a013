import { createStore, storeConfigFrom } from '../../store/client.ts';
import { readHead } from '../../store/log.ts';
import { waitUntil } from '../../local/tools/wait.ts';
import { BenchStack, localCredentials } from '../bench-stack.ts';
import { atLeast, atMost, figure } from '../figure.ts';
import { pagesOf } from '../pages.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { failureNotes, perSecond, waitUntilIdle } from './common.ts';

/** One key that comes in thousands of times: one escalation, an exact count, few pages. */
export async function storm(run: PartRun): Promise<PartOutcome> {
  const total = run.quick ? 300 : 10_000;
  const bench = await BenchStack.start({ run });
  try {
    await bench.load.timed({
      kind: 'http',
      origin: bench.origin,
      template: await bench.intakeTemplate('warm-up'),
      total: 100,
      concurrency: 8,
    });
    await waitUntilIdle(bench, run);
    const raw = await bench.load.timed({ kind: 'add-to-item', key: 'RAW#storm', total, concurrency: 50 });
    const { result, cpuMs } = await bench.cpuDuring(async () =>
      bench.load.timed({
        kind: 'http',
        origin: bench.origin,
        template: await bench.intakeTemplate('storm', { dedupKey: 'the-one-key' }),
        keepIds: true,
        total,
        concurrency: 50,
      }),
    );
    const ids = [...new Set(result.ids)];
    const [id = ''] = ids;
    const store = createStore({ ...storeConfigFrom(bench.stack.env), credentials: localCredentials });
    const counted = async (): Promise<number> => (await readHead(store, id))?.record.occurrences ?? 0;
    await waitUntil(async () => (await counted()) === total, 20_000, 200);
    const occurrences = await counted();
    store.close();
    const pages = pagesOf(bench.stack).filter((page) => page.escalationId === id).length;
    return {
      figures: [
        figure('storm.accepted', `${total} on one key, 50 connections`, perSecond(result), '/s', {
          goalert: '737-795/s, one alert',
          goal: atLeast(1_000, '/s'),
        }),
        figure('storm.raw', 'raw UpdateItem on one item, 50 at once', perSecond(raw), '/s'),
        figure('storm.of-raw', 'counted against raw UpdateItem', perSecond(result) / perSecond(raw), 'x'),
        figure('storm.escalations', 'escalations', ids.length, 'count', { goal: atMost(1, 'count') }),
        figure(
          'storm.count-error',
          'occurrences counted, less those answered',
          occurrences - result.latencyMs.length,
          'count',
          {
            goal: { text: '0', atLeast: 0, atMost: 0 },
          },
        ),
        figure('storm.pages', 'pages', pages, 'count', { goal: atMost(5, 'count') }),
        figure('storm.load-cpu', "load generator's own processor time for one request", result.cpuMs / total, 'ms'),
      ],
      cpu: { storm: { operations: total, cpuMs } },
      notes: failureNotes('storm', result),
    };
  } finally {
    await bench.dispose();
  }
}

import { createStore, storeConfigFrom } from '../../store/client.ts';
import { dedupKeyHash } from '../../contracts/ids.ts';
import { readHead } from '../../store/log.ts';
import { readPointer } from '../../store/pointer.ts';
import { waitUntil } from '../../local/tools/wait.ts';
import { BenchStack, localCredentials } from '../bench-stack.ts';
import { atLeast, atMost, figure } from '../figure.ts';
import { pagesOf } from '../pages.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { failureNotes, perSecond, waitUntilIdle } from './common.ts';

const oneKey = 'the-one-key';
const exactly = { text: '0', atLeast: 0, atMost: 0 } as const;

/** One key that comes in thousands of times: one escalation, an exact count, few pages. */
export async function storm(run: PartRun): Promise<PartOutcome> {
  const total = run.quick ? 500 : 10_000;
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
        template: await bench.intakeTemplate('storm', { dedupKey: oneKey }),
        keepIds: true,
        total,
        concurrency: 50,
      }),
    );
    const ids = [...new Set(result.ids)];
    const [id = ''] = ids;
    const store = createStore({ ...storeConfigFrom(bench.stack.env), credentials: localCredentials });
    const pointer = await readPointer(store, dedupKeyHash({ source: 'bench', key: oneKey }));
    const counted = pointer?.count ?? 0;
    // The number of requests is one of the thresholds at which the escalation hears of its repeats.
    const folded = async (): Promise<number> => (await readHead(store, id))?.record.occurrences ?? 0;
    await waitUntil(async () => (await folded()) === total, 20_000, 200);
    const shownCount = await folded();
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
          counted - result.latencyMs.length,
          'count',
          {
            goal: exactly,
          },
        ),
        figure(
          'storm.shown-error',
          "the record's count, less those answered",
          shownCount - result.latencyMs.length,
          'count',
          { goal: exactly },
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

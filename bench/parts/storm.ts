import { createStore, storeConfigFrom } from '../../store/client.ts';
import { dedupKeyHash } from '../../contracts/ids.ts';
import { readHead } from '../../store/log.ts';
import { readPointer } from '../../store/pointer.ts';
import { waitUntil } from '../../local/tools/wait.ts';
import { BenchStack, localCredentials } from '../bench-stack.ts';
import { atLeast, atMost, figure } from '../figure.ts';
import { pagesOf } from '../pages.ts';
import type { CpuByProcess, PartOutcome, PartRun } from '../part.ts';
import { sum } from '../stats.ts';
import { failureNotes, inTurn, medianRate, medianRatio, perSecond, waitUntilIdle } from './common.ts';

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
    const template = await bench.intakeTemplate('storm', { dedupKey: oneKey });
    const rounds = 5;
    const each = total / rounds;
    const cpu: Record<string, { operations: number; cpuMs: CpuByProcess }> = {};
    const compared = await inTurn(
      rounds,
      (round) => bench.load.timed({ kind: 'add-to-item', key: `RAW#storm${round}`, total: each, concurrency: 50 }),
      async (round) => {
        const { result, cpuMs } = await bench.cpuDuring(() =>
          bench.load.timed({
            kind: 'http',
            origin: bench.origin,
            template,
            keepIds: true,
            total: each,
            concurrency: 50,
          }),
        );
        cpu[`round ${round + 1}`] = { operations: each, cpuMs };
        return result;
      },
      async () => undefined,
    );
    const answered = sum(compared.own.map((round) => round.latencyMs.length));
    const ids = [...new Set(compared.own.flatMap((round) => round.ids))];
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
        figure('storm.accepted', `${total} on one key, 50 connections`, medianRate(compared.own), '/s', {
          goalert: '737-795/s, one alert',
          goal: atLeast(1_000, '/s'),
        }),
        figure('storm.raw', 'raw UpdateItem on one item, 50 at once', medianRate(compared.raw), '/s'),
        figure('storm.of-raw', 'counted against raw UpdateItem', medianRatio(compared, perSecond), 'x'),
        figure('storm.escalations', 'escalations', ids.length, 'count', { goal: atMost(1, 'count') }),
        figure('storm.count-error', 'occurrences counted, less those answered', counted - answered, 'count', {
          goal: exactly,
        }),
        figure('storm.shown-error', "the record's count, less those answered", shownCount - answered, 'count', {
          goal: exactly,
        }),
        figure('storm.pages', 'pages', pages, 'count', { goal: atMost(5, 'count') }),
        figure(
          'storm.load-cpu',
          "load generator's own processor time for one request",
          sum(compared.own.map((round) => round.cpuMs)) / total,
          'ms',
        ),
      ],
      cpu,
      notes: compared.own.flatMap((round) => failureNotes('storm', round)),
    };
  } finally {
    await bench.dispose();
  }
}

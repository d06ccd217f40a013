import { workflowTypes } from '../../contracts/temporal-names.ts';
import { createStore, storeConfigFrom } from '../../store/client.ts';
import { readWholeLog } from '../../store/log.ts';
import { rawTaskQueue } from '../raw/types.ts';
import { BenchStack, localCredentials } from '../bench-stack.ts';
import { atLeast, atMost, figure, type Figure } from '../figure.ts';
import type { TimingsResult } from '../load/jobs.ts';
import { firstPages, waitForPages } from '../pages.ts';
import type { CpuByProcess, PartOutcome, PartRun } from '../part.ts';
import { percentile, sum } from '../stats.ts';
import {
  failureNotes,
  inTurn,
  medianRate,
  medianRatio,
  perSecond,
  waitUntilIdle,
  type Compared,
  withClient,
} from './common.ts';

const goalert: Readonly<Record<number, string>> = { 1: '467/s', 16: '522/s', 50: '522/s' };

/**
 * Connections, rounds, requests of each, and the share of the part's time after which no further round is begun: between them what
 * was taken in is worked off, for a minute and a half in a slow hour. The target is for sixteen: enough that what is not yet a burst
 * weighs little.
 */
const plan = [
  [16, 3, 2_000, 0.5],
  [1, 2, 250, 0.75],
  [50, 2, 500, 0.75],
] as const;
const quickPlan = plan.map(([connections, , , until]) => [connections, 2, 30, until] as const);

/** Accepted escalations a second, each with a new key and durable before the answer; and how soon each is started. */
export async function intake(run: PartRun): Promise<PartOutcome> {
  const startedMs = Date.now();
  const each = run.quick ? 30 : 500;
  const bench = await BenchStack.start({ run, raw: true });
  try {
    const figures: Figure[] = [];
    const notes: string[] = [];
    const cpu: Record<string, { operations: number; cpuMs: CpuByProcess }> = {};
    const http = async (
      prefix: string,
      concurrency: number,
      total: number,
      ratePerSecond?: number,
    ): Promise<TimingsResult> => {
      const template = await bench.intakeTemplate(prefix);
      const { result, cpuMs } = await bench.cpuDuring(() =>
        bench.load.timed({
          kind: 'http',
          origin: bench.origin,
          template,
          keepIds: true,
          total,
          concurrency,
          ratePerSecond,
        }),
      );
      cpu[prefix] = { operations: total, cpuMs };
      notes.push(...failureNotes(prefix, result));
      return result;
    };
    const idle = (): Promise<void> => waitUntilIdle(bench, run, 90_000);
    // Until some 3,000 V8 is still compiling what takes them in; the steady load below is the rest of it.
    await http('warm-up', 16, run.quick ? each : 1_500);
    await idle();
    const starts = await bench.load.timed({
      kind: 'start-workflow',
      workflow: 'bareActivity',
      taskQueue: rawTaskQueue,
      prefix: 'raw-',
      args: [{}],
      total: each,
      concurrency: 16,
    });
    await idle();
    // Before the bursts, whose backlog would be measured with it.
    run.progress('a steady 100/s');
    const steady = await http('steady', 32, run.quick ? 50 : 1_000, 100);
    const steadyFigures = await startedWithin(bench, steady);
    await idle();
    for (const [connections, rounds, count, until] of run.quick ? quickPlan : plan) {
      run.progress(`intake with ${connections} connections`);
      const compared = await inTurn(
        rounds,
        (round) =>
          bench.load.timed({
            kind: 'put-item',
            prefix: `RAW#${connections}#${round}#`,
            total: count,
            concurrency: connections,
          }),
        (round) => http(`${connections} connections, round ${round + 1}`, connections, count),
        idle,
        () => Date.now() - startedMs < until * run.longestMs,
      );
      const done = compared.own.length;
      if (done < rounds) notes.push(`${connections} connections: ${done} of ${rounds} rounds, for it took too long`);
      figures.push(...figuresFor(connections, compared));
    }
    figures.push(figure('intake.raw.start', 'raw workflow.start, 16 at once', perSecond(starts), '/s'));
    figures.push(...steadyFigures);
    return { figures, notes, cpu };
  } finally {
    await bench.dispose();
  }
}

function figuresFor(connections: number, compared: Compared): readonly Figure[] {
  const { own, raw } = compared;
  const latencies = own.flatMap((round) => round.latencyMs);
  const at16 = connections === 16;
  return [
    figure(`intake.accepted.${connections}`, `accepted, ${connections} connections`, medianRate(own), '/s', {
      goalert: goalert[connections] ?? '',
      ...(at16 ? { goal: atLeast(522, '/s') } : {}),
    }),
    figure(`intake.raw.put.${connections}`, `raw PutItem, ${connections} at once`, medianRate(raw), '/s'),
    figure(
      `intake.of-raw-put.${connections}`,
      'accepted against raw PutItem',
      medianRatio(compared, perSecond),
      'x',
      at16 ? { goal: atLeast(0.4, 'x') } : {},
    ),
    figure(
      `intake.latency.p50.${connections}`,
      `answer p50, ${connections} connections`,
      percentile(latencies, 50),
      'ms',
    ),
    figure(
      `intake.latency.p99.${connections}`,
      `answer p99, ${connections} connections`,
      percentile(latencies, 99),
      'ms',
    ),
    ...(at16
      ? [
          figure(
            'intake.load-cpu',
            "load generator's own processor time for one request",
            sum(own.map((round) => round.cpuMs)) / Math.max(1, latencies.length),
            'ms',
          ),
        ]
      : []),
  ];
}

/** From the sending of each request to the start of its workflow, to its first decision and to its first page. */
async function startedWithin(bench: BenchStack, timings: TimingsResult): Promise<readonly Figure[]> {
  const pages = firstPages(await waitForPages(bench.stack, Number.MAX_SAFE_INTEGER, 5_000));
  const startedAtMs = await workflowStarts(bench);
  const store = createStore({ ...storeConfigFrom(bench.stack.env), credentials: localCredentials });
  const started: number[] = [];
  const begun: number[] = [];
  const paged: number[] = [];
  for (const [index, id] of timings.ids.entries()) {
    const sentAtMs = timings.sentAtMs[index];
    if (sentAtMs === undefined) continue;
    const log = await readWholeLog(store, id);
    const instants = [startedAtMs.get(id), log[1]?.atMs, pages.get(id)?.publishedAtMs];
    for (const [list, atMs] of [started, begun, paged].map((each, place) => [each, instants[place]] as const)) {
      if (atMs !== undefined) list.push(atMs - sentAtMs);
    }
  }
  store.close();
  const of = timings.ids.length;
  return [
    figure('intake.started.count', 'started of those sent at a steady 100/s', started.length / of, 'x', {
      goal: atLeast(1, 'x'),
    }),
    figure('intake.started.p50', 'sent to the start of the workflow, 100/s, p50', percentile(started, 50), 'ms'),
    figure('intake.started.p99', 'sent to the start of the workflow, 100/s, p99', percentile(started, 99), 'ms', {
      goal: atMost(2_000, 'ms'),
    }),
    figure('intake.begun.p99', 'sent to its first decision, 100/s, p99', percentile(begun, 99), 'ms'),
    figure('intake.paged.count', 'paged of those sent at a steady 100/s', paged.length / of, 'x'),
    figure('intake.paged.p99', 'sent to the first page, 100/s, p99', percentile(paged, 99), 'ms'),
  ];
}

/** When the server took each escalation's workflow in, by its own record. */
function workflowStarts(bench: BenchStack): Promise<ReadonlyMap<string, number>> {
  return withClient(bench, async (client) => {
    const starts = new Map<string, number>();
    const query = `WorkflowType = '${workflowTypes.escalation}'`;
    for await (const { workflowId, startTime } of client.workflow.list({ query, pageSize: 1_000 })) {
      starts.set(workflowId, startTime.getTime());
    }
    return starts;
  });
}

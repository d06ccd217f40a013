import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { BenchStack } from '../bench-stack.ts';
import type { TimingsResult } from '../load/jobs.ts';
import type { PartRun } from '../part.ts';
import { median, sum } from '../stats.ts';

export function perSecond(timings: TimingsResult): number {
  return (timings.latencyMs.length * 1_000) / timings.tookMs;
}

export function failureNotes(what: string, timings: TimingsResult): readonly string[] {
  return Object.entries(timings.failures).map(([message, count]) => `${what}: ${count} failed with "${message}"`);
}

/** Processor share of the stack, in hundredths of one core, below which it has nothing left to do. */
const idlePercent = 25;

/** Waits until the stack has worked off what it was given, so that one measurement does not slow the next. */
export async function waitUntilIdle(bench: BenchStack, run: PartRun, longestMs = 300_000): Promise<void> {
  const deadlineMs = Date.now() + longestMs;
  let quiet = 0;
  while (quiet < (run.quick ? 1 : 3)) {
    const { cpuMs } = await bench.cpuDuring(() => sleep(700));
    quiet = sum(Object.values(cpuMs)) / 7 < idlePercent ? quiet + 1 : 0;
    if (Date.now() > deadlineMs) return;
  }
}

/** A Temporal client for looking at what was done. */
export async function withClient<T>(bench: BenchStack, use: (client: Client) => Promise<T>): Promise<T> {
  const { temporal, temporalNamespace } = bench.stack.addresses;
  const connection = await Connection.connect({ address: temporal });
  try {
    return await use(new Client({ connection, namespace: temporalNamespace }));
  } finally {
    await connection.close();
  }
}

/** Waits until each of these workflows has armed its timer: those before them in the queue have, too. */
export async function waitForTimers(bench: BenchStack, ids: readonly string[]): Promise<void> {
  await withClient(bench, async (client) => {
    for (const id of ids) {
      for (;;) {
        const { events = [] } = await client.workflow.getHandle(id).fetchHistory();
        if ((events ?? []).some((event) => event.timerStartedEventAttributes != null)) break;
        await sleep(100);
      }
    }
  });
}

export interface Compared {
  readonly own: readonly TimingsResult[];
  readonly raw: readonly TimingsResult[];
}

/**
 * Measures the desk and its raw part in turn, several times, so that whatever else the machine does falls on both; the
 * medians of the rounds are what counts.
 * @param mayGoOn asked before each round but the first
 */
export async function inTurn(
  rounds: number,
  raw: (round: number) => Promise<TimingsResult>,
  own: (round: number) => Promise<TimingsResult>,
  between: () => Promise<void>,
  mayGoOn: () => boolean = () => true,
): Promise<Compared> {
  const compared: { own: TimingsResult[]; raw: TimingsResult[] } = { own: [], raw: [] };
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0 && !mayGoOn()) break;
    compared.raw.push(await raw(round));
    compared.own.push(await own(round));
    await between();
  }
  return compared;
}

export function medianRate(rounds: readonly TimingsResult[]): number {
  return median(rounds.map(perSecond));
}

/** The median over the rounds of what the desk does against its raw part in the same round. */
export function medianRatio({ own, raw }: Compared, of: (timings: TimingsResult) => number): number {
  return median(
    own.flatMap((timings, round) => {
      const beside = raw[round];
      return beside === undefined ? [] : [of(timings) / of(beside)];
    }),
  );
}

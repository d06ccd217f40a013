import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../contracts/logger.ts';
import { newEscalationId } from '../../contracts/ids.ts';
import { severities, type Severity } from '../../domain/escalation/vocabulary.ts';
import { Starter } from '../../lambdas/intake/starter.ts';
import { PendingQueue } from '../../worker/pending-queue.ts';

const madeAtMs = Date.UTC(2027, 0, 1);
const stepMs = 5;
const lookEveryMs = 100;
const log = createLogger({ component: 'test', write: () => undefined });

interface Load {
  readonly perSecond: number;
  readonly forMs: number;
  /** Intakes under way at any time. */
  readonly underWay: number;
  readonly severity: (index: number) => Severity;
}

interface Delay {
  readonly by: 'intake' | 'worker';
  readonly severity: Severity;
  readonly cameAtMs: number;
  readonly delayMs: number;
}

/** One intake process and one worker on a clock of their own, whose starts take no time: what is left is the rules. */
async function simulate({ perSecond, forMs, underWay, severity }: Load): Promise<readonly Delay[]> {
  let nowMs = 0;
  const waiting = new Map<string, { readonly severity: Severity; readonly cameAtMs: number }>();
  const delays: Delay[] = [];
  const queue = new PendingQueue();
  const started = (id: string, by: Delay['by']): void => {
    const one = waiting.get(id);
    if (one === undefined) throw new Error(`${id} was started twice`);
    waiting.delete(id);
    delays.push({ ...one, by, delayMs: nowMs - one.cameAtMs });
  };
  const starter = new Starter({
    gateway: { start: async (id) => started(id, 'intake') },
    clearPending: async () => undefined,
    nowMs: () => nowMs,
  });
  for (let other = 1; other < underWay; other += 1) void starter.during(() => new Promise(() => undefined));
  queue.note([], 0, 0);
  for (let index = 0; nowMs < forMs || waiting.size > 0; nowMs += stepMs) {
    const comeByNow = (Math.min(forMs, nowMs + stepMs) * perSecond) / 1_000;
    for (; index < comeByNow; index += 1) {
      const id = newEscalationId(madeAtMs + nowMs);
      waiting.set(id, { severity: severity(index), cameAtMs: nowMs });
      await starter.during(() => starter.tryStart(id, severity(index), undefined, log));
    }
    if (nowMs % lookEveryMs !== 0) continue;
    const lanes = severities.map((each) => ({
      severity: each,
      ids: Array.from(waiting).flatMap(([id, one]) => (one.severity === each ? [id] : [])),
      isWhole: true,
    }));
    queue.note(lanes, 0, nowMs);
    for (const id of queue.next(queue.room(nowMs), nowMs)) {
      started(id, 'worker');
      queue.started(id, nowMs);
    }
  }
  return delays;
}

const mixed = (index: number): Severity => (index % 10 === 0 ? 'sev1' : 'sev3');

function latest(delays: readonly Delay[]): number {
  return Math.max(...delays.map(({ delayMs }) => delayMs));
}

describe('intake and worker together', () => {
  it('start each of a steady 100 a second within 2 s, most of them by the worker', async () => {
    const delays = await simulate({ perSecond: 100, forMs: 20_000, underWay: 3, severity: () => 'sev3' });
    expect(delays).toHaveLength(2_000);
    expect(latest(delays)).toBeLessThan(2_000);
    expect(delays.filter(({ by }) => by === 'intake').length).toBeLessThanOrEqual(10 + 25 * 20);
  });

  it('start each of a steady 100 a second within 2 s as well where all are left to the worker', async () => {
    const delays = await simulate({ perSecond: 100, forMs: 20_000, underWay: 16, severity: () => 'sev3' });
    expect(latest(delays)).toBeLessThan(2_000);
  });

  it('take a short burst in first: the most severe start at once, 5 a second of the others, and all soon after it', async () => {
    const delays = await simulate({ perSecond: 400, forMs: 5_000, underWay: 16, severity: mixed });
    expect(latest(delays.filter(({ severity }) => severity === 'sev1'))).toBeLessThan(2_000);
    const during = delays.filter(
      ({ severity, cameAtMs, delayMs }) =>
        severity === 'sev3' && cameAtMs + delayMs >= 1_000 && cameAtMs + delayMs < 5_000,
    );
    expect(during.length).toBeLessThanOrEqual(5 * 4);
    expect(Math.max(...delays.map(({ cameAtMs, delayMs }) => cameAtMs + delayMs))).toBeLessThan(16_000);
  });

  it('hold back nobody for more than ten seconds of a load that goes on, as long as it is within the full pace', async () => {
    const delays = await simulate({ perSecond: 180, forMs: 15_000, underWay: 16, severity: mixed });
    expect(latest(delays.filter(({ severity }) => severity === 'sev1'))).toBeLessThan(2_000);
    expect(latest(delays.filter(({ cameAtMs }) => cameAtMs < 1_000))).toBeLessThan(11_500);
  });
});

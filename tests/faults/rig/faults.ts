import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentOf } from '../../../contracts/env.ts';
import type { PartName, WorkerPart } from '../../../local/names.ts';
import { waitUntil } from '../../../local/tools/wait.ts';
import type { FaultPoint } from '../../../store/fault-points.ts';
import { skewedClock, straightClock } from './clock.ts';
import type { Desk } from './desk.ts';
import type { LoadOptions } from './load.ts';
import type { Outage } from './timing.ts';

export interface Fault {
  /** As `--only` takes it. */
  readonly name: string;
  readonly title: string;
  /** Breaks something, leaves it broken for `outageMs` where that has a meaning, and puts it right. */
  readonly run: (desk: Desk, outageMs: number) => Promise<readonly Outage[]>;
  /** SNS itself is away: tiers move on meanwhile, and their pages go out together afterwards. */
  readonly pagesMayPileUp?: boolean;
  readonly load?: Partial<LoadOptions>;
}

/** Steps of a transition at which a worker can be killed. */
export const workerSteps = [
  'commit:before',
  'commit:after-slot',
  'commit:after-head',
  'page:before-record',
  'page:before-publish',
  'page:after-publish',
] as const satisfies readonly FaultPoint[];

/** Waits until the part's process is another one than `pid`, and everything works. */
async function replaced(desk: Desk, part: PartName, pid: number | null): Promise<void> {
  if (!(await waitUntil(() => desk.stack.pid(part) !== pid, 10_000, 5))) throw new Error(`${part} did not die`);
  await desk.stack.ready();
}

/** Lets a process die at a step, once; the supervisor starts it again. Answers with the times without it. */
export async function killAtStep(
  desk: Desk,
  part: WorkerPart | 'gateway',
  point: FaultPoint,
  options: { readonly times?: number; readonly meanwhile?: () => Promise<unknown>; readonly withinMs?: number } = {},
): Promise<readonly Outage[]> {
  const { stack } = desk;
  const file = desk.newFaultFile();
  const { times = 1, withinMs = 30_000 } = options;
  // To be armed it is replaced, in good order, and then it dies: one that dies twice within seconds is another fault.
  const replacedFromMs = Date.now();
  await stack.down(part, 'SIGTERM');
  // It keeps this environment afterwards, but where the file exists nobody dies.
  await stack.up(part, environmentOf({ allowFaults: '1', faultPoint: `${point}@${times}`, faultFile: file }));
  const replacement = { fromMs: replacedFromMs, untilMs: Date.now() };
  const pid = stack.pid(part);
  const meanwhile = options.meanwhile?.();
  if (!(await waitUntil(() => existsSync(file), withinMs, 5))) throw new Error(`nothing came to ${point}`);
  const fromMs = Date.now();
  await replaced(desk, part, pid);
  const untilMs = Date.now();
  await meanwhile;
  return [replacement, { fromMs, untilMs }];
}

/** Keeps a part down for a time. */
async function without(desk: Desk, part: PartName, outageMs: number): Promise<readonly Outage[]> {
  const fromMs = Date.now();
  await desk.stack.down(part);
  await sleep(outageMs);
  await desk.stack.up(part);
  return [{ fromMs, untilMs: Date.now() }];
}

async function killAtOnce(desk: Desk, part: PartName): Promise<readonly Outage[]> {
  const fromMs = Date.now();
  const pid = desk.stack.pid(part);
  await desk.stack.kill(part);
  await replaced(desk, part, pid);
  return [{ fromMs, untilMs: Date.now() }];
}

/** Runs with the second worker beside the first, or in place of it. */
async function withSecondWorker(
  desk: Desk,
  env: Readonly<Record<string, string>>,
  run: () => Promise<readonly Outage[]>,
): Promise<readonly Outage[]> {
  await desk.stack.up('worker-2', env);
  try {
    return await run();
  } finally {
    // In good order: this is not what the fault is about.
    await desk.stack.down('worker-2', 'SIGTERM');
  }
}

const clockOffsetSeconds = 300;

/** The skewed worker works alone, so that every task is its own. */
async function skewed(desk: Desk, offsetSeconds: number, outageMs: number): Promise<readonly Outage[]> {
  return withSecondWorker(desk, { ...straightClock, ...skewedClock(offsetSeconds).env }, async () => {
    const swappedFromMs = Date.now();
    await desk.stack.down('worker');
    const fromMs = Date.now();
    const pid = desk.stack.pid('worker-2');
    await sleep(outageMs);
    if (pid === null || desk.stack.pid('worker-2') !== pid)
      throw new Error('the worker with the wrong clock did not run all the time');
    await desk.stack.up('worker');
    // The swap of workers is an outage of its own; the wrong clock is none.
    return [{ fromMs: swappedFromMs, untilMs: fromMs }];
  });
}

/** Shorter than the SDK holds an answer that can't be delivered. */
const mostHeldMs = 20_000;

/** The server dies while workers have tasks in hand, whose answers it may get when it is back. */
async function withTasksInHand(desk: Desk, outageMs: number): Promise<readonly Outage[]> {
  const fromMs = Date.now();
  desk.storeLine.delay(1_000);
  await sleep(2_000);
  await desk.stack.down('temporal');
  const caughtUntilMs = Date.now();
  desk.storeLine.delay(0);
  await sleep(Math.min(outageMs, mostHeldMs));
  await desk.stack.up('temporal');
  return [{ fromMs, untilMs: Date.now(), caughtUntilMs: caughtUntilMs + 500 }];
}

const stepFaults = workerSteps.map((point): Fault => ({
  name: point.replace(':', '-'),
  title: `worker killed at ${point}`,
  run: (desk) => killAtStep(desk, 'worker', point, { times: 4 }),
}));

export const faults: readonly Fault[] = [
  ...stepFaults,
  {
    name: 'two-workers',
    title: 'two workers, one killed',
    run: (desk) => withSecondWorker(desk, straightClock, () => killAtOnce(desk, 'worker')),
  },
  { name: 'temporal-kill', title: 'Temporal server killed', run: (desk) => killAtOnce(desk, 'temporal') },
  { name: 'temporal-down', title: 'Temporal server down', run: (desk, ms) => without(desk, 'temporal', ms) },
  {
    name: 'tasks-in-hand',
    title: 'Temporal server down, with tasks in hand',
    run: (desk, ms) => withTasksInHand(desk, ms),
  },
  {
    name: 'intake-only',
    title: 'intake while Temporal is down',
    // Each that is open asks a tier every six seconds, for ever: more than this in a minute is more work than two cores do,
    // outage or not, and what would be measured is their speed.
    load: { intakesPerSecond: 2 },
    run: (desk, ms) => without(desk, 'temporal', ms),
  },
  { name: 'dynamodb-down', title: 'DynamoDB endpoint down', run: (desk, ms) => without(desk, 'dynamodb', ms) },
  {
    name: 'sns-down',
    title: 'SNS endpoint down',
    run: (desk, ms) => without(desk, 'sns', ms),
    pagesMayPileUp: true,
  },
  {
    name: 'slow',
    title: 'DynamoDB and SNS slow (2 s)',
    pagesMayPileUp: true,
    run: async (desk, ms) => {
      const fromMs = Date.now();
      desk.storeLine.delay(2_000);
      await desk.stack.slow('sns', 2_000);
      await sleep(ms);
      desk.storeLine.delay(0);
      await desk.stack.slow('sns', 0);
      return [{ fromMs, untilMs: Date.now() }];
    },
  },
  {
    name: 'power-cut',
    title: 'everything killed and started',
    run: async (desk) => {
      const fromMs = Date.now();
      await desk.powerCut();
      return [{ fromMs, untilMs: Date.now() }];
    },
  },
  {
    name: 'clock-ahead',
    title: 'worker 5 minutes ahead',
    run: (desk, ms) => skewed(desk, clockOffsetSeconds, ms),
  },
  {
    name: 'clock-behind',
    title: 'worker 5 minutes behind',
    run: (desk, ms) => skewed(desk, -clockOffsetSeconds, ms),
  },
];

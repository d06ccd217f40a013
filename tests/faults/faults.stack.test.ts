import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Desk } from './rig/desk.ts';
import { faults, workerSteps, type Fault } from './rig/faults.ts';
import { runFaults } from './rig/run-fault.ts';

/** Short outages and little load, one after the other: `npm run test:faults` runs the long form, each by itself. */
const outageMs = 5_000;
const load = { atOnce: 8, intakesPerSecond: 0.6, commandsPerSecond: 2 };
/** The steps of a transition have a test of their own. */
const isStep = ({ name }: Fault): boolean => workerSteps.some((step) => step.replace(':', '-') === name);
const together: readonly (readonly [string, readonly string[]])[] = [
  [
    'workers and the Temporal server die',
    ['two-workers', 'temporal-kill', 'temporal-down', 'tasks-in-hand', 'intake-only'],
  ],
  ['DynamoDB and SNS are away or slow', ['dynamodb-down', 'sns-down', 'slow']],
  ['everything dies, and clocks are wrong', ['power-cut', 'clock-ahead', 'clock-behind']],
];

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open({ workers: 2 });
  await desk.stack.down('worker-2');
}, 120_000);
afterAll(async () => {
  await desk?.close();
}, 30_000);

describe('a loaded stack', () => {
  it('is broken in every way that the long form knows', () => {
    const names = together.flatMap(([, list]) => list);
    expect(names.toSorted()).toEqual(faults.flatMap((fault) => (isStep(fault) ? [] : [fault.name])).toSorted());
  });

  it.each(together)(
    'loses, doubles and forgets nothing, and is on time within 5 s of each recovery, when %s',
    async (title, names) => {
      const chosen = faults.filter(({ name }) => names.includes(name));
      const result = await runFaults(desk, title, chosen, { outageMs, load });
      expect(result).toMatchObject({
        remarks: [],
        cameToRest: true,
        lost: 0,
        doubled: 0,
        disagreements: 0,
        late: 0,
        walked: 0,
      });
      expect(result.accepted).toBeGreaterThan(load.atOnce / 2);
      expect(result.dueMeanwhile).toBeGreaterThan(0);
    },
    240_000,
  );
});

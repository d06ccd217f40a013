import { describe, expect, test } from '@jest/globals';
import { deadlinesByHour, isEmpty, receivedByDay } from '../../console/src/home/received.ts';
import { groupSteps } from '../../console/src/escalation/step-groups.ts';
import { countdownExact } from '../../console/src/time/format.ts';
import { escalationView } from './support/escalation-view.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
// Noon in the viewer's zone, so that a day more or less is another day in every zone.
const noonMs = new Date(2027, 0, 14, 12).getTime();
const received = (id: string, createdAtMs: number) => escalationView({ id, dueAtMs: noonMs, createdAtMs });

describe('what came in, day by day', () => {
  test('counts each escalation on its day, today last', () => {
    const items = [received('a', noonMs), received('b', noonMs - dayMs), received('c', noonMs - dayMs - hourMs)];
    const steps = receivedByDay(items, noonMs, 3, 0);
    expect(steps.map((step) => step.counts.sev3)).toEqual([0, 2, 1]);
    expect(isEmpty(steps)).toBe(false);
    expect(isEmpty(receivedByDay([], noonMs, 3, 0))).toBe(true);
  });

  test('leaves out days that were not looked at as a whole', () => {
    const steps = receivedByDay([received('a', noonMs)], noonMs, 14, noonMs - dayMs);
    expect(steps).toHaveLength(1);
  });
});

describe('deadlines to come, hour by hour', () => {
  test('counts what will breach, and neither what has nor what is paused', () => {
    const due = escalationView({ id: 'due', dueAtMs: noonMs + 90 * 60_000 });
    const breached = { ...due, nextBreach: { clock: 'resolve', dueAt: due.createdAt, breached: true } } as const;
    const paused = { ...due, paused: { reason: 'legal_hold', until: due.createdAt } } as const;
    const steps = deadlinesByHour([due, breached, paused], noonMs, 3);
    expect(steps.map((step) => step.counts.sev3)).toEqual([0, 1, 0]);
  });

  test('what fell due a moment ago belongs to the hour that runs', () => {
    const due = escalationView({ id: 'due', dueAtMs: noonMs - 500 });
    expect(deadlinesByHour([due], noonMs, 2).map((step) => step.counts.sev3)).toEqual([1, 0]);
  });
});

describe('what happens next', () => {
  test('is counted down to the second, however far it is', () => {
    expect(countdownExact(65_000)).toBe('1:05');
    expect(countdownExact(3 * hourMs + 5_000)).toBe('3:00:05');
    expect(countdownExact(2 * dayMs + 4 * hourMs + 9_000)).toBe('2d 04:00:09');
  });

  test('is told by the instant: a tier is asked and its people are paged at once', () => {
    const at = new Date(noonMs).toISOString();
    const later = new Date(noonMs + hourMs).toISOString();
    const steps = [
      { at, kind: 'tier.entered', summary: 'one' },
      { at, kind: 'page.requested', summary: 'two' },
      { at: later, kind: 'clock.breached', summary: 'three' },
    ];
    expect(groupSteps(steps).map((group) => [group.at, group.steps.length])).toEqual([
      [at, 2],
      [later, 1],
    ]);
  });
});

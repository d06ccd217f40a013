import { describe, expect, it } from '@jest/globals';
import { recordOf, type EscalationRecord } from '../../domain/escalation/record.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { UrgentQueue } from '../../worker/urgent-queue.ts';
import { policy, received, startMs } from '../domain/escalation/given.ts';

const later = 10_000;
const lateBy = 3_000;

function record(id: string, nextWakeAtMs: number | null, seq = 1): EscalationRecord {
  const state = fold([received('sev1')]);
  if (state === null) throw new Error('a log folds into a state');
  return { ...recordOf(id, state, policy, {}), seq, nextWakeAtMs };
}

function sev3(nextWakeAtMs: number | null, seq: number): EscalationRecord {
  return { ...record('late', nextWakeAtMs, seq), severity: 'sev3' };
}

describe('what is known of the most severe', () => {
  it('comes the longest overdue first, and no more than asked for', () => {
    const queue = new UrgentQueue();
    for (const [id, atMs] of [
      ['b', 2],
      ['a', 1],
      ['c', 3],
    ] as const)
      queue.note(record(id, startMs + atMs));
    const ids = queue.overdue(startMs + later, 2).map(({ escalationId }) => escalationId);
    expect(ids).toEqual(['a', 'b']);
  });

  it('is bounded: whoever is due last is forgotten', () => {
    const queue = new UrgentQueue(3);
    for (const atMs of [4, 1, 3, 2, 5]) queue.note(record(`esc${atMs}`, startMs + atMs));
    const ids = queue.overdue(startMs + later, 10).map(({ escalationId }) => escalationId);
    expect(ids).toEqual(['esc1', 'esc2', 'esc3']);
  });

  it('is bounded: whoever has been told is forgotten before those who still wait', () => {
    const queue = new UrgentQueue(2);
    queue.note(record('told', startMs));
    for (const wake of queue.overdue(startMs + later, 1)) queue.told(wake);
    queue.note(record('near', startMs + 1));
    queue.note(record('far', startMs + 2));
    expect(queue.size).toBe(2);
    expect(queue.overdue(startMs + later, 10).map(({ escalationId }) => escalationId)).toEqual(['near', 'far']);
  });

  it('is woken after a moment where many are due together, and later where few are', () => {
    const queue = new UrgentQueue();
    const overdueAfter = (ms: number): number => queue.overdue(startMs + ms, 100).length;
    for (let n = 0; n < 4; n += 1) queue.note(record(`few${n}`, startMs));
    expect([overdueAfter(31), overdueAfter(150), overdueAfter(151)]).toEqual([0, 0, 4]);
    queue.note(record('one more', startMs));
    expect([overdueAfter(30), overdueAfter(31)]).toEqual([0, 5]);
  });

  it('does not go back to an older record', () => {
    const queue = new UrgentQueue();
    queue.note(record('a', startMs + later, 5));
    queue.note(record('a', startMs, 4));
    expect(queue.overdue(startMs + later, 10)).toEqual([]);
  });

  it('stays told of an instant that a later record repeats, and is not told of the next one', () => {
    const queue = new UrgentQueue();
    queue.note(record('a', startMs));
    for (const wake of queue.overdue(startMs + later, 1)) queue.told(wake);
    queue.note(record('a', startMs, 2));
    expect(queue.overdue(startMs + later, 10)).toEqual([]);
    queue.note(record('a', startMs + 1, 3));
    expect(queue.overdue(startMs + later, 10)).toHaveLength(1);
  });

  it('ends with a record that waits for nothing', () => {
    const queue = new UrgentQueue();
    queue.note(record('a', startMs));
    queue.note(record('a', null, 2));
    expect(queue.size).toBe(0);
  });

  describe('of other severities', () => {
    it('is nothing unless it is watched', () => {
      const queue = new UrgentQueue();
      queue.note(sev3(startMs, 1));
      expect(queue.size).toBe(0);
      queue.watch('late', startMs, lateBy);
      expect(queue.overdue(startMs + later, 10)).toHaveLength(1);
      queue.note(sev3(startMs, 1));
      expect(queue.dueOne('late', startMs + later)).toMatchObject({ wakeAtMs: startMs, seq: 1 });
    });

    it('is watched whatever is written to it meanwhile, for its late timer stays armed', () => {
      const queue = new UrgentQueue();
      queue.watch('late', startMs, lateBy);
      for (const [seq, atMs] of [
        [1, startMs],
        [2, startMs],
        [3, startMs + lateBy],
      ] as const) {
        queue.note(sev3(atMs, seq));
        expect(queue.dueOne('late', startMs + later)).toMatchObject({ wakeAtMs: atMs, seq, isTold: false });
      }
    });

    it('is told of each instant until its late timer has fired, and left to its timers then', () => {
      const queue = new UrgentQueue();
      queue.watch('late', startMs, lateBy);
      queue.note(sev3(startMs, 1));
      const overdue = (atMs: number) => queue.overdue(atMs, 10);
      for (const wake of overdue(startMs + 200)) queue.told(wake);
      expect(overdue(startMs + 400)).toEqual([]);
      queue.note(sev3(startMs + 1_000, 2));
      for (const wake of overdue(startMs + 1_200)) queue.told(wake);
      queue.note(sev3(startMs + lateBy + 1, 3));
      expect(queue.size).toBe(1);
      expect(overdue(startMs + later)).toEqual([]);
      expect(queue.size).toBe(0);
    });

    it('is watched on where it waits for something later, or for nothing, and does so no more before its late timer fires', () => {
      const queue = new UrgentQueue();
      queue.watch('late', startMs, lateBy);
      for (const [seq, atMs] of [
        [1, startMs + 3_600_000],
        [2, null],
        [3, startMs + 1_000],
      ] as const)
        queue.note(sev3(atMs, seq));
      expect(queue.overdue(startMs + 1_151, 10)).toMatchObject([{ wakeAtMs: startMs + 1_000, seq: 3 }]);
    });

    it('is told of what fell due before its late timer fired, however late it is looked for', () => {
      const queue = new UrgentQueue();
      queue.watch('late', startMs, lateBy);
      queue.note(sev3(startMs + lateBy, 1));
      for (const wake of queue.overdue(startMs + later, 10)) queue.told(wake);
      expect(queue.size).toBe(1);
      expect(queue.overdue(startMs + later, 10)).toEqual([]);
      expect(queue.size).toBe(0);
    });

    it('that becomes one of the highest severity stays known when it is no longer watched', () => {
      const queue = new UrgentQueue();
      queue.watch('late', startMs, lateBy);
      queue.note(record('late', startMs + later, 1));
      expect(queue.overdue(startMs + later, 10)).toEqual([]);
      expect(queue.overdue(startMs + 2 * later, 10)).toMatchObject([{ escalationId: 'late', watchedUntilMs: null }]);
    });

    it('is watched on where a commit met other events in its place', () => {
      const queue = new UrgentQueue();
      queue.watch('late', startMs, lateBy);
      queue.note(sev3(startMs, 1));
      queue.doubt(sev3(startMs + later, 2));
      queue.note(sev3(startMs, 2));
      expect(queue.overdue(startMs + later, 10)).toHaveLength(1);
    });

    it('is watched on where it was of the highest severity, and somebody lowers that', () => {
      const queue = new UrgentQueue();
      queue.note(record('late', startMs, 1));
      queue.watch('late', startMs, lateBy);
      queue.note(sev3(startMs, 2));
      expect(queue.overdue(startMs + later, 10)).toHaveLength(1);
    });

    it('is read anew where another instant was told before', () => {
      const queue = new UrgentQueue();
      queue.watch('late', startMs, lateBy);
      for (const wake of queue.overdue(startMs + later, 10)) queue.told(wake);
      queue.watch('late', startMs + 2 * lateBy, lateBy);
      expect(queue.overdue(startMs + later, 10)).toMatchObject([{ wakeAtMs: startMs + 2 * lateBy, isTold: false }]);
    });

    it('makes no crowd: where many are watched, they are given the time that few are given', () => {
      const queue = new UrgentQueue();
      for (let n = 0; n < 10; n += 1) queue.watch(`late${n}`, startMs, lateBy);
      expect(queue.overdue(startMs + 150, 100)).toHaveLength(0);
      expect(queue.overdue(startMs + 151, 100)).toHaveLength(10);
    });

    it('is due when its record says so, not when its timer was for', () => {
      const queue = new UrgentQueue();
      queue.watch('late', startMs, 2 * later);
      queue.note(sev3(startMs + later, 1));
      expect(queue.overdue(startMs + later, 10)).toEqual([]);
      expect(queue.overdue(startMs + 2 * later, 10)).toHaveLength(1);
    });

    it('ends with the escalation', () => {
      const queue = new UrgentQueue();
      queue.watch('late', startMs, lateBy);
      queue.note({ ...sev3(null, 1), state: 'closed' });
      expect(queue.size).toBe(0);
    });
  });

  it('stays as it is where one is watched that is known', () => {
    const queue = new UrgentQueue();
    queue.note(record('a', startMs + later));
    queue.watch('a', startMs, lateBy);
    expect(queue.overdue(startMs + later, 10)).toEqual([]);
  });
});

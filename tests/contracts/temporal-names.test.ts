import { describe, expect, it } from '@jest/globals';
import { newEscalationId } from '../../contracts/ids.ts';
import { escalationQueueOf, escalationStart, taskQueues } from '../../contracts/temporal-names.ts';

const [first, second] = taskQueues.escalations;

describe('the task queue of an escalation', () => {
  it('is told by its id alone, and is where it is started', () => {
    const id = newEscalationId(Date.UTC(2027, 0, 1));
    const queue = escalationQueueOf(id);
    expect(taskQueues.escalations).toContain(queue);
    expect(escalationQueueOf(id)).toBe(queue);
    expect(escalationStart(id, 'sev1').taskQueue).toBe(queue);
    expect(escalationStart(id, 'sev4').taskQueue).toBe(queue);
  });

  it.each([0, 1, 60_000])('is either, with ids %i ms apart', (stepMs) => {
    const ids = Array.from({ length: 4_000 }, (_, index) => newEscalationId(Date.UTC(2027, 0, 1) + index * stepMs));
    const onFirst = ids.filter((id) => escalationQueueOf(id) === first).length;
    // Six standard deviations of an even choice.
    expect(Math.abs(onFirst - 2_000)).toBeLessThan(190);
    expect(ids.filter((id) => escalationQueueOf(id) === second)).toHaveLength(4_000 - onFirst);
  });

  it('stays where the versions with one queue have begun theirs', () => {
    expect(first).toBe('tierline-escalations');
    expect(taskQueues.reconciler).toBe(first);
  });
});

import { describe, expect, it } from '@jest/globals';
import { billableActions } from '../../bench/temporal-actions.ts';
import { median, percentile, rounded } from '../../bench/stats.ts';

/** A marker that a local activity left with that task. */
function marker(task: number) {
  return { markerRecordedEventAttributes: { workflowTaskCompletedEventId: task } };
}

describe('billable actions of a history', () => {
  it('count starts, tries of activities, timers, signals and accepted updates, and nothing else', () => {
    const counted = billableActions([
      { workflowExecutionStartedEventAttributes: {} },
      { activityTaskScheduledEventAttributes: {} },
      { activityTaskStartedEventAttributes: { attempt: 3 } },
      {},
      { timerStartedEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
      { workflowExecutionUpdateAcceptedEventAttributes: {} },
      { workflowExecutionStartedEventAttributes: null },
    ]);
    expect(counted.by).toEqual({ start: 1, activity: 1, 'activity retry': 2, timer: 1, signal: 1, update: 1 });
    expect(counted.total).toBe(7);
  });

  it('count the local activities of one task as one', () => {
    expect(billableActions([marker(4), marker(4), marker(4), marker(9)]).by).toEqual({
      'tasks with local activities': 2,
    });
  });
});

describe('figures', () => {
  it('are percentiles by the nearest rank', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([percentile(values, 50), percentile(values, 99), percentile(values, 100)]).toEqual([100, 198, 200]);
    expect(median([3])).toBe(3);
    expect(percentile([], 50)).toBeNaN();
  });

  it('are shown with three significant digits', () => {
    expect([rounded(1234.5), rounded(0.12345), rounded(12)]).toEqual([1230, 0.123, 12]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { mergeBacktests, stepsOfDays, type BacktestPage } from '../../console/src/policies/merge-backtest.ts';

function side(before: number, after: number) {
  return {
    before,
    after,
    added: Math.max(0, after - before),
    avoided: Math.max(0, before - after),
    earlier: 0,
    later: 0,
  };
}

function page(change: Partial<BacktestPage> = {}): BacktestPage {
  return {
    escalations: 2,
    reproduced: 2,
    leftOut: 0,
    from: '2026-11-02T00:00:00.000Z',
    until: '2026-11-03T00:00:00.000Z',
    severities: [
      {
        severity: 'sev1',
        escalations: 2,
        differing: 1,
        pages: side(3, 5),
        breaches: side(1, 0),
        exhausted: { before: 0, after: 0 },
      },
    ],
    clocks: [{ clock: 'acknowledge', before: 1, after: 0 }],
    days: [{ day: '2026-11-02', pages: { before: 3, after: 5 }, breaches: { before: 1, after: 0 } }],
    changes: [
      {
        severity: 'sev1',
        kind: 'page',
        change: 'added',
        what: 'tier 2 not_acknowledged',
        times: 2,
        firstEscalationId: 'b',
        firstAt: '2026-11-02T10:00:00.000Z',
      },
    ],
    refused: [{ what: 'close: rca_required', times: 1 }],
    mismatches: [],
    nextCursor: 'more',
    ...change,
  };
}

describe('pages of a backtest', () => {
  it('add up, whatever is in them', () => {
    const older = page({
      from: '2026-10-01T00:00:00.000Z',
      until: '2026-10-02T00:00:00.000Z',
      nextCursor: null,
      days: [{ day: '2026-10-01', pages: { before: 1, after: 1 }, breaches: { before: 0, after: 0 } }],
      changes: page().changes.map((change) => ({
        ...change,
        firstEscalationId: 'a',
        firstAt: '2026-10-01T10:00:00.000Z',
      })),
    });
    const sum = mergeBacktests(page(), older);
    expect(sum).toMatchObject({
      escalations: 4,
      reproduced: 4,
      from: '2026-10-01T00:00:00.000Z',
      until: '2026-11-03T00:00:00.000Z',
      nextCursor: null,
      clocks: [{ clock: 'acknowledge', before: 2, after: 0 }],
      refused: [{ what: 'close: rca_required', times: 2 }],
    });
    expect(sum.severities).toEqual([
      expect.objectContaining({ severity: 'sev1', escalations: 4, differing: 2, pages: { ...side(6, 10), added: 4 } }),
    ]);
    expect(sum.changes).toEqual([expect.objectContaining({ times: 4, firstEscalationId: 'a' })]);
    expect(sum.days.map(({ day }) => day)).toEqual(['2026-10-01', '2026-11-02']);
  });

  it('are drawn by the day, the week or longer, with nought where nothing was', () => {
    const days = mergeBacktests(
      page(),
      page({ days: page().days.map((each) => ({ ...each, day: '2026-11-05' })) }),
    ).days;
    expect(stepsOfDays(days, 40).map(({ day, pages }) => [day, pages.after])).toEqual([
      ['2026-11-02', 5],
      ['2026-11-03', 0],
      ['2026-11-04', 0],
      ['2026-11-05', 5],
    ]);
    expect(stepsOfDays(days, 3).map(({ day, pages }) => [day, pages.after])).toEqual([['2026-11-02', 10]]);
    expect(stepsOfDays([], 3)).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { barOf } from '../../console/src/escalation/clock-bar.ts';
import { daysOf, instantAt, percentAt, windowAt } from '../../console/src/on-call/lanes.ts';
import { neighbour } from '../../console/src/queue/channel-order.ts';
import { belongs, listQueryOf, parseQueueSearch, searchText, viewText } from '../../console/src/queue/filters.ts';
import { compareRecords } from '../../console/src/queue/order.ts';
import { builtInViews } from '../../console/src/queue/views.ts';
import { countdown, duration } from '../../console/src/time/format.ts';
import { channels } from '../../domain/escalation/vocabulary.ts';
import { listQuery } from '../../contracts/schemas/escalation.ts';
import type { LedgerView } from '../../contracts/schemas/ledger.ts';
import { escalationView } from './support/escalation-view.ts';

const startMs = Date.UTC(2027, 0, 4, 9);
const iso = (ms: number): string => new Date(ms).toISOString();
const hourMs = 3_600_000;

describe('the address of the queue', () => {
  test('keeps what it knows and drops the rest', () => {
    expect(parseQueueSearch({ severity: 'sev1,sev2', evil: 'x', q: '', tier: 3 })).toEqual({ severity: 'sev1,sev2' });
  });

  test('equal filters have equal texts, in whatever order they were set', () => {
    expect(searchText({ tier: '2', severity: 'sev1,sev2' })).toBe(searchText({ severity: 'sev1,sev2', tier: '2' }));
  });

  test('every view asks what the contract takes', () => {
    const views = builtInViews(undefined).map((view) => view.search);
    expect(views.length).toBeGreaterThan(5);
    for (const search of [...views, { by: 'channel', channel: 'external' }, { breached: 'perhaps' }]) {
      expect(listQuery.safeParse(listQueryOf(search))).toMatchObject({ success: true });
    }
  });

  test('a view is known by its address, whatever was typed and whichever tab is open', () => {
    expect(viewText({ by: 'channel', channel: 'external', q: 'refund' })).toBe('by=channel');
    expect(viewText({ severity: 'sev1', q: 'refund' })).toBe('severity=sev1');
    expect(viewText({ channel: 'external' })).toBe('channel=external');
  });

  test('tabs by channel follow one another around the ends', () => {
    expect(neighbour({ by: 'channel' }, 1)).toEqual({ by: 'channel', channel: channels[0] });
    expect(neighbour({ by: 'channel' }, -1)).toEqual({ by: 'channel', channel: channels.at(-1) });
    expect(neighbour({ by: 'channel', tier: '2', channel: channels[0] }, -1)).toEqual({ by: 'channel', tier: '2' });
  });

  test('a record that a command has moved out of the filter does not belong any more', () => {
    const record = escalationView({ id: 'esc_1', dueAtMs: startMs });
    expect(belongs(record, { assignee: 'none' }, undefined)).toBe(true);
    expect(belongs({ ...record, assignee: 'dana' }, { assignee: 'none' }, undefined)).toBe(false);
    expect(belongs({ ...record, state: 'closed' }, {}, undefined)).toBe(false);
    const paused = { ...record, paused: { reason: 'legal_hold', until: iso(startMs) } } as const;
    expect(belongs(paused, { paused: 'true' }, undefined)).toBe(true);
    expect(belongs(record, { paused: 'true' }, undefined)).toBe(false);
    const late = { ...record, nextBreach: { clock: 'resolve', dueAt: iso(startMs), breached: true } } as const;
    expect(belongs(late, { breached: 'true' }, undefined)).toBe(true);
    expect(belongs(late, { breached: 'false' }, undefined)).toBe(false);
    expect(belongs({ ...late, paused: paused.paused }, { breached: 'true' }, undefined)).toBe(false);
  });
});

describe('the order of the queue', () => {
  test('breached, then due, then without a clock, paused last', () => {
    const due = escalationView({ id: 'esc_due', dueAtMs: startMs });
    const breached = {
      ...due,
      id: 'esc_breached',
      nextBreach: { clock: 'resolve', dueAt: iso(startMs + hourMs), breached: true },
    } as const;
    const idle = { ...due, id: 'esc_idle', nextBreach: null };
    const paused = { ...due, id: 'esc_paused', paused: { reason: 'legal_hold', until: iso(startMs) } } as const;
    const sorted = [paused, idle, due, breached].toSorted((a, b) => compareRecords('urgency', a, b));
    expect(sorted.map((record) => record.id)).toEqual(['esc_breached', 'esc_due', 'esc_idle', 'esc_paused']);
  });
});

describe('the bar of a clock', () => {
  const clock: LedgerView['clocks'][number] = {
    clock: 'resolve',
    cycle: 1,
    status: 'running',
    targetSeconds: 4 * 3_600,
    elapsedSeconds: 3_600,
    pausable: true,
    dueAt: iso(startMs + 5 * hourMs),
    breachedAt: null,
    warnings: [],
    verdict: 'open',
    stretches: [
      { kind: 'running', from: iso(startMs), to: iso(startMs + hourMs), cause: 'started', calendar: 'always' },
      {
        kind: 'paused',
        from: iso(startMs + hourMs),
        to: iso(startMs + 2 * hourMs),
        cause: 'paused',
        calendar: 'always',
      },
      { kind: 'running', from: iso(startMs + 2 * hourMs), to: null, cause: 'resumed', calendar: 'always' },
    ],
  };

  test('goes from the start to the deadline, each stretch in its place', () => {
    const bar = barOf(clock, startMs + 2.5 * hourMs);
    expect(bar.parts.map(({ kind, left, width }) => [kind, left, width])).toEqual([
      ['running', 0, 20],
      ['paused', 20, 20],
      ['running', 40, 10],
    ]);
    expect(bar).toMatchObject({ nowAt: 50, dueAt: 100 });
  });

  test('time after a missed deadline is overdue', () => {
    const late = barOf({ ...clock, breachedAt: clock.dueAt, dueAt: null }, startMs + 10 * hourMs);
    expect(late.parts.at(-1)).toMatchObject({ kind: 'overdue', left: 50, width: 50 });
    expect(late.dueAt).toBe(50);
  });

  test('a clock that was met keeps its target as its length', () => {
    const met = {
      ...clock,
      status: 'stopped',
      dueAt: null,
      verdict: 'met',
      stretches: [{ ...clock.stretches[0]!, to: iso(startMs + hourMs) }],
    } as const;
    expect(barOf({ ...met, stretches: [...met.stretches] }, startMs + 99 * hourMs).parts[0]).toMatchObject({
      left: 0,
      width: 25,
    });
  });
});

describe('the lanes of a schedule', () => {
  test('a window holds whole days', () => {
    const window = windowAt(startMs, 7, 0);
    expect(daysOf(window)).toHaveLength(7);
    expect(percentAt(window, window.fromMs)).toBe(0);
    expect(percentAt(window, window.untilMs + 1)).toBe(100);
  });

  test('what is drawn begins and ends on the hour', () => {
    const window = windowAt(startMs, 7, 1);
    expect((instantAt(window, 0.3333) - window.fromMs) % hourMs).toBe(0);
  });
});

describe('lengths of time', () => {
  test.each([
    [299_000, '4:59'],
    [12_005_000, '3:20:05'],
    [187_200_000, '2d 4h'],
    [-61_000, '1:01'],
  ])('%d ms count down as %s', (ms, text) => {
    expect(countdown(ms)).toBe(text);
  });

  test.each([
    [45_000, '45 s'],
    [90_000, '1 min 30 s'],
    [720_000, '12 min'],
    [12_000_000, '3 h 20 min'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms are told as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { bookFaults, classOf, repairOf } from '../../../domain/books/faults.ts';
import { judge, usualGrace, type BookEntry, type LogEntry } from '../../../domain/books/judge.ts';
import { tallyOf } from '../../../domain/books/tally.ts';
import { escalationStates } from '../../../domain/escalation/vocabulary.ts';
import { hour, minute, startMs } from '../escalation/given.ts';

const nowMs = startMs + hour;

const log: LogEntry = {
  seq: 9,
  status: 'acknowledged',
  begun: true,
  createdAtMs: startMs,
  lastAtMs: startMs + minute,
  hasKey: true,
  tellsYet: false,
  decisionDue: false,
  asksSomebody: false,
};

/** An escalation on which all books agree. */
const sound: BookEntry = {
  log,
  record: { seq: 9, nextWakeAtMs: nowMs + minute },
  listed: false,
  pointer: { isOwn: true, open: true },
  runningSinceMs: startMs,
};

function withLog(more: Partial<LogEntry>): LogEntry {
  return { ...log, ...more };
}

describe('the judgement of one entry', () => {
  it('finds nothing where the books agree', () => {
    expect(judge(sound, nowMs)).toEqual([]);
  });

  const wrong: readonly (readonly [string, Partial<BookEntry>, readonly string[]])[] = [
    ['a record without a log', { log: null, pointer: null }, ['no_log']],
    ['an open key without a log or a record', { log: null, record: null }, ['key_still_open']],
    ['a log without a record', { record: null }, ['no_record']],
    ['a record behind its log', { record: { seq: 8, nextWakeAtMs: null } }, ['record_lags']],
    ['a record before its log', { record: { seq: 10, nextWakeAtMs: null } }, ['record_ahead']],
    ['an open one without a workflow', { runningSinceMs: null }, ['no_workflow']],
    ['an intake that waits', { listed: true, log: withLog({ begun: false, status: 'received' }) }, ['intake_waits']],
    ['one that intake began and no workflow took up', { listed: true, runningSinceMs: null }, ['intake_waits']],
    ['one that is listed and has begun', { listed: true }, ['listed_after_begin']],
    [
      'one that is listed and has ended',
      { listed: true, pointer: null, runningSinceMs: null, log: withLog({ status: 'merged' }) },
      ['listed_after_begin'],
    ],
    [
      'a wake-up that was missed',
      { record: { seq: 9, nextWakeAtMs: nowMs - 6_000 }, log: withLog({ decisionDue: true }) },
      ['wake_missed'],
    ],
    ['a calendar that is not renewed', { record: { seq: 9, nextWakeAtMs: nowMs - hour } }, ['calendar_runs_out']],
    [
      'one that nobody is asked about',
      { record: { seq: 9, nextWakeAtMs: null }, log: withLog({ status: 'received' }) },
      ['nobody_asked'],
    ],
    [
      'one that its workflow never began',
      { record: { seq: 9, nextWakeAtMs: null }, log: withLog({ status: 'received', begun: false }) },
      ['nobody_asked'],
    ],
    [
      'a page of an ended one without a workflow',
      { pointer: null, log: withLog({ status: 'closed', tellsYet: true }), runningSinceMs: null },
      ['no_workflow'],
    ],
    ['a workflow of an ended one', { pointer: null, log: withLog({ status: 'cancelled' }) }, ['workflow_after_end']],
    ['an open key of a resolved one', { log: withLog({ status: 'resolved' }) }, ['key_still_open']],
    ['a closed key of one in work', { pointer: { isOwn: true, open: false } }, ['key_let_go']],
    ['an unclaimed key of one in work', { pointer: null }, ['key_let_go']],
  ];
  for (const [name, change, faults] of wrong) {
    it(`finds ${name}`, () => expect(judge({ ...sound, ...change }, nowMs)).toEqual(faults));
  }

  const right: readonly (readonly [string, Partial<BookEntry>])[] = [
    [
      'a wake-up that is only just due',
      { record: { seq: 9, nextWakeAtMs: nowMs - 4_000 }, log: withLog({ decisionDue: true }) },
    ],
    [
      'one whose workflow waits for its first turn',
      {
        record: { seq: 9, nextWakeAtMs: null },
        log: withLog({ status: 'received', begun: false }),
        runningSinceMs: nowMs - 59_000,
      },
    ],
    ['one that waits for people alone', { record: { seq: 9, nextWakeAtMs: null } }],
    [
      'one received whose tiers were all asked',
      { record: { seq: 9, nextWakeAtMs: null }, log: withLog({ status: 'received', asksSomebody: true }) },
    ],
    [
      'a resolved one that has let go of its key',
      { log: withLog({ status: 'resolved' }), pointer: { isOwn: true, open: false } },
    ],
    ['a key that a newer one holds', { pointer: { isOwn: false, open: true } }],
    ['an ended one that still tells of pages', { pointer: null, log: withLog({ status: 'closed', tellsYet: true }) }],
    [
      'a run that a reopening has just started',
      { pointer: null, log: withLog({ status: 'closed' }), runningSinceMs: nowMs - 1_000 },
    ],
    ['an ended one without a workflow', { pointer: null, log: withLog({ status: 'closed' }), runningSinceMs: null }],
    [
      'a run that has only just begun to catch up',
      {
        record: { seq: 9, nextWakeAtMs: nowMs - hour },
        log: withLog({ decisionDue: true }),
        runningSinceMs: nowMs - 1_000,
      },
    ],
    ['nothing at all', { log: null, record: null, pointer: null, runningSinceMs: null }],
  ];
  for (const [name, change] of right) {
    it(`lets be: ${name}`, () => expect(judge({ ...sound, ...change }, nowMs)).toEqual([]));
  }

  const entries: fc.Arbitrary<BookEntry> = fc.record({
    log: fc.option(
      fc.record({
        seq: fc.integer({ min: 1, max: 5 }),
        status: fc.constantFrom(...escalationStates),
        begun: fc.boolean(),
        createdAtMs: fc.constant(startMs),
        lastAtMs: fc.constantFrom(startMs, nowMs - 1_000),
        hasKey: fc.boolean(),
        tellsYet: fc.boolean(),
        decisionDue: fc.boolean(),
        asksSomebody: fc.boolean(),
      }),
    ),
    record: fc.option(
      fc.record({
        seq: fc.integer({ min: 1, max: 5 }),
        nextWakeAtMs: fc.option(fc.constantFrom(startMs, nowMs + hour)),
      }),
    ),
    listed: fc.boolean(),
    pointer: fc.option(fc.record({ isOwn: fc.boolean(), open: fc.boolean() })),
    runningSinceMs: fc.option(fc.constantFrom(startMs, nowMs - 100)),
  });

  it('finds nothing in what was written a moment ago, and something wherever an open one has no workflow', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const faults = judge(entry, nowMs);
        const { log: own } = entry;
        if (own === null) return;
        const recent = own.lastAtMs > nowMs - usualGrace.settleMs;
        if (recent && own.begun) expect(faults).toEqual([]);
        const open = own.status !== 'closed' && own.status !== 'cancelled' && own.status !== 'merged';
        if (!recent && open && entry.runningSinceMs === null) expect(faults.length).toBeGreaterThan(0);
        expect(new Set(faults).size).toBe(faults.length);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the count of a run', () => {
  it('counts an escalation once in a class, as left while anything of it is left', () => {
    const tally = tallyOf([
      { escalationId: 'a', fault: 'no_workflow', outcome: 'repaired' },
      { escalationId: 'a', fault: 'no_record', outcome: 'repaired' },
      { escalationId: 'b', fault: 'no_workflow', outcome: 'repaired' },
      { escalationId: 'b', fault: 'no_log', outcome: 'left' },
      { escalationId: 'c', fault: 'wake_missed', outcome: 'left' },
    ]);
    expect(tally).toEqual({
      lost: { found: 2, repaired: 1, left: 1 },
      orphaned: { found: 1, repaired: 1, left: 0 },
      stuck: { found: 1, repaired: 0, left: 1 },
    });
  });

  it('knows the class and the repair of every fault', () => {
    for (const fault of bookFaults) {
      expect(['lost', 'orphaned', 'stuck']).toContain(classOf[fault]);
      expect(repairOf[fault]).toMatch(/^[a-z_]+$/);
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import { newEscalationId } from '../../contracts/ids.ts';
import type { Severity } from '../../domain/escalation/vocabulary.ts';
import type { Lane } from '../../store/orphans.ts';
import { notBehind, PendingQueue } from '../../worker/pending-queue.ts';

const madeAtMs = Date.UTC(2027, 0, 1);
const ten = { any: 10, lesser: 10 } as const;

/** Ids of escalations that came in one after the other, a millisecond apart. */
function made(count: number, fromMs = madeAtMs): readonly string[] {
  return Array.from({ length: count }, (_, index) => newEscalationId(fromMs + index));
}

function lane(ids: readonly string[], severity: Severity | null = 'sev3', isWhole = true): Lane {
  return { severity, ids, isWhole };
}

function queueOf(ids: readonly string[]): PendingQueue {
  const queue = new PendingQueue();
  queue.note([lane(ids)], 0, 0);
  return queue;
}

describe('which pending escalations are started next', () => {
  it('leaves those alone that came in a moment ago, for their intake starts them', () => {
    const ids = made(1);
    const queue = queueOf(ids);
    expect(queue.next(ten, 149)).toEqual([]);
    expect(queue.next(ten, 150)).toEqual(ids);
  });

  it('starts the most severe first, however many came before them', () => {
    const many = made(3_000);
    const urgent = made(1, madeAtMs + 10_000)[0] ?? '';
    const queue = new PendingQueue();
    queue.note([lane(many), lane([urgent], 'sev1')], 0, 0);
    expect(queue.next({ any: 3, lesser: 3 }, 1_000)).toEqual([urgent, many[0], many[1]]);
  });

  it('starts one that did not begin again after 5 s, then after twice as long each time, and lets all others pass', () => {
    const [first = '', second = ''] = made(2);
    const queue = queueOf([first, second]);
    queue.started(first, 1_000);
    expect(queue.next(ten, 5_999)).toEqual([second]);
    expect(queue.next(ten, 6_000)).toEqual([second, first]);
    queue.started(first, 6_000);
    expect(queue.next(ten, 15_999)).toEqual([second]);
    expect(queue.next(ten, 16_000)).toEqual([second, first]);
  });

  it('has one without a record adopted once nobody can still be writing it, and asks for it now and then before', () => {
    const [orphan = '', other = ''] = made(2);
    const queue = queueOf([orphan, other]);
    expect(queue.next(ten, 150)).toEqual([orphan, other]);
    expect(queue.learn(orphan, false, 150)).toBe('wait');
    expect(queue.next(ten, 449)).toEqual([other]);
    expect(queue.next(ten, 450)).toEqual([orphan, other]);
    expect(queue.learn(orphan, false, 2_900)).toBe('wait');
    expect(queue.next(ten, 2_999)).toEqual([other]);
    expect(queue.next(ten, 3_000)).toEqual([orphan, other]);
    expect(queue.learn(orphan, false, 3_000)).toBe('adopt');
    expect(queue.learn(orphan, true, 3_001)).toBe('start');
  });

  it('takes one whose record came late for what it is', () => {
    const [late = ''] = made(1);
    const queue = queueOf([late]);
    expect(queue.learn(late, false, 150)).toBe('wait');
    expect(queue.learn(late, true, 450)).toBe('start');
    expect(queue.next({ any: 1, lesser: 0 }, 4_000)).toEqual([]);
    expect(queue.next({ any: 1, lesser: 1 }, 4_000)).toEqual([late]);
  });

  it('leaves one alone that has begun meanwhile', () => {
    const [gone = ''] = made(1);
    expect(queueOf([]).learn(gone, false, 10_000)).toBe('wait');
    expect(queueOf([]).learn(gone, true, 10_000)).toBe('wait');
  });

  it('takes one whose severity is not told for the most severe, and keeps it until all are looked through', () => {
    const [first = '', untold = ''] = made(2);
    const queue = new PendingQueue();
    queue.note([lane([first]), lane([untold], null)], 0, 0);
    expect(queue.next({ any: 10, lesser: 0 }, 1_000)).toEqual([untold]);
    queue.note([lane([first])], madeAtMs - 1, 1_000);
    expect(queue.next(ten, 1_500)).toEqual([untold, first]);
    queue.note([lane([first]), lane([], null)], 0, 2_000);
    expect(queue.next(ten, 2_500)).toEqual([first]);
  });
});

/** Most that are listed in `loaded`: those before have begun. */
const mostListed = 300;

/** A queue that is looked at ten times a second while so many come in. */
function loaded(severity: (index: number) => 'sev1' | 'sev4' = () => 'sev4') {
  const queue = queueOf([]);
  const clock = { nowMs: 0 };
  const listed: string[] = [];
  const severities = new Map<string, Severity>();
  const told = (): readonly Lane[] =>
    (['sev1', 'sev4'] as const).map((each) =>
      lane(
        listed.slice(-mostListed).filter((id) => severities.get(id) === each),
        each,
      ),
    );
  const run = (forMs: number, perSecond: number): void => {
    for (const endMs = clock.nowMs + forMs; clock.nowMs < endMs;) {
      const each = made(perSecond / 10, madeAtMs + clock.nowMs);
      listed.push(...each);
      for (const [index, id] of each.entries()) severities.set(id, severity(listed.length - each.length + index));
      clock.nowMs += 100;
      queue.note(told(), 0, clock.nowMs);
    }
  };
  return { queue, clock, listed, run, room: () => queue.room(clock.nowMs) };
}

describe('the pace of starts', () => {
  const full = { any: 200, lesser: 200 };
  const heldBack = { any: 200, lesser: 5 };

  it('is 200 in a second, counted whether or not they are still listed', () => {
    const ids = made(3);
    const queue = queueOf(ids);
    expect(queue.room(0)).toEqual(full);
    queue.started(ids[0] ?? '', 0);
    queue.started(ids[1] ?? '', 600);
    queue.note([lane([])], 0, 700);
    expect(queue.room(999)).toEqual({ any: 198, lesser: 198 });
    expect(queue.room(1_000)).toEqual({ any: 199, lesser: 199 });
    expect(queue.room(1_600)).toEqual(full);
  });

  it('is the full one for 120 new ones a second once they have gone on for a moment, in which nobody knows what they become', () => {
    const { run, room } = loaded();
    run(500, 120);
    expect(room()).toEqual(heldBack);
    run(700, 120);
    for (let second = 0; second < 30; second += 1) {
      run(1_000, 120);
      expect(room()).toEqual(full);
    }
  });

  it('is no burst`s for those that waited before anyone looked', () => {
    const queue = queueOf(made(1_000));
    expect(queue.room(0)).toEqual(full);
  });

  it('is no burst`s where many are found because nobody looked for a while', () => {
    const { queue, clock, listed, run } = loaded();
    run(1_000, 100);
    clock.nowMs += 4_000;
    queue.note([lane([...listed, ...made(400, madeAtMs + 60_000)], 'sev4')], 0, clock.nowMs);
    expect(queue.room(clock.nowMs)).toEqual(full);
  });

  it('is 5 in a second while more than 120 new ones a second appear, and full as soon as no more do', () => {
    const { queue, clock, listed, run, room } = loaded();
    run(1_000, 130);
    expect(room()).toEqual(heldBack);
    const first = listed[0] ?? '';
    queue.started(first, clock.nowMs);
    expect(room()).toEqual({ any: 199, lesser: 4 });
    clock.nowMs += 999;
    expect(room()).toEqual({ any: 199, lesser: 4 });
    clock.nowMs += 1;
    expect(room()).toEqual(heldBack);
    run(1_000, 100);
    expect(room()).toEqual(full);
  });

  it('is held back within a quarter of a second, and not at all for 40 a second', () => {
    const burst = loaded();
    burst.run(200, 200);
    expect(burst.room()).toEqual(heldBack);
    const calm = loaded();
    calm.run(3_000, 40);
    expect(calm.room()).toEqual(full);
  });

  it('holds back none of the most severe in a burst, and no orphan', () => {
    const { queue, clock, listed, run, room } = loaded((index) => (index >= 100 && index < 150 ? 'sev1' : 'sev4'));
    run(1_000, 200);
    const urgent = listed.slice(100, 150);
    expect(queue.next(room(), clock.nowMs)).toEqual([...urgent, ...listed.slice(0, 5)]);
    for (const id of urgent) queue.started(id, clock.nowMs);
    expect(room()).toEqual({ any: 150, lesser: 5 });
    const orphans = queueOf(listed);
    for (const id of listed) orphans.learn(id, false, 1_000);
    expect(orphans.next({ any: 200, lesser: 0 }, 3_000)).toEqual(listed.slice(0, 200));
  });

  it('is a burst`s for ten seconds at most: what goes on is a load, and started at the full pace', () => {
    const { run, room } = loaded();
    run(10_000, 200);
    expect(room()).toEqual(heldBack);
    run(700, 200);
    expect(room()).toEqual(full);
    run(20_000, 200);
    expect(room()).toEqual(full);
  });

  it('makes a new burst of a load only once it has been slack for three seconds', () => {
    const { run, room } = loaded();
    run(15_000, 200);
    run(2_500, 0);
    run(1_000, 200);
    expect(room()).toEqual(full);
    run(4_000, 0);
    run(1_000, 200);
    expect(room()).toEqual(heldBack);
  });
});

describe('what is read of the list', () => {
  it('is all of it every two seconds and its newest end in between', () => {
    const queue = new PendingQueue();
    expect(queue.readFromMs(0)).toBe(0);
    queue.note([lane(made(10))], 0, 0);
    expect(queue.readFromMs(1_999)).toBe(madeAtMs + 9 - 2_000);
    expect(queue.readFromMs(2_000)).toBe(0);
  });

  it('keeps what the part that was read says nothing about', () => {
    const old = made(2);
    const [recent = '', begun = ''] = made(2, madeAtMs + 60_000);
    const queue = queueOf([...old, recent, begun]);
    queue.note([lane([recent])], madeAtMs + 50_000, 500);
    expect(queue.next(ten, 1_000)).toEqual([...old, recent]);
    queue.note([lane([old[0] ?? ''], 'sev3', false)], 0, 2_500);
    expect(queue.next(ten, 3_000)).toEqual([...old, recent]);
    queue.note([lane([old[0] ?? ''])], 0, 5_000);
    expect(queue.next(ten, 6_000)).toEqual([old[0]]);
  });

  it('says of each lane by itself what has begun', () => {
    const [severe = '', lesser = ''] = made(2);
    const queue = new PendingQueue();
    queue.note([lane([severe], 'sev1'), lane([lesser])], 0, 0);
    queue.note([lane([], 'sev1'), lane([], 'sev3', false)], 0, 1_000);
    expect(queue.next(ten, 1_500)).toEqual([lesser]);
  });
});

describe('whether starts are behind', () => {
  it('is so once one waits for 0.3 s without having been started', () => {
    const [first = ''] = made(1);
    const queue = queueOf([first]);
    expect(queue.behind(299)).toEqual(notBehind);
    expect(queue.behind(300)).toEqual({ waitedMs: 300, tasksGiveWay: true });
    expect(queue.behind(450)).toEqual({ waitedMs: 450, tasksGiveWay: true });
    queue.started(first, 450);
    expect(queue.behind(451)).toEqual(notBehind);
  });

  it('is not so for those that are being started, however long that takes', () => {
    const [first = '', second = ''] = made(2);
    const queue = queueOf([first]);
    queue.begin([first]);
    expect(queue.behind(2_000)).toEqual(notBehind);
    queue.note([lane([first, second])], 0, 2_000);
    expect(queue.behind(2_300)).toEqual({ waitedMs: 300, tasksGiveWay: true });
    queue.release(first);
    expect(queue.behind(2_300)).toEqual({ waitedMs: 2_300, tasksGiveWay: true });
  });

  it('is not so for one whose record is not there', () => {
    const [first = ''] = made(1);
    const queue = queueOf([first]);
    expect(queue.learn(first, false, 500)).toBe('wait');
    expect(queue.behind(1_000)).toEqual(notBehind);
    expect(queue.learn(first, true, 1_000)).toBe('start');
    expect(queue.behind(1_000)).toEqual({ waitedMs: 1_000, tasksGiveWay: true });
  });

  it('is so as well for those that a burst holds back, until they have begun', () => {
    const { queue, clock, listed, run } = loaded();
    run(1_000, 200);
    expect(queue.behind(clock.nowMs).waitedMs).toBeGreaterThan(0);
    queue.note([lane([], 'sev4')], 0, clock.nowMs);
    expect(listed).toHaveLength(200);
    expect(queue.behind(clock.nowMs)).toEqual(notBehind);
  });

  it('is so for half a minute at most, and anew once they had caught up', () => {
    const [first = '', second = ''] = made(2);
    const queue = queueOf([first]);
    expect(queue.behind(300)).toEqual({ waitedMs: 300, tasksGiveWay: true });
    expect(queue.behind(30_299)).toEqual({ waitedMs: 30_299, tasksGiveWay: true });
    expect(queue.behind(30_300)).toEqual({ waitedMs: 30_300, tasksGiveWay: false });
    queue.started(first, 31_000);
    expect(queue.behind(31_000)).toEqual(notBehind);
    queue.note([lane([first, second])], 0, 31_000);
    expect(queue.behind(31_300)).toEqual({ waitedMs: 300, tasksGiveWay: true });
  });
});

describe('those that are being started', () => {
  it("are nobody else's, and count among the starts of a second", () => {
    const [first = '', second = ''] = made(2);
    const queue = queueOf([first, second]);
    queue.begin([first]);
    expect(queue.underWay).toBe(1);
    expect(queue.next(ten, 500)).toEqual([second]);
    expect(queue.room(500).any).toBe(199);
    queue.started(first, 500);
    expect(queue.underWay).toBe(0);
    expect(queue.room(600).any).toBe(199);
    expect(queue.next(ten, 600)).toEqual([second]);
  });

  it('count for a second from their beginning, whichever of them ends first', () => {
    const [slow = '', quick = ''] = made(2);
    const queue = queueOf([slow, quick]);
    queue.started(quick, 900);
    queue.started(slow, 200);
    expect(queue.room(1_899).any).toBe(198);
    expect(queue.room(1_900).any).toBe(200);
  });

  it('are first again where they could not be started for no reason of their own', () => {
    const [first = '', second = ''] = made(2);
    const queue = queueOf([first, second]);
    queue.begin([first]);
    queue.release(first);
    expect(queue.next(ten, 500)).toEqual([first, second]);
    expect(queue.room(500).any).toBe(200);
  });

  it('count among the few of a burst that are less severe', () => {
    const { queue, clock, listed, run } = loaded();
    run(500, 200);
    const before = queue.room(clock.nowMs);
    queue.begin(listed.slice(0, 3));
    const during = { any: before.any - 3, lesser: before.lesser - 3 };
    expect(queue.room(clock.nowMs)).toEqual(during);
    // Taken up by others before their starts have ended.
    queue.note([lane(listed.slice(3), 'sev4')], 0, clock.nowMs);
    for (const id of listed.slice(0, 3)) queue.started(id, clock.nowMs);
    expect(queue.room(clock.nowMs)).toEqual(during);
  });

  it('count among them as well where their record came late', () => {
    const { queue, clock, listed, run } = loaded();
    run(500, 200);
    const [late = ''] = listed;
    queue.learn(late, false, clock.nowMs);
    const before = queue.room(clock.nowMs);
    queue.begin([late]);
    expect(queue.room(clock.nowMs).lesser).toBe(before.lesser);
    queue.learn(late, true, clock.nowMs);
    expect(queue.room(clock.nowMs).lesser).toBe(before.lesser - 1);
    queue.started(late, clock.nowMs);
    expect(queue.room(clock.nowMs).lesser).toBe(before.lesser - 1);
  });
});

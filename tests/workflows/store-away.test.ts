import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stamp } from '../support/stamp.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { minute, text } from '../domain/escalation/given.ts';
import { openDesk, type DeskEnv } from './desk-env.ts';

const second = 1_000;

let desk: DeskEnv;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => {
  await desk.close();
});

function entered(log: readonly EscalationEvent[]) {
  return log.flatMap((event) => (event.type === 'tier.entered' ? [event] : []));
}

/** The store takes no writes until this instant of the server's clock. */
function awayUntil(untilMs: number): void {
  const refuse = async (): Promise<void> => {
    if ((await desk.env.currentTimeMs()) < untilMs) throw new Error('the store is away');
  };
  desk.desk.beforeCommit = refuse;
  desk.desk.beforeProbe = refuse;
}

describe('while the store takes no writes', () => {
  it('a tier that falls due is entered at the recovery, and has its whole time from then on', async () => {
    const { id } = await desk.start({ severity: 'sev2' });
    await desk.env.sleep(10 * minute);
    const startedAtMs = desk.desk.log(id)[0]?.atMs ?? 0;
    const backAtMs = startedAtMs + 37 * minute;
    awayUntil(backAtMs);
    await desk.env.sleep(backAtMs + 10 * second - (await desk.env.currentTimeMs()));
    const [, second2, ...more] = entered(desk.desk.log(id));
    expect(more).toEqual([]);
    expect(second2).toMatchObject({ tier: 2, cause: 'not_acknowledged' });
    expect(second2?.atMs).toBeGreaterThanOrEqual(backAtMs);
    expect(second2?.atMs).toBeLessThan(backAtMs + 5 * second);
    expect(second2?.acknowledgeByMs).toBe((second2?.atMs ?? 0) + 15 * minute);
  });

  it('a command waits for its answer and is done once', async () => {
    const { id, send } = await desk.start({ severity: 'sev2' });
    await desk.env.sleep(minute);
    let left = 6;
    desk.desk.beforeCommit = () => {
      left -= 1;
      if (left > 0) throw new Error('the store is away');
    };
    desk.desk.beforeProbe = null;
    expect(await send({ type: 'note', text })).toMatchObject({ kind: 'done', replayed: false });
    expect(desk.desk.log(id).filter((event) => event.type === 'note.added')).toHaveLength(1);
  });
});

describe('a decision that stands in the log and was not known of', () => {
  it('is looked at as soon as it is adopted: what fell due since then is not put off', async () => {
    const { id } = await desk.start({ severity: 'sev2' });
    await desk.env.sleep(minute);
    let sneakedAtMs = 0;
    desk.desk.beforeCommit = async (escalationId) => {
      if (sneakedAtMs > 0 || escalationId !== id) return;
      sneakedAtMs = await desk.env.currentTimeMs();
      const state = desk.desk.state(id);
      const lost = {
        type: 'tier.entered',
        tier: 2,
        round: 1,
        step: 2,
        cause: 'not_acknowledged',
        acknowledgeByMs: state.updatedAtMs + second,
      } as const;
      desk.desk.write(id, stamp(state, [lost], { nowMs: state.updatedAtMs, actor: { kind: 'system', id: 'system' } }));
    };
    desk.desk.beforeProbe = null;
    await desk.env.sleep(15 * minute);
    const tiers = entered(desk.desk.log(id));
    expect(tiers.map(({ tier }) => tier)).toEqual([1, 2, 3]);
    expect((tiers[2]?.atMs ?? 0) - sneakedAtMs).toBeLessThan(5 * second);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { processedLimit } from '../../workflows/processed-commands.ts';
import { auditEntry } from './rig/books.ts';
import { Desk } from './rig/desk.ts';
import { sendManyCommands, timesInLog } from './rig/many-commands.ts';

const commands = 1_800;
/** Few at once: less is shared, so that histories grow as fast as with slow callers. */
const atOnce = 4;

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
}, 120_000);
afterAll(async () => {
  await desk?.close();
}, 30_000);

describe('an escalation with more commands than one run of its workflow takes', () => {
  it('loses none of them, leaves no gap, and answers repeats of old keys with their first outcome', async () => {
    const many = await sendManyCommands(desk, commands, atOnce);
    expect(many.outcomes.filter(({ kind }) => kind !== 'done')).toEqual([]);
    expect(timesInLog(many).filter((times) => times !== 1)).toEqual([]);
    expect(many.events.map(({ seq }) => seq)).toEqual(many.events.map((_, index) => index + 1));
    expect(many.continuations).toBeGreaterThanOrEqual(1);
    expect((await auditEntry(desk, many.escalationId)).findings).toEqual([]);

    // The workflow carries the last thousand; of older ones the store knows.
    expect(commands).toBeGreaterThan(processedLimit);
    const old = [0, 1, 2, commands - processedLimit - 100];
    for (const n of [...old, commands - 500, commands - 1]) {
      const first = many.outcomes[n];
      const seq = first?.kind === 'done' ? first.seq : 0;
      const again = await many.repeat(n);
      expect(again).toMatchObject({ kind: 'done', seq });
      // A repeat within one run of the workflow is answered by the server itself.
      if (old.includes(n)) expect(again).toMatchObject({ replayed: true });
      expect(await many.repeat(n, true)).toMatchObject({ kind: 'refused', code: 'idempotency_key_reused' });
    }
    const { entry } = await auditEntry(desk, many.escalationId);
    expect(entry?.events).toHaveLength(many.events.length);
  }, 240_000);
});

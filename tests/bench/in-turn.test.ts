import { describe, expect, it } from '@jest/globals';
import type { TimingsResult } from '../../bench/load/jobs.ts';
import { inTurn } from '../../bench/parts/common.ts';

const nothing: TimingsResult = {
  startedAtMs: 0,
  tookMs: 1,
  latencyMs: [],
  sentAtMs: [],
  ids: [],
  failures: {},
  cpuMs: 0,
};

async function roundsOf(rounds: number, mayGoOn?: () => boolean): Promise<readonly string[]> {
  const did: string[] = [];
  const what = (name: string) => async (round: number) => {
    did.push(`${name} ${round}`);
    return nothing;
  };
  const between = async (): Promise<void> => void did.push('rest');
  const { own, raw } = await inTurn(rounds, what('raw'), what('own'), between, mayGoOn);
  expect(own.length).toBe(raw.length);
  return did;
}

describe('measuring in turn', () => {
  it('goes from the raw part to the desk and rests, round by round', async () => {
    expect(await roundsOf(2)).toEqual(['raw 0', 'own 0', 'rest', 'raw 1', 'own 1', 'rest']);
  });

  it('begins no further round once time is short, but always one', async () => {
    expect(await roundsOf(3, () => false)).toEqual(['raw 0', 'own 0', 'rest']);
    let left = 1;
    expect((await roundsOf(3, () => (left -= 1) >= 0)).length).toBe(6);
  });
});

import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { compareForecasts } from '../../contracts/policy/compare-forecasts.ts';
import { forecastUnder, virtualWorld } from '../../contracts/policy/forecast-host.ts';
import { parseForecastSpec } from '../../contracts/policy/forecast-spec.ts';
import { loadPolicySet, parsePolicySet, type PolicySet } from '../../contracts/policy/load.ts';
import { formatProblem } from '../../contracts/policy/parse.ts';
import { forecastLines } from '../../cli/policy-commands/forecast-lines.ts';
import { diffValues } from '../../domain/policy/diff-values.ts';
import { formatDuration } from '../../domain/policy/duration.ts';
import { policyFiles, policyText } from './policy-set-fixture.ts';

// A Monday.
const nowMs = Date.UTC(2026, 10, 23, 12);
const dayMs = 86_400_000;

function specOf(
  text: string,
): { at: string; severity: string | null; channel: string; category: string } | readonly string[] {
  const parsed = parseForecastSpec(text, nowMs);
  if (!parsed.ok) return parsed.errors;
  const { atMs, severity, channel, category } = parsed.spec;
  return { at: new Date(atMs).toISOString(), severity, channel, category };
}

function setOf(plain: string): PolicySet {
  const loaded = parsePolicySet(policyFiles({ plain }));
  if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join('\n'));
  return loaded.set;
}

/** Read in March 2027. */
function instantOf(text: string): string {
  const parsed = parseForecastSpec(text, Date.UTC(2027, 2, 10));
  return parsed.ok ? new Date(parsed.spec.atMs).toISOString() : parsed.errors.join();
}

function errorsOf(text: string): readonly string[] {
  const parsed = parseForecastSpec(text, Date.UTC(2027, 2, 10));
  return parsed.ok ? [] : parsed.errors;
}

describe('the words of a forecast', () => {
  it('are read in any order', () => {
    const expected = { at: '2026-11-28T19:00:00.000Z', severity: 'sev1', channel: 'external', category: 'other' };
    expect(specOf('sev1 external Sunday 03:00 Asia/Singapore')).toEqual(expected);
    expect(specOf('Asia/Singapore 3:00 sun external SEV1')).toEqual(expected);
  });

  it('take a day whose time is still to come, a date, or a whole instant', () => {
    expect(specOf('Monday 11:00')).toMatchObject({ at: '2026-11-30T11:00:00.000Z' });
    expect(specOf('Monday 13:00')).toMatchObject({ at: '2026-11-23T13:00:00.000Z' });
    expect(specOf('11:00')).toMatchObject({ at: '2026-11-24T11:00:00.000Z' });
    expect(specOf('2026-12-24 22:30 Europe/London fraud')).toMatchObject({
      at: '2026-12-24T22:30:00.000Z',
      category: 'fraud',
    });
    expect(specOf('2026-12-24T22:30:00+08:00')).toMatchObject({ at: '2026-12-24T14:30:00.000Z', severity: null });
    expect(specOf('')).toMatchObject({ at: '2026-11-23T12:00:00.000Z' });
  });

  it('may fall into an hour that a change of clocks skips, or has twice', () => {
    // Seattle has no 02:30 that night: what is meant is the end of the skipped hour.
    expect(instantOf('sev1 2027-03-14 02:30 America/Los_Angeles')).toBe('2027-03-14T10:00:00.000Z');
    // It has 01:30 twice in autumn: the first of them.
    expect(instantOf('sev1 2027-11-07 01:30 America/Los_Angeles')).toBe('2027-11-07T08:30:00.000Z');
  });

  it('that say the same thing twice, or a day that there is not, are refused', () => {
    expect(errorsOf('sev1 sev2')).toEqual(['"sev2" says again what another word has said']);
    expect(errorsOf('sev1 Sunday 2027-03-14')).toEqual(['"2027-03-14" says again what another word has said']);
    expect(errorsOf('sev1 2027-02-30')).toEqual(['"2027-02-30" is no day of any year']);
  });

  it('that are not understood are all named, each with what it may have been', () => {
    expect(specOf('sev9 externl Sunday 27:00')).toEqual([
      expect.stringMatching(/^"sev9" is not understood: did you mean "sev1"/),
      expect.stringMatching(/^"externl" is not understood: did you mean "external"/),
      expect.stringMatching(/^"27:00" is not understood/),
    ]);
  });
});

describe('a forecast', () => {
  it('says second by second who is paged and what breaches', () => {
    const loaded = loadPolicySet(join(__dirname, '../../policies'), nowMs);
    if (!loaded.ok) throw new Error('not readable');
    const atMs = Date.UTC(2026, 10, 28, 19);
    const policy = loaded.set.policies.find((found) => found.policy.name === 'default')?.policy;
    if (policy === undefined) throw new Error('no default policy');
    const world = virtualWorld(loaded.set.directory, atMs - dayMs, atMs + 2 * dayMs);
    const virtual = { severity: 'sev1', channel: 'external', category: 'other', team: null, atMs } as const;
    const { events } = forecastUnder(world, policy, virtual, atMs + dayMs / 24);
    const lines = forecastLines(events, world.directory).map(
      (line) => `+${formatDuration(line.atMs - atMs)} ${line.text}`,
    );
    expect(lines.slice(0, 8)).toEqual([
      '+0s tier 1, walk 1 (started): an answer within 5m',
      '+0s pages Jonas Weber by schedule:desk',
      '+5m tier 2, walk 1 (not acknowledged): an answer within 5m',
      '+5m pages Marco Bianchi by schedule:duty-manager',
      '+10m tier 3, walk 1 (not acknowledged): an answer within 10m',
      '+10m pages Priya Nair, Tomas Lindqvist by team:programme-office',
      '+12m warning: 80 % of the acknowledge time has run',
      '+15m BREACH of the acknowledge clock',
    ]);
  });

  it('names contacts that are tried later', () => {
    const set = setOf(policyText.replace('schedule:days', 'person:ben'));
    const policy = set.policies[0]?.policy;
    if (policy === undefined) throw new Error('no policy');
    const world = virtualWorld(set.directory, nowMs, nowMs + 2 * dayMs);
    const virtual = { severity: 'sev1', channel: 'external', category: 'other', team: null, atMs: nowMs } as const;
    const { events } = forecastUnder(world, policy, virtual, nowMs + 60_000);
    expect(forecastLines(events, world.directory).map((line) => [line.atMs - nowMs, line.text])).toContainEqual([
      120_000,
      '  tries Ben by sms, if still unheard',
    ]);
  });

  it('of two sets shows nothing for equal ones, and what was lost and gained for others', () => {
    const range = { fromMs: nowMs, days: 2, everyMs: 3_600_000, channel: 'external' } as const;
    const before = setOf(policyText);
    expect(compareForecasts(before, setOf(`# same\n${policyText}`), range).differences).toEqual([]);
    const slower = compareForecasts(
      before,
      setOf(policyText.replace('sev1: 5m, sev2: 10m', 'sev1: 7m, sev2: 10m')),
      range,
    );
    expect(slower.tried).toBe(48);
    expect(slower.differing).toEqual({ sev1: 48, sev2: 0, sev3: 0, sev4: 0 });
    expect(slower.differences).toContainEqual({
      severity: 'sev1',
      kind: 'only_before',
      what: '+5m pages Cy',
      times: 48,
      firstAtMs: nowMs,
    });
    expect(slower.differences).toContainEqual({
      severity: 'sev1',
      kind: 'only_after',
      what: '+7m pages Cy',
      times: 48,
      firstAtMs: nowMs,
    });
  });
});

describe('the difference of two values', () => {
  it('names each place once, with what was there and what is', () => {
    expect(diffValues({ a: 1, b: [1, 2], c: { d: 1 } }, { a: 1, b: [1, 3, 4], e: null })).toEqual([
      { path: 'b.1', before: 2, after: 3 },
      { path: 'b.2', after: 4 },
      { path: 'c', before: { d: 1 } },
      { path: 'e', after: null },
    ]);
  });
});

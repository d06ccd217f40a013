import { describe, expect, it } from '@jest/globals';

import type { Escalation } from '../../../domain/escalation/state.ts';
import { previewMigration, type MigrationPreview } from '../../../domain/policy/migrate.ts';
import type { ClockRule, Policy } from '../../../domain/policy/policy.ts';
import { given, hour, minute, policy, received, startMs, text } from '../escalation/given.ts';

const nowMs = startMs + hour;

/** Acknowledged after 10 minutes, and an hour old. */
function inWork(): Escalation {
  const desk = given([received('sev2')]);
  desk.when({ type: 'begin' });
  desk.at(startMs + 10 * minute).when({ type: 'acknowledge' });
  return desk.at(nowMs).state();
}

function preview(state: Escalation, to: Policy): MigrationPreview {
  return previewMigration('esc_test', state, policy, to, {
    nowMs,
    calendars: {},
    calendarPins: {},
    resolveTargets: (targets) => targets.map((target) => target.id),
    aheadMs: 24 * hour,
  });
}

function withResolve(change: Partial<ClockRule>): Policy {
  const rule = policy.severities.sev2;
  const resolve = rule.clocks.resolve;
  if (resolve === undefined) throw new Error('the fixture has changed');
  return {
    ...policy,
    version: 2,
    severities: {
      ...policy.severities,
      sev2: { ...rule, clocks: { ...rule.clocks, resolve: { ...resolve, ...change } } },
    },
  };
}

describe('the preview of a migration', () => {
  it('shows nothing where the newer version changes nothing for the escalation', () => {
    const other = { ...policy, version: 2, severities: { ...policy.severities, sev4: policy.severities.sev1 } };
    expect(preview(inWork(), other)).toEqual({
      escalationId: 'esc_test',
      fromVersion: 1,
      toVersion: 2,
      blocked: null,
      same: true,
      clocks: [],
      happenings: [],
    });
  });

  it('shows where a promise moves to, with the time that has run kept', () => {
    const { clocks, happenings } = preview(inWork(), withResolve({ targetMs: 4 * hour }));
    expect(clocks).toEqual([
      {
        clock: 'resolve',
        change: 'retargeted',
        dueBeforeMs: startMs + 8 * hour,
        dueAfterMs: startMs + 4 * hour,
        overdueAtOnce: false,
      },
    ]);
    expect(happenings.map(({ change, what, atMs }) => `${change} ${what} +${(atMs - startMs) / hour}h`)).toEqual(
      expect.arrayContaining(['added breach resolve +4h', 'removed breach resolve +8h']),
    );
  });

  it('warns of a promise that would be broken the moment it is made', () => {
    const [clock] = preview(inWork(), withResolve({ targetMs: 30 * minute })).clocks;
    expect(clock).toMatchObject({ overdueAtOnce: true, dueAfterMs: nowMs });
  });

  it('shows other people who would be paged', () => {
    const tiers = policy.tiers.map((tier) =>
      tier.tier === 2 ? { ...tier, targets: [{ kind: 'person' as const, id: 'zoe' }] } : tier,
    );
    const { happenings, clocks } = preview(inWork(), { ...policy, version: 2, tiers });
    expect(clocks).toEqual([]);
    expect(
      happenings.filter((happening) => happening.what === 'page tier 2').map(({ change, people }) => [change, people]),
    ).toEqual(
      expect.arrayContaining([
        ['removed', ['specialists']],
        ['added', ['zoe']],
      ]),
    );
  });

  it('says why an escalation can not be moved', () => {
    const desk = given([received('sev2')]);
    desk.when({ type: 'begin' });
    desk.when({ type: 'escalate', reason: text, toTier: 4 });
    const shorter = { ...policy, version: 2, tiers: policy.tiers.slice(0, 3) };
    expect(preview(desk.state(), shorter).blocked).toBe('it is at tier 4; that version goes up to 3');
    desk.when({ type: 'cancel', reason: text });
    expect(preview(desk.state(), { ...policy, version: 2 }).blocked).toMatch(
      /not possible while the escalation is cancelled/,
    );
  });
});

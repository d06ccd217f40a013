import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { importIncident } from '../../cli/import/incident-log.ts';
import { importPolicy } from '../../cli/import/read-incidents.ts';
import { readIncidentRow } from '../../cli/import/servicenow-rows.ts';
import {
  alwaysReached,
  Backtest,
  type BacktestResult,
  type RecordedEscalation,
} from '../../contracts/policy/backtest-host.ts';
import { hostedCalendars } from '../../contracts/policy/forecast-host.ts';
import { loadPolicySet } from '../../contracts/policy/load.ts';
import type { Policy } from '../../domain/policy/policy.ts';

const fromMs = Date.UTC(2016, 1, 1);
const dayMs = 86_400_000;

function loaded(): { readonly policy: Policy; readonly calendars: ReturnType<typeof hostedCalendars> } {
  const set = loadPolicySet(join(__dirname, '../../policies'), fromMs);
  if (!set.ok) throw new Error('not readable');
  const policy = set.set.policies.find((found) => found.policy.name === 'default')?.policy;
  if (policy === undefined) throw new Error('no default policy');
  const { directory } = set.set;
  return {
    policy,
    calendars: hostedCalendars(directory, Object.keys(directory.calendars), fromMs, fromMs + 800 * dayMs),
  };
}

const { policy, calendars } = loaded();

function time(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16);
}

/** Raised at one on a Monday, picked up after the given minutes, resolved after the given hours. */
function recorded(number: string, priority: number, pickedUpAfter: number, resolvedAfter: number): RecordedEscalation {
  const openedMs = Date.UTC(2016, 1, 29, 1);
  const rows = [
    ['New', openedMs],
    ['Active', openedMs + pickedUpAfter * 60_000],
    ['Resolved', openedMs + resolvedAfter * 3_600_000],
    ['Closed', openedMs + (resolvedAfter + 24) * 3_600_000],
  ] as const;
  const lines = rows.flatMap(([state, atMs], index) => {
    const values = {
      number,
      incident_state: state,
      opened_at: time(openedMs),
      sys_updated_at: time(atMs),
      sys_updated_by: 'u1',
      priority: String(priority),
      contact_type: 'Phone',
    };
    const read = readIncidentRow({ line: index + 2, values: new Map(Object.entries(values)) }, 'UTC');
    if ('errors' in read) throw new Error(JSON.stringify(read.errors));
    return [read.row];
  });
  const importedUnder = { ...importPolicy().policy, version: 1 };
  const { escalationId, events } = importIncident(lines, importedUnder);
  return { escalationId, log: events, policy: importedUnder, world: { calendars: {}, calendarPins: {} } };
}

function run(escalations: readonly RecordedEscalation[], after: Policy, before: Policy | null = null): BacktestResult {
  const test = new Backtest({
    before: before === null ? null : () => before,
    after: () => after,
    world: calendars,
    settlePage: alwaysReached,
  });
  for (const escalation of escalations) test.add(escalation);
  return test.result();
}

const incidents = [recorded('INC1', 1, 3, 2), recorded('INC2', 1, 20, 6), recorded('INC3', 3, 90, 100)];

describe('a backtest of recorded escalations', () => {
  it('reproduces every log and finds no difference where the policy is the same', () => {
    const same = run(incidents, policy, policy);
    expect(same).toMatchObject({ escalations: 3, reproduced: 3, mismatches: [], changes: [] });
    const asImported = run(incidents, { ...importPolicy().policy, version: 1 });
    expect(asImported.changes).toEqual([]);
  });

  it('shows the pages and breaches that promises would have added', () => {
    const { severities, breachesByClock, refused } = run(incidents, policy);
    const [sev1] = severities;
    // The first was picked up within 5 minutes: no second tier. The second waited for 20, and was resolved after 4 hours.
    expect(sev1).toMatchObject({ escalations: 2, breaches: { before: 0, after: 4, added: 4, avoided: 0 } });
    expect(breachesByClock).toMatchObject({ acknowledge: { before: 0, after: 1 }, resolve: { before: 0, after: 2 } });
    expect(refused).toEqual({ 'close: rca_required': 2 });
  });

  it('shows what a slower first tier avoids', () => {
    const slower: Policy = {
      ...policy,
      tiers: policy.tiers.map((tier) =>
        tier.tier === 1 ? { ...tier, acknowledgeWithinMs: { ...tier.acknowledgeWithinMs, sev1: 25 * 60_000 } } : tier,
      ),
    };
    const { changes } = run(incidents, slower, policy);
    const avoided = changes.filter((change) => change.change === 'avoided' && change.what.includes('not_acknowledged'));
    expect(avoided.map((change) => [change.what, change.times])).toEqual([['tier 2 not_acknowledged', 1]]);
    // The third tier is still asked, when the first update is overdue.
    expect(changes).toContainEqual(expect.objectContaining({ change: 'later', what: 'tier 3 not_acknowledged' }));
  });
});

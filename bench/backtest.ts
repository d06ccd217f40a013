import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { importIncident } from '../cli/import/incident-log.ts';
import { importPolicy } from '../cli/import/read-incidents.ts';
import { readIncidentRow } from '../cli/import/servicenow-rows.ts';
import { alwaysReached, Backtest, type RecordedEscalation } from '../contracts/policy/backtest-host.ts';
import { hostedCalendars } from '../contracts/policy/forecast-host.ts';
import { loadPolicySet } from '../contracts/policy/load.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const fromMs = Date.UTC(2026, 0, 5);

const importedUnder = { ...importPolicy().policy, version: 1 };

/** Seconds that a backtest of made-up incidents through the default policy takes: the gate and the comparison. */
export interface BacktestFigures {
  readonly escalations: number;
  readonly reproduced: number;
  readonly pages: number;
  readonly seconds: number;
  readonly processorSeconds: number;
}

export function benchBacktest(count: number): BacktestFigures {
  const loaded = loadPolicySet(join(__dirname, '../policies'), fromMs);
  const policy = loaded.ok ? loaded.set.policies.find((found) => found.policy.name === 'default')?.policy : undefined;
  if (!loaded.ok || policy === undefined) throw new Error('the default policy could not be read');
  const { directory } = loaded.set;
  const world = hostedCalendars(directory, Object.keys(directory.calendars), fromMs, fromMs + 900 * dayMs);
  const recorded = Array.from({ length: count }, (_, index) => recordedIncident(index));
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const test = new Backtest({ before: null, after: () => policy, world, settlePage: alwaysReached });
  for (const escalation of recorded) test.add(escalation);
  const { reproduced, severities } = test.result();
  const used = process.cpuUsage(startedCpu);
  return {
    escalations: count,
    reproduced,
    pages: severities.reduce((sum, row) => sum + row.pages.after, 0),
    seconds: (performance.now() - startedMs) / 1000,
    processorSeconds: (used.user + used.system) / 1e6,
  };
}

/** Differs with its number in priority, time of day, and how soon people act; every tenth is reopened. */
function recordedIncident(index: number): RecordedEscalation {
  const openedMs = fromMs + index * 31 * minuteMs;
  const pickedUpMs = openedMs + ((index * 7) % 600) * minuteMs;
  const resolvedMs = pickedUpMs + ((index * 13) % 9_000) * minuteMs;
  const states: (readonly [string, number])[] = [
    ['New', openedMs],
    ['Active', pickedUpMs],
    ['Awaiting User Info', pickedUpMs + 10 * minuteMs],
    ['Active', pickedUpMs + 90 * minuteMs],
    ['Resolved', Math.max(resolvedMs, pickedUpMs + 100 * minuteMs)],
  ];
  const end = states.at(-1)?.[1] ?? openedMs;
  if (index % 10 === 0) states.push(['Active', end + 60 * minuteMs], ['Resolved', end + 300 * minuteMs]);
  states.push(['Closed', end + 5 * dayMs]);
  const rows = states.map(([state, atMs], line) => {
    const values = {
      number: `INC${index}`,
      incident_state: state,
      opened_at: new Date(openedMs).toISOString().slice(0, 16),
      sys_updated_at: new Date(atMs).toISOString().slice(0, 16),
      sys_updated_by: `u${index % 50}`,
      priority: String((index % 4) + 1),
      contact_type: 'Phone',
    };
    const read = readIncidentRow({ line, values: new Map(Object.entries(values)) }, 'UTC');
    if ('errors' in read) throw new Error(JSON.stringify(read.errors));
    return read.row;
  });
  const { escalationId, events } = importIncident(rows, importedUnder);
  return { escalationId, log: events, policy: importedUnder, world: { calendars: {}, calendarPins: {} } };
}

if (require.main === module) process.stdout.write(`${JSON.stringify(benchBacktest(10_000))}\n`);

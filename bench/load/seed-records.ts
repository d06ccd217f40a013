import { newEscalationId } from '../../contracts/ids.ts';
import type { EscalationRecord } from '../../domain/escalation/record.ts';
import { categories, channels, severities, tiers } from '../../domain/escalation/vocabulary.ts';
import { putFresh } from '../../store/batch-put.ts';
import { headAttributes } from '../../store/head-item.ts';
import { keys } from '../../store/keys.ts';
import { paced, type Timings } from './pace.ts';
import { theStore } from './targets.ts';

function pick<T>(list: readonly T[], n: number): T {
  const chosen = list[n % list.length];
  if (chosen === undefined) throw new Error('an empty list');
  return chosen;
}

const perRequest = 25;
const dayMs = 24 * 3_600_000;

/** The record of an open escalation, different for each number: for lists only, it has no log. */
function sampleRecord(n: number, nowMs: number): EscalationRecord {
  // A prime spreads the deadlines, so that neighbours in the list are not neighbours in time.
  const dueAtMs = nowMs + ((n * 7_919) % 200_000) * 1_000 - dayMs;
  const createdAtMs = nowMs - 2 * dayMs + n;
  const clock = {
    clock: 'resolve',
    cycle: 1,
    status: 'running',
    targetMs: dayMs,
    dueAtMs,
    breachedAtMs: null,
  } as const;
  return {
    id: newEscalationId(createdAtMs),
    state: pick(['received', 'acknowledged', 'investigating'] as const, n),
    tier: pick(tiers, n),
    severity: pick(severities, Math.floor(n / 2)),
    channel: pick(channels, n),
    category: pick(categories, n),
    team: pick(['logistics', 'payments-risk', 'comms'], n),
    assignee: null,
    accountId: null,
    occurrences: 1,
    policy: { name: 'default', version: 1 },
    excludedFromMetrics: false,
    seq: 4,
    rev: 2,
    createdAtMs,
    updatedAtMs: createdAtMs,
    source: 'bench',
    reportedBy: 'bench',
    uncovered: false,
    exhausted: false,
    pause: null,
    awaiting: null,
    clocks: [clock, { ...clock, clock: 'first_update' }, { ...clock, clock: 'acknowledge' }],
    nextBreach: { clock: 'resolve', dueAtMs, breached: dueAtMs < nowMs },
    nextWakeAtMs: dueAtMs,
    resolvedAtMs: null,
    reopenings: 0,
    rca: 'none',
    mergedInto: null,
  };
}

/** Fills the lists: the records with these numbers, 25 in a request. */
export function seedRecords(from: number, until: number, nowMs: number): Promise<Timings> {
  const store = theStore();
  const total = Math.ceil((until - from) / perRequest);
  return paced({ total, concurrency: 4 }, async (index) => {
    const first = from + index * perRequest;
    const numbers = Array.from({ length: Math.min(perRequest, until - first) }, (_, offset) => first + offset);
    await putFresh(
      store,
      numbers.map((n) => {
        const record = sampleRecord(n, nowMs);
        return { ...keys.head(record.id), ...headAttributes(record, 1), title: `Parcel ${n} that never came` };
      }),
    );
  });
}

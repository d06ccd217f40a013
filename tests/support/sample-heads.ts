import { newEscalationId } from '../../contracts/ids.ts';
import type { EscalationRecord } from '../../domain/escalation/record.ts';
import { channels, categories, escalationStates, severities, tiers } from '../../domain/escalation/vocabulary.ts';
import type { Store } from '../../store/client.ts';
import { writeHead } from '../../store/commit.ts';
import { copyTitle } from '../../store/texts.ts';

export interface SampleHead {
  readonly record: EscalationRecord;
  readonly title: string;
  readonly write: (store: Store) => Promise<void>;
}

function pick<T>(list: readonly T[], n: number): T {
  const chosen = list[n % list.length];
  if (chosen === undefined) throw new Error('an empty list');
  return chosen;
}

const subjects = ['charger', 'parcel', 'refund', 'account', 'letter'];

/** Records of every kind, a second apart, without logs: for lists only. The same number gives the same mixture. */
export function sampleHeads(count: number, fromMs: number): readonly SampleHead[] {
  return Array.from({ length: count }, (_, n) => {
    const createdAtMs = fromMs + n * 1_000;
    const state = pick(escalationStates, Math.floor(n / 3));
    const open = !['closed', 'cancelled', 'merged'].includes(state);
    const dueAtMs = fromMs + ((n * 7_919) % 200_000) - 20_000;
    const breached = dueAtMs < fromMs;
    const record: EscalationRecord = {
      id: newEscalationId(createdAtMs),
      state,
      tier: pick(tiers, n),
      severity: pick(severities, Math.floor(n / 2)),
      channel: pick(channels, n),
      category: pick(categories, n),
      team: pick(['logistics', 'payments', null], n),
      assignee: pick(['dana', 'omar', null, null], Math.floor(n / 5)),
      accountId: pick(['acme', 'zeta', 'other', null], Math.floor(n / 4)),
      occurrences: 1,
      policy: { name: 'test', version: 1 },
      excludedFromMetrics: false,
      seq: 4,
      rev: 2,
      createdAtMs,
      updatedAtMs: createdAtMs,
      source: 'api',
      reportedBy: 'dana',
      uncovered: n % 11 === 0,
      exhausted: false,
      pause: open && n % 13 === 0 ? { reason: 'legal_hold', untilMs: dueAtMs + 900_000 } : null,
      awaiting: open ? { tier: pick(tiers, n), byMs: dueAtMs } : null,
      clocks: [],
      nextBreach: open && n % 6 !== 0 ? { clock: 'resolve', dueAtMs, breached } : null,
      nextWakeAtMs: open ? dueAtMs : null,
      resolvedAtMs: null,
      reopenings: 0,
      rca: 'none',
      mergedInto: null,
    };
    const title = `A ${pick(subjects, n)} that went wrong`;
    return {
      record,
      title,
      write: async (store) => {
        await writeHead(store, record);
        await copyTitle(store, record.id, title);
      },
    };
  });
}

import type { EscalationView } from '../../../contracts/schemas/escalation.ts';

interface Wanted {
  readonly id: string;
  readonly dueAtMs: number;
  readonly seq?: number;
  readonly createdAtMs?: number;
  readonly state?: EscalationView['state'];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A record as the API shows it, with a resolve clock that runs out at `dueAtMs`. */
export function escalationView({ id, dueAtMs, seq = 1, createdAtMs = 0, state = 'received' }: Wanted): EscalationView {
  const path = `/v1/escalations/${id}`;
  return {
    id,
    title: `Title of ${id}`,
    state,
    tier: 1,
    severity: 'sev3',
    channel: 'monitoring',
    category: 'other',
    team: null,
    assignee: null,
    accountId: null,
    source: 'api',
    reportedBy: 'dana',
    occurrences: 1,
    policy: 'default',
    policyVersion: 1,
    drill: false,
    seq,
    rev: 1,
    createdAt: iso(createdAtMs),
    updatedAt: iso(createdAtMs),
    uncovered: false,
    exhausted: false,
    paused: null,
    awaiting: null,
    clocks: [],
    nextBreach: { clock: 'resolve', dueAt: iso(dueAtMs), breached: false },
    nextWakeAt: iso(dueAtMs),
    resolvedAt: null,
    reopenings: 0,
    rca: 'none',
    mergedInto: null,
    links: {
      self: path,
      timeline: `${path}/timeline`,
      ledger: `${path}/ledger`,
      forecast: `${path}/forecast`,
      actions: `${path}/actions`,
    },
  };
}

import type { EscalationRecord } from '../../domain/escalation/record.ts';
import type { EscalationView } from '../../contracts/schemas/escalation.ts';
import { instantOf, instantOrNull, secondsOf } from './units.ts';

/** A record as the API shows it. @param title null once erased */
export function recordView(record: EscalationRecord, title: string | null): EscalationView {
  const self = `/v1/escalations/${record.id}`;
  return {
    id: record.id,
    title,
    state: record.state,
    tier: record.tier,
    severity: record.severity,
    channel: record.channel,
    category: record.category,
    team: record.team,
    assignee: record.assignee,
    accountId: record.accountId,
    source: record.source,
    reportedBy: record.reportedBy,
    occurrences: record.occurrences,
    policy: record.policy.name,
    policyVersion: record.policy.version,
    drill: record.excludedFromMetrics,
    seq: record.seq,
    rev: record.rev,
    createdAt: instantOf(record.createdAtMs),
    updatedAt: instantOf(record.updatedAtMs),
    uncovered: record.uncovered,
    exhausted: record.exhausted,
    paused: record.pause === null ? null : { reason: record.pause.reason, until: instantOf(record.pause.untilMs) },
    awaiting:
      record.awaiting === null ? null : { tier: record.awaiting.tier, acknowledgeBy: instantOf(record.awaiting.byMs) },
    clocks: record.clocks.map((clock) => ({
      clock: clock.clock,
      cycle: clock.cycle,
      status: clock.status,
      targetSeconds: secondsOf(clock.targetMs),
      dueAt: instantOrNull(clock.dueAtMs),
      breachedAt: instantOrNull(clock.breachedAtMs),
    })),
    nextBreach:
      record.nextBreach === null
        ? null
        : {
            clock: record.nextBreach.clock,
            dueAt: instantOf(record.nextBreach.dueAtMs),
            breached: record.nextBreach.breached,
          },
    nextWakeAt: instantOrNull(record.nextWakeAtMs),
    resolvedAt: instantOrNull(record.resolvedAtMs),
    reopenings: record.reopenings,
    rca: record.rca,
    mergedInto: record.mergedInto,
    links: {
      self,
      timeline: `${self}/timeline`,
      ledger: `${self}/ledger`,
      forecast: `${self}/forecast`,
      actions: `${self}/actions`,
    },
  };
}

/** What `If-Match` is compared with. */
export function etagOf(record: EscalationRecord): string {
  return `"${record.rev}"`;
}

import type { Escalation } from '../api/types.ts';

/** As the list's index sorts: breached first, then what breaches next, then what has no clock; paused last. */
function group(record: Escalation): number {
  if (record.paused !== null) return 3;
  if (record.nextBreach === null) return 2;
  return record.nextBreach.breached ? 0 : 1;
}

function instant(record: Escalation): string {
  return record.paused?.until ?? record.nextBreach?.dueAt ?? record.createdAt;
}

/** Negative where `a` comes first. Instants are RFC 3339 in UTC with milliseconds: as texts they sort by time. */
export function compareRecords(order: 'urgency' | 'newest', a: Escalation, b: Escalation): number {
  if (order === 'newest') return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
  const byGroup = group(a) - group(b);
  if (byGroup !== 0) return byGroup;
  const first = `${instant(a)} ${a.id}`;
  const second = `${instant(b)} ${b.id}`;
  return first < second ? -1 : first > second ? 1 : 0;
}

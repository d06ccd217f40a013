import type { Severity } from '../../domain/escalation/vocabulary.ts';
import { epochDayOf } from '../../zones/wall-time.ts';
import { timeZone } from '../../zones/time-zone.ts';
import type { CsvRow } from './csv.ts';

/** The states of an incident in ServiceNow, by what they mean here. */
export type IncidentState =
  | 'new'
  | 'active'
  | 'waiting_for_customer'
  | 'waiting_for_third_party'
  | 'waiting'
  | 'resolved'
  | 'closed';

const states: Readonly<Record<string, IncidentState>> = {
  New: 'new',
  Active: 'active',
  'Awaiting User Info': 'waiting_for_customer',
  'Awaiting Vendor': 'waiting_for_third_party',
  'Awaiting Problem': 'waiting',
  'Awaiting Evidence': 'waiting',
  Resolved: 'resolved',
  Closed: 'closed',
};

/** One line of the log: what the incident was at an instant. */
export interface IncidentRow {
  readonly line: number;
  readonly number: string;
  readonly state: IncidentState;
  readonly severity: Severity;
  /** When this line was written; for files that hold the last state alone, when it was closed. Epoch ms. */
  readonly atMs: number;
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  /** null where the file does not say. */
  readonly by: string | null;
  readonly assignee: string | null;
  readonly group: string | null;
  readonly contactType: string;
  readonly category: string | null;
  readonly subcategory: string | null;
  readonly problemId: string | null;
  readonly closedCode: string | null;
  readonly madeSla: string | null;
}

export interface RowError {
  readonly line: number;
  readonly column: string;
  readonly message: string;
}

export type ReadRow = { readonly row: IncidentRow } | { readonly errors: readonly RowError[] };

/**
 * Reads one line of a ServiceNow incident export: the event log (one line for each update) or the last state of each
 * incident. `?` and an empty field are missing.
 *
 * @param zone IANA name of the zone that its times are written in
 * @returns every error of the line at once
 */
export function readIncidentRow({ line, values }: CsvRow, zone: string): ReadRow {
  const errors: RowError[] = [];
  const complain = (column: string, message: string): void => {
    errors.push({ line, column, message });
  };
  const text = (column: string): string | null => {
    const value = values.get(column)?.trim() ?? '';
    return value === '' || value === '?' ? null : value;
  };
  const instant = (column: string, required: boolean): number | null => {
    const value = text(column);
    if (value === null) {
      if (required) complain(column, 'is missing');
      return null;
    }
    const atMs = parseTime(value, zone);
    if (atMs === null) complain(column, `"${value}" is not a time (29/2/2016 01:16 or 2016-02-29T01:16)`);
    return atMs;
  };
  const number = text('number');
  if (number === null) complain('number', 'is missing');
  const stateText = text('incident_state');
  const state = states[stateText ?? ''];
  if (state === undefined)
    complain('incident_state', `"${stateText ?? ''}" is no state that is known: ${Object.keys(states).join(', ')}`);
  const severity = severityOf(text('priority'));
  if (severity === null) complain('priority', `"${text('priority') ?? ''}" is no priority from 1 to 4`);
  const openedAtMs = instant('opened_at', true);
  const isLog = values.has('sys_updated_at');
  const atMs = instant(isLog ? 'sys_updated_at' : 'closed_at', true);
  const resolvedAtMs = instant('resolved_at', false);
  if (
    number === null ||
    state === undefined ||
    severity === null ||
    openedAtMs === null ||
    atMs === null ||
    errors.length > 0
  ) {
    return { errors };
  }
  return {
    row: {
      line,
      number,
      state,
      severity,
      atMs,
      openedAtMs,
      resolvedAtMs,
      by: text('sys_updated_by'),
      assignee: text('assigned_to'),
      group: text('assignment_group'),
      contactType: text('contact_type') ?? '',
      category: text('category'),
      subcategory: text('subcategory'),
      problemId: text('problem_id'),
      closedCode: text('closed_code'),
      madeSla: text('made_sla'),
    },
  };
}

/** `3`, or `3 - Moderate` as ServiceNow writes it out. */
function severityOf(priority: string | null): Severity | null {
  switch (priority?.slice(0, 1)) {
    case '1':
      return 'sev1';
    case '2':
      return 'sev2';
    case '3':
      return 'sev3';
    case '4':
    case '5':
      return 'sev4';
    default:
      return null;
  }
}

function parseTime(text: string, zone: string): number | null {
  const dayFirst = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  const iso = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  const match = dayFirst ?? iso;
  if (match === null) return null;
  const [, first, month, last, hours, minutes, seconds = '0'] = match;
  const [day, year] = dayFirst === null ? [last, first] : [first, last];
  const epochDay = epochDayOf(Number(year), Number(month), Number(day));
  if (epochDay === null || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const wallMs = epochDay * 86_400_000 + (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return timeZone(zone).instantOfMs(wallMs, 'shift');
}

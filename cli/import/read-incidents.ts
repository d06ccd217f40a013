import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { compilePolicy } from '../../contracts/policy/compile.ts';
import { formatProblem, parseYaml } from '../../contracts/policy/parse.ts';
import { policyDefinition } from '../../contracts/policy/policy-file.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { readCsv } from './csv.ts';
import { readIncidentRow, type IncidentRow, type RowError } from './servicenow-rows.ts';

export interface ReadIncidents {
  /** The lines of each incident in the order of the file, incidents in the order of their first line. */
  readonly incidents: readonly (readonly IncidentRow[])[];
  readonly errors: readonly RowError[];
  readonly rows: number;
  /** Incidents that the file leaves open: they are not imported. */
  readonly open: number;
}

/**
 * Reads a ServiceNow export. Lines with errors are told of and left out; the other lines of their incident are kept.
 * @param zone that the file's times are written in
 */
export async function readIncidents(file: string, zone: string): Promise<ReadIncidents> {
  const byNumber = new Map<string, IncidentRow[]>();
  const errors: RowError[] = [];
  let rows = 0;
  for await (const line of readCsv(file, (at, message) => errors.push({ line: at, column: '', message }))) {
    rows += 1;
    const read = readIncidentRow(line, zone);
    if ('errors' in read) {
      errors.push(...read.errors);
      continue;
    }
    const known = byNumber.get(read.row.number);
    if (known === undefined) byNumber.set(read.row.number, [read.row]);
    else known.push(read.row);
  }
  const incidents = [...byNumber.values()];
  const closed = incidents.filter((lines) => lines.at(-1)?.state === 'closed');
  return { incidents: closed, errors, rows, open: incidents.length - closed.length };
}

export interface ImportPolicy {
  /** With version 0. */
  readonly policy: Policy;
  readonly text: string;
}

/** The policy that imported incidents are kept under. */
export function importPolicy(): ImportPolicy {
  const file = join(__dirname, '../../policies/imports/servicenow.yaml');
  const text = readFileSync(file, 'utf8');
  const parsed = parseYaml(text, policyDefinition, file);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return { policy: compilePolicy(parsed.value), text };
}

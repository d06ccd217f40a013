import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';

import type { Policy } from '../../domain/policy/policy.ts';
import type { RoutingTable } from '../../domain/policy/routing.ts';
import { withHolidayFiles } from '../../zones/parse-definition.ts';
import type { CalendarDefinition } from '../../zones/schemas.ts';
import { compilePolicy, compileRouting } from './compile.ts';
import { directoryDefinition, type DirectoryDefinition } from './directory-file.ts';
import { byPlace, parseYaml, type PolicyProblem } from './parse.ts';
import { policyDefinition, routingDefinition, type PolicyDefinition, type RoutingDefinition } from './policy-file.ts';
import { referenceProblems, roleOf, type RawFile } from './references.ts';

/** Everything that one folder of policies says. */
export interface PolicySet {
  readonly policies: readonly LoadedPolicy[];
  readonly directory: DirectoryDefinition;
  readonly routing: RoutingTable;
  /** As written, for publishing. */
  readonly routingDefinition: RoutingDefinition;
  /** Find places in the texts of directory and routing. */
  readonly locateInDirectory: (path: readonly PropertyKey[]) => Place;
  readonly locateInRouting: (path: readonly PropertyKey[]) => Place;
}

export interface LoadedPolicy {
  /** With version 0: a version is given when a policy is published. */
  readonly policy: Policy;
  readonly definition: PolicyDefinition;
  /** The YAML. */
  readonly text: string;
  readonly locate: (path: readonly PropertyKey[]) => Place;
}

/** A place in a file, for findings about what a policy leads to. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type LoadedPolicySet =
  | { readonly ok: true; readonly set: PolicySet }
  | { readonly ok: false; readonly errors: readonly PolicyProblem[] };

/** A file of a policy set: its name as problems show it, and its text. */
export interface PolicyFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads `directory.yaml`, `routing.yaml` and every other `*.yaml` of a folder as policies. Calendars get the holidays of
 * the iCalendar files that they name, written out for the years around `nowMs`.
 *
 * @param nowMs epoch ms
 * @returns all errors of all files at once, in the order of files and lines
 * @throws Error where the folder itself can't be read
 */
export function loadPolicySet(folder: string, nowMs: number = Date.now()): LoadedPolicySet {
  const names = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted();
  const loaded = parsePolicySet(
    names.map((name) => ({ file: join(folder, name), text: readFileSync(join(folder, name), 'utf8') })),
    folder,
  );
  return loaded.ok ? withHolidays(loaded.set, (path) => readFileSync(join(folder, path), 'utf8'), nowMs) : loaded;
}

const yearsBefore = 1;
const yearsAfter = 10;

/**
 * The set with the holidays of the iCalendar files that its calendars name.
 * @param read gives the text of a file, or throws with what is wrong
 */
export function withHolidays(set: PolicySet, read: (path: string) => string, nowMs: number): LoadedPolicySet {
  const year = new Date(nowMs).getUTCFullYear();
  const errors: PolicyProblem[] = [];
  const calendars = Object.entries(set.directory.calendars).map(([id, calendar]): [string, CalendarDefinition] => {
    if (calendar.holidayFiles === undefined) return [id, calendar];
    try {
      return [id, withHolidayFiles(calendar, read, year - yearsBefore, year + yearsAfter)];
    } catch (error) {
      const path = ['calendars', id, 'holidayFiles'];
      const message = error instanceof Error ? error.message : String(error);
      const fix = 'name an iCalendar file beside directory.yaml';
      errors.push({ ...set.locateInDirectory(path), path: path.join('.'), message, fix });
      return [id, calendar];
    }
  });
  if (errors.length > 0) return { ok: false, errors: errors.toSorted(byPlace) };
  return { ok: true, set: { ...set, directory: { ...set.directory, calendars: Object.fromEntries(calendars) } } };
}

/** As `loadPolicySet`, from texts. `folder` is where a missing file is reported. */
export function parsePolicySet(files: readonly PolicyFile[], folder = 'policies'): LoadedPolicySet {
  const errors: PolicyProblem[] = [];
  const raw: RawFile[] = [];
  const read = <T extends z.ZodType>({ file, text }: PolicyFile, schema: T): Read<z.output<T>> | null => {
    const parsed = parseYaml(text, schema, file);
    raw.push({ file, value: parsed.raw, locate: parsed.locate });
    if (parsed.ok) return { value: parsed.value, locate: (path) => ({ file, ...parsed.locate(path) }) };
    errors.push(...parsed.problems);
    return null;
  };
  const withRole = (role: ReturnType<typeof roleOf>): readonly PolicyFile[] =>
    files.filter(({ file }) => roleOf(file) === role);
  const directory = withRole('directory').map((file) => read(file, directoryDefinition))[0] ?? null;
  const routing = withRole('routing').map((file) => read(file, routingDefinition))[0] ?? null;
  const policies = withRole('policy').flatMap((file): readonly LoadedPolicy[] => {
    const found = read(file, policyDefinition);
    if (found === null) return [];
    return [{ policy: compilePolicy(found.value), definition: found.value, text: file.text, locate: found.locate }];
  });
  errors.push(...missingFiles(files, folder), ...referenceProblems(raw));
  if (directory === null || routing === null || errors.length > 0)
    return { ok: false, errors: errors.toSorted(byPlace) };
  return {
    ok: true,
    set: {
      policies,
      directory: directory.value,
      routing: compileRouting(routing.value),
      routingDefinition: routing.value,
      locateInDirectory: directory.locate,
      locateInRouting: routing.locate,
    },
  };
}

interface Read<T> {
  readonly value: T;
  readonly locate: (path: readonly PropertyKey[]) => Place;
}

function missingFiles(files: readonly PolicyFile[], folder: string): readonly PolicyProblem[] {
  const problem = (name: string, message: string): PolicyProblem => ({
    file: join(folder, name),
    line: 1,
    column: 1,
    path: '',
    message,
    fix: `write ${name}; docs/policies.md shows its form`,
  });
  const roles = new Set(files.map(({ file }) => roleOf(file)));
  return [
    ...(roles.has('directory') ? [] : [problem('directory.yaml', 'the set has no directory of people and schedules')]),
    ...(roles.has('routing') ? [] : [problem('routing.yaml', 'the set has no routing')]),
    ...(roles.has('policy') ? [] : [problem('default.yaml', 'the set has no policy')]),
  ];
}

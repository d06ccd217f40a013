import { basename } from 'node:path';

import { suggest } from './explain.ts';
import type { Locate, PolicyProblem } from './parse.ts';

/** One file as it was read: not checked, with the means to find places in it. */
export interface RawFile {
  readonly file: string;
  readonly value: unknown;
  readonly locate: Locate;
}

type Kind = 'person' | 'team' | 'schedule' | 'calendar' | 'policy' | 'account';
type Path = readonly PropertyKey[];

/**
 * Where names stand and what they are names of. `*` is any key or index; `target` is `KIND:ID`, `action` an action that
 * may have a target in it.
 */
const places: Readonly<
  Record<'directory' | 'routing' | 'policy', readonly (readonly [path: string, kind: Kind | 'target' | 'action'])[]>
> = {
  directory: [
    ['people.*.team', 'team'],
    ['accounts.*.manager', 'person'],
    ['schedules.*.layers.*.rotations.*.users.*', 'person'],
    ['schedules.*.overrides.*.person', 'person'],
    ['schedules.*.overrides.*.replaces', 'person'],
    ['schedules.*.swaps.*.first.person', 'person'],
    ['schedules.*.swaps.*.second.person', 'person'],
    ['schedules.*.leave.*.person', 'person'],
  ],
  routing: [
    ['rules.*.set.policy', 'policy'],
    ['rules.*.set.team', 'team'],
    ['rules.*.when.account.*', 'account'],
    ['rules.*.when.policy.*', 'policy'],
    ['rules.*.when.team.*', 'team'],
    ['defaults.policy', 'policy'],
    ['defaults.team', 'team'],
  ],
  policy: [
    ['tiers.*.targets.*', 'target'],
    ['fallback.*', 'target'],
    ['promises.*.calendar', 'calendar'],
    ['promises.*.when.team.*', 'team'],
    ['promises.*.onWarning.*', 'action'],
    ['promises.*.onBreach.*', 'action'],
    ['quietHours.*.calendar', 'calendar'],
    ['maintenance.*.when.team.*', 'team'],
    ['clocks.*.calendar', 'calendar'],
    ['clocks.*.severities.*.calendar', 'calendar'],
    ['clocks.*.onWarning.*', 'action'],
    ['clocks.*.onBreach.*', 'action'],
    ['clocks.*.severities.*.onWarning.*', 'action'],
    ['clocks.*.severities.*.onBreach.*', 'action'],
  ],
};

/** What a file of the set is, by its name. */
export function roleOf(file: string): 'directory' | 'routing' | 'policy' {
  const stem = stemOf(file);
  return stem === 'directory' || stem === 'routing' ? stem : 'policy';
}

export function stemOf(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

/**
 * Names that stand for nothing: an unknown person in a rotation, an unknown schedule in a tier, a rule for a policy that
 * there is not. Reads files that have other errors too, so that all errors are told at once.
 */
export function referenceProblems(files: readonly RawFile[]): readonly PolicyProblem[] {
  const known = knownIds(files);
  return files.flatMap((file) => [
    ...places[roleOf(file.file)].flatMap(([pattern, kind]) =>
      valuesAt(file.value, pattern.split('.')).flatMap(({ path, text }) => {
        const reference = kind === 'target' || kind === 'action' ? referenceIn(text) : { kind, id: text };
        const ids = reference === null ? undefined : known.get(reference.kind);
        if (reference === null || ids === undefined || ids.has(reference.id)) return [];
        const fix = suggest(reference.id, [...ids]);
        return [problem(file, path, `there is no ${reference.kind} "${reference.id}"`, fix)];
      }),
    ),
    ...nameProblems(file),
  ]);
}

/** Ids by kind; a kind is missing where the file that defines it can't be read: then nothing can be said. */
function knownIds(files: readonly RawFile[]): ReadonlyMap<Kind, ReadonlySet<string>> {
  const known = new Map<Kind, ReadonlySet<string>>();
  known.set('policy', new Set(files.filter(({ file }) => roleOf(file) === 'policy').map(({ file }) => stemOf(file))));
  const directory = files.find(({ file }) => roleOf(file) === 'directory');
  if (directory === undefined) return known;
  const keysOf = (name: string): string[] => {
    const part = childrenOf(directory.value).find(([key]) => key === name)?.[1];
    return childrenOf(part).map(([key]) => String(key));
  };
  known.set('person', new Set(keysOf('people')));
  known.set('team', new Set(keysOf('teams')));
  known.set('schedule', new Set(keysOf('schedules')));
  known.set('account', new Set(keysOf('accounts')));
  known.set('calendar', new Set(['always', ...keysOf('calendars')]));
  return known;
}

function nameProblems(file: RawFile): readonly PolicyProblem[] {
  if (roleOf(file.file) === 'directory') {
    return valuesUnder(file.value, ['calendars', 'always']).map((path) =>
      problem(file, path, '"always" is built in and counts every minute', 'give this calendar another id'),
    );
  }
  if (roleOf(file.file) !== 'policy') return [];
  const stem = stemOf(file.file);
  return valuesAt(file.value, ['policy'])
    .filter(({ text }) => text !== stem)
    .map(({ path, text }) =>
      problem(file, path, `the file is called ${stem} and its policy "${text}"`, 'call both the same'),
    );
}

/** The target of `person:dana`, or of `page person:dana`; null for text that has none. */
function referenceIn(text: string): { readonly kind: Kind; readonly id: string } | null {
  const match = /^(?:page )?(person|team|schedule|next-of):(.+)$/.exec(text);
  const [, kind, id] = match ?? [];
  if (kind === undefined || id === undefined) return null;
  return { kind: kind === 'person' || kind === 'schedule' ? kind : 'team', id };
}

function problem(file: RawFile, path: Path, message: string, fix: string): PolicyProblem {
  return { file: file.file, ...file.locate(path), path: path.map(String).join('.'), message, fix };
}

function valuesAt(
  value: unknown,
  pattern: readonly string[],
  path: Path = [],
): readonly { path: Path; text: string }[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return typeof value === 'string' ? [{ path, text: value }] : [];
  return childrenOf(value)
    .filter(([key]) => step === '*' || key === step)
    .flatMap(([key, child]) => valuesAt(child, rest, [...path, key]));
}

function valuesUnder(value: unknown, path: readonly string[]): readonly Path[] {
  let current = value;
  for (const step of path) {
    const child = childrenOf(current).find(([key]) => key === step);
    if (child === undefined) return [];
    current = child[1];
  }
  return [path];
}

function childrenOf(value: unknown): readonly (readonly [PropertyKey, unknown])[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

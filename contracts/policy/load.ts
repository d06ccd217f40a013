import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { Policy } from '../../domain/policy/policy.ts';
import type { RoutingTable } from '../../domain/policy/routing.ts';
import { compilePolicy, compileRouting } from './compile.ts';
import { directoryDefinition, type DirectoryDefinition } from './directory-file.ts';
import { byPlace, parseYaml, type PolicyProblem } from './parse.ts';
import { policyDefinition, routingDefinition, type PolicyDefinition } from './policy-file.ts';
import { referenceProblems, type Source } from './references.ts';

/** Everything that one folder of policies says. */
export interface PolicySet {
  /** By name, each with version 0: a version is given when a policy is published. */
  readonly policies: Readonly<Record<string, Policy>>;
  readonly directory: DirectoryDefinition;
  readonly routing: RoutingTable;
  /** The texts, for showing and for finding places. */
  readonly sources: PolicySources;
}

export interface PolicySources {
  readonly directory: Source<DirectoryDefinition>;
  readonly policies: readonly Source<PolicyDefinition>[];
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
 * Reads `directory.yaml`, `routing.yaml` and every other `*.yaml` of a folder as policies.
 *
 * @returns all errors of all files at once, in the order of files and lines
 * @throws Error where the folder itself can't be read
 */
export function loadPolicySet(folder: string): LoadedPolicySet {
  const names = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted();
  return parsePolicySet(
    names.map((name) => ({ file: join(folder, name), text: readFileSync(join(folder, name), 'utf8') })),
    folder,
  );
}

/** As `loadPolicySet`, from texts. `folder` is where a missing file is reported. */
export function parsePolicySet(files: readonly PolicyFile[], folder = 'policies'): LoadedPolicySet {
  const errors: PolicyProblem[] = [];
  const policies: Source<PolicyDefinition>[] = [];
  let directory: Source<DirectoryDefinition> | null = null;
  let routing: Source<ReturnType<typeof routingDefinition.parse>> | null = null;
  for (const { file, text } of files) {
    switch (basename(file).replace(/\.ya?ml$/, '')) {
      case 'directory': {
        const parsed = parseYaml(text, directoryDefinition, file);
        if (parsed.ok) directory = { file, value: parsed.value, locate: parsed.locate };
        else errors.push(...parsed.problems);
        break;
      }
      case 'routing': {
        const parsed = parseYaml(text, routingDefinition, file);
        if (parsed.ok) routing = { file, value: parsed.value, locate: parsed.locate };
        else errors.push(...parsed.problems);
        break;
      }
      default: {
        const parsed = parseYaml(text, policyDefinition, file);
        if (parsed.ok) policies.push({ file, value: parsed.value, locate: parsed.locate });
        else errors.push(...parsed.problems);
      }
    }
  }
  errors.push(...missingFiles(files, folder));
  // References are only looked at where the files they lead to could be read: no error has another one behind it.
  const complete = errors.length === 0;
  if (directory !== null) errors.push(...referenceProblems(directory, policies, complete ? routing : null));
  if (directory === null || routing === null || errors.length > 0)
    return { ok: false, errors: errors.toSorted(byPlace) };
  return {
    ok: true,
    set: {
      policies: Object.fromEntries(policies.map(({ value }) => [value.policy, compilePolicy(value)])),
      directory: directory.value,
      routing: compileRouting(routing.value),
      sources: { directory, policies },
    },
  };
}

function missingFiles(files: readonly PolicyFile[], folder: string): readonly PolicyProblem[] {
  const stems = new Set(files.map(({ file }) => basename(file).replace(/\.ya?ml$/, '')));
  const problem = (name: string, message: string): PolicyProblem => ({
    file: join(folder, name),
    line: 1,
    column: 1,
    path: '',
    message,
    fix: `write ${name}; docs/policies.md shows its form`,
  });
  const problems: PolicyProblem[] = [];
  if (!stems.has('directory'))
    problems.push(problem('directory.yaml', 'the set has no directory of people and schedules'));
  if (!stems.has('routing')) problems.push(problem('routing.yaml', 'the set has no routing'));
  if ([...stems].every((stem) => stem === 'directory' || stem === 'routing')) {
    problems.push(problem('default.yaml', 'the set has no policy'));
  }
  return problems;
}

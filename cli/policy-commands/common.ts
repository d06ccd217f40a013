import { join } from 'node:path';

import { loadPolicySet, type PolicySet } from '../../contracts/policy/load.ts';
import { formatProblem } from '../../contracts/policy/parse.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { UsageError } from '../run-command.ts';

/** The policies of this checkout. */
export const defaultFolder = join(__dirname, '../../policies');

/** Reads a folder; where it has errors, all of them are the message of the one that is thrown. */
export function setOf(folder: string): PolicySet {
  const loaded = loadPolicySet(folder);
  if (loaded.ok) return loaded.set;
  const count = `${loaded.errors.length} ${loaded.errors.length === 1 ? 'error' : 'errors'}`;
  throw new Error(`${loaded.errors.map(formatProblem).join('\n')}\n${count} in ${folder}`);
}

/** @throws UsageError naming the policies that there are */
export function policyNamed(set: PolicySet, name: string): Policy {
  const found = set.policies.find(({ policy }) => policy.name === name);
  if (found !== undefined) return found.policy;
  throw new UsageError(
    `there is no policy "${name}"; known: ${set.policies.map(({ policy }) => policy.name).join(', ')}`,
  );
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** `1,646`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** @throws UsageError where the text is no whole number in the range */
export function wholeNumber(text: string, option: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`${option} is a whole number from ${min} to ${max}`);
  }
  return value;
}

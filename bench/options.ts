import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isOneOf } from '../domain/escalation/vocabulary.ts';
import { partNames, type PartName } from './part.ts';

export const usage = `usage: npm run bench -- [--only ${partNames.join(',')}] [--json FILE] [--quick] [--minutes N] [--profile FOLDER]
  --only     only these parts, in this order
  --json     writes everything measured to a file
  --minutes  gives a part up after so many; 10 unless told
  --quick    small numbers, to see that it works; its figures mean nothing
  --profile  writes V8 profiles of the stack's processes into a folder; slows them down
`;

export type Options =
  | {
      readonly kind: 'run';
      readonly only: readonly PartName[];
      readonly quick: boolean;
      readonly longestPartMs: number;
      readonly json?: string;
      readonly profileDir?: string;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

export function parseOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        json: { type: 'string' },
        quick: { type: 'boolean', default: false },
        minutes: { type: 'string', default: '10' },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    const named = values.only?.split(',').map((name) => name.trim()) ?? [...partNames];
    const only: PartName[] = [];
    for (const name of named) {
      if (!isOneOf(partNames, name)) return { kind: 'wrong', message: `There is no part ${name}.` };
      only.push(name);
    }
    const minutes = Number(values.minutes);
    if (!(minutes > 0 && minutes <= 120)) return { kind: 'wrong', message: '--minutes is a number up to 120.' };
    return {
      kind: 'run',
      only,
      quick: values.quick,
      // Ten seconds are left to take the stack down.
      longestPartMs: minutes * 60_000 - 10_000,
      ...(values.json === undefined ? {} : { json: resolve(values.json) }),
      ...(values.profile === undefined ? {} : { profileDir: resolve(values.profile) }),
    };
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) };
  }
}

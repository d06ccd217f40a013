import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { groupPrefixes } from '../../contracts/claims.ts';
import { roles, type Role } from '../../contracts/roles.ts';
import { checkout } from '../tools/folders.ts';

/** Somebody, or a machine, who can sign in to the local stack. */
export interface DemoPerson {
  /** The id that schedules and policies use. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly team: string | null;
  readonly accounts: readonly string[];
}

/** Of the directory only what sign-in needs; the rest of it is checked where policies are. */
const directorySchema = z.object({
  people: z.record(z.string(), z.object({ name: z.string(), team: z.string().optional() })),
  accounts: z.record(z.string(), z.object({ manager: z.string().optional() })).default({}),
});

/** Teams whose people have another role than that of a responder. */
const roleOfTeam: Readonly<Partial<Record<string, Role>>> = {
  'programme-office': 'programme_manager',
  leadership: 'leader',
};

const machine: DemoPerson = { id: 'monitor', name: 'Monitoring system', role: 'integration', team: null, accounts: [] };

/** Everybody in the directory of the default policies, and one machine. */
export function demoPeople(directoryFile = join(checkout, 'policies', 'directory.yaml')): readonly DemoPerson[] {
  const directory = directorySchema.parse(parse(readFileSync(directoryFile, 'utf8')));
  const people = Object.entries(directory.people).map(([id, person]): DemoPerson => {
    const accounts = Object.entries(directory.accounts).flatMap(([account, { manager }]) =>
      manager === id ? [account] : [],
    );
    const role = accounts.length > 0 ? 'account_manager' : (roleOfTeam[person.team ?? ''] ?? 'responder');
    return { id, name: person.name, role, team: person.team ?? null, accounts };
  });
  return [...people, machine];
}

/** The person of that id, else the first one with that role. */
export function findPerson(people: readonly DemoPerson[], idOrRole: string): DemoPerson | undefined {
  return people.find((person) => person.id === idOrRole) ?? people.find((person) => person.role === idOrRole);
}

/** One person of each role that people have, to show at the start. */
export function onePerRole(people: readonly DemoPerson[]): readonly DemoPerson[] {
  return roles.flatMap((role) => people.find((person) => person.role === role && role !== 'integration') ?? []);
}

/** The groups that Cognito would put into this person's access tokens. */
export function groupsOf(person: DemoPerson): string[] {
  return [
    person.role,
    ...(person.team === null ? [] : [`${groupPrefixes.team}${person.team}`]),
    ...person.accounts.map((account) => `${groupPrefixes.account}${account}`),
    ...(person.role === 'integration' ? [`${groupPrefixes.source}${person.id}`] : []),
  ];
}

import type { Target } from '../../domain/escalation/vocabulary.ts';
import { severities } from '../../domain/escalation/vocabulary.ts';
import { suggest } from './explain.ts';
import type { DirectoryDefinition } from './directory-file.ts';
import type { Locate, PolicyProblem } from './parse.ts';
import type { PolicyDefinition, RoutingDefinition } from './policy-file.ts';

/** One parsed file with the means to find places in it. */
export interface Source<T> {
  readonly file: string;
  readonly value: T;
  readonly locate: Locate;
}

type Kind = 'person' | 'team' | 'schedule' | 'calendar' | 'policy';
type Path = readonly PropertyKey[];
type Complain = (path: Path, message: string, fix: string) => void;

/** What a set of files may refer to. */
interface Known {
  readonly has: (kind: Kind, id: string) => boolean;
  readonly idsOf: (kind: Kind) => readonly string[];
}

/**
 * Names that stand for nothing: an unknown person in a rotation, an unknown schedule in a tier, a rule for a policy that
 * there is not. Also a policy file that is not called like its policy.
 */
export function referenceProblems(
  directory: Source<DirectoryDefinition>,
  policies: readonly Source<PolicyDefinition>[],
  routing: Source<RoutingDefinition> | null,
): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const ids: Record<Kind, readonly string[]> = {
    person: Object.keys(directory.value.people),
    team: Object.keys(directory.value.teams),
    schedule: Object.keys(directory.value.schedules),
    calendar: ['always', ...Object.keys(directory.value.calendars)],
    policy: policies.map((source) => source.value.policy),
  };
  const sets = new Map(Object.entries(ids).map(([kind, list]) => [kind, new Set(list)]));
  const known: Known = { has: (kind, id) => sets.get(kind)?.has(id) ?? false, idsOf: (kind) => ids[kind] };
  const complainIn =
    (source: { readonly file: string; readonly locate: Locate }): Complain =>
    (path, message, fix) =>
      problems.push({ file: source.file, ...source.locate(path), path: path.map(String).join('.'), message, fix });
  checkDirectory(directory.value, known, complainIn(directory));
  for (const source of policies) checkPolicy(source, known, complainIn(source));
  if (routing !== null) checkRouting(routing.value, known, complainIn(routing));
  return problems;
}

function need(known: Known, complain: Complain, kind: Kind, id: string, path: Path): void {
  if (!known.has(kind, id)) complain(path, `there is no ${kind} "${id}"`, suggest(id, known.idsOf(kind)));
}

function needTarget(known: Known, complain: Complain, target: Target, path: Path): void {
  need(known, complain, target.kind, target.id, path);
}

function checkDirectory(directory: DirectoryDefinition, known: Known, complain: Complain): void {
  for (const [id, person] of Object.entries(directory.people)) {
    if (person.team !== undefined) need(known, complain, 'team', person.team, ['people', id, 'team']);
  }
  for (const [id, account] of Object.entries(directory.accounts)) {
    if (account.manager !== undefined) need(known, complain, 'person', account.manager, ['accounts', id, 'manager']);
  }
  if (directory.calendars['always'] !== undefined) {
    complain(['calendars', 'always'], '"always" is built in and counts every minute', 'give this calendar another id');
  }
  for (const [id, schedule] of Object.entries(directory.schedules)) {
    const base = ['schedules', id];
    const person = (name: string, path: Path): void => need(known, complain, 'person', name, [...base, ...path]);
    schedule.layers.forEach((layer, l) =>
      layer.rotations.forEach((rotation, r) =>
        rotation.users.forEach((user, u) => person(user, ['layers', l, 'rotations', r, 'users', u])),
      ),
    );
    schedule.overrides.forEach((override, o) => {
      person(override.person, ['overrides', o, 'person']);
      if (override.replaces !== undefined) person(override.replaces, ['overrides', o, 'replaces']);
    });
    schedule.swaps.forEach((swap, s) => {
      person(swap.first.person, ['swaps', s, 'first', 'person']);
      person(swap.second.person, ['swaps', s, 'second', 'person']);
    });
    schedule.leave.forEach((leave, l) => person(leave.person, ['leave', l, 'person']));
  }
}

function checkPolicy(source: Source<PolicyDefinition>, known: Known, complain: Complain): void {
  const policy = source.value;
  const stem = source.file.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/, '');
  if (stem !== policy.policy) {
    complain(['policy'], `the file is called ${stem} and its policy "${policy.policy}"`, 'call both the same');
  }
  policy.tiers.forEach((tier, t) =>
    tier.targets.forEach((target, index) => needTarget(known, complain, target, ['tiers', t, 'targets', index])),
  );
  policy.fallback.forEach((target, index) => needTarget(known, complain, target, ['fallback', index]));
  for (const [name, clock] of Object.entries(policy.clocks)) {
    if (clock === undefined) continue;
    need(known, complain, 'calendar', clock.calendar, ['clocks', name, 'calendar']);
    checkActions(clock, ['clocks', name], known, complain);
    for (const severity of severities) {
      const own = clock.severities[severity];
      if (own === undefined) continue;
      const path = ['clocks', name, 'severities', severity];
      if (own.calendar !== undefined) need(known, complain, 'calendar', own.calendar, [...path, 'calendar']);
      checkActions(own, path, known, complain);
    }
  }
  checkVolumeRules(policy, complain);
}

type Clock = NonNullable<PolicyDefinition['clocks']['resolve']>;
type Actions = Partial<Pick<Clock, 'onWarning' | 'onBreach'>>;

function checkActions(clock: Actions, path: Path, known: Known, complain: Complain): void {
  for (const field of ['onWarning', 'onBreach'] as const) {
    (clock[field] ?? []).forEach((action, index) => {
      if (action.kind !== 'page') return;
      for (const target of action.targets) needTarget(known, complain, target, [...path, field, index]);
    });
  }
}

function checkVolumeRules(policy: PolicyDefinition, complain: Complain): void {
  policy.volumeRules.forEach((rule, index) => {
    const before = policy.volumeRules[index - 1];
    if (before === undefined) return;
    if (rule.atCount <= before.atCount) {
      complain(['volumeRules', index, 'atCount'], 'the counts have to ascend', `write more than ${before.atCount}`);
    }
    if (severities.indexOf(rule.raiseTo) >= severities.indexOf(before.raiseTo)) {
      complain(
        ['volumeRules', index, 'raiseTo'],
        `a higher count raises to ${rule.raiseTo}, which the rule before it (${before.raiseTo}) has done already`,
        'raise to a more urgent severity, or remove the rule',
      );
    }
  });
}

function checkRouting(routing: RoutingDefinition, known: Known, complain: Complain): void {
  routing.rules.forEach((rule, index) => {
    if (rule.set.policy !== undefined)
      need(known, complain, 'policy', rule.set.policy, ['rules', index, 'set', 'policy']);
    if (rule.set.team !== undefined) need(known, complain, 'team', rule.set.team, ['rules', index, 'set', 'team']);
  });
  need(known, complain, 'policy', routing.defaults.policy, ['defaults', 'policy']);
  need(known, complain, 'team', routing.defaults.team, ['defaults', 'team']);
}

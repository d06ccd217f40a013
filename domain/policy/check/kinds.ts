import { categories, channels, severities, type Severity } from '../../escalation/vocabulary.ts';
import type { ClockRule, EscalationMatch, PageHold, Policy } from '../policy.ts';
import { matches } from '../match.ts';
import { accountClasses } from '../routing.ts';
import type { VirtualEscalation } from '../virtual-escalation.ts';

/** Escalations that a policy treats alike: one example of them, and in words what sets them apart. */
export interface EscalationKind {
  readonly facts: Omit<VirtualEscalation, 'atMs'>;
  /** `channel quality, account class strategic`; empty for what no special promise and no window names. */
  readonly words: string;
  /** Windows that it meets and that others like it do not: only around them can it go another way than those. */
  readonly onlyAround: readonly Window[];
}

/** More combinations of promises and windows than this are not walked: the check says how many it left out. */
export const mostKinds = 48;

/**
 * The kinds of escalations of a severity: one for each combination of special promises and maintenance windows that some
 * escalation can meet at once. The plain one comes first, then those of few conditions.
 */
export function kindsOf(policy: Policy, severity: Severity): readonly EscalationKind[] {
  const { promises, windows } = conditionsFor(policy, severity);
  const rules = [...promises, ...windows.map((window) => window.match)];
  const kinds = new Map<string, Omit<EscalationKind, 'onlyAround'>>();
  const teams = new Set(rules.flatMap((match) => match.teams ?? []));
  for (const accountClass of [null, ...accountClasses]) {
    for (const team of [null, ...teams]) {
      for (const channel of sortedByUse(channels, rules, 'channels')) {
        for (const category of sortedByUse(categories, rules, 'categories')) {
          const facts = { severity, channel, category, team, ...(accountClass === null ? {} : { accountClass }) };
          const met = rules.map((match) => fits(match, facts));
          const key = met.map(Number).join('');
          if (kinds.has(key)) continue;
          kinds.set(key, {
            facts,
            words: wordsOf(
              facts,
              rules.filter((_, index) => met[index]),
            ),
          });
        }
      }
    }
  }
  const inNoWindow = '0'.repeat(windows.length);
  return [...kinds]
    .map(([key, kind]): EscalationKind => {
      const promised = key.slice(0, promises.length);
      const others = key !== `${promised}${inNoWindow}` && kinds.has(`${promised}${inNoWindow}`);
      return { ...kind, onlyAround: others ? windows.filter((_, index) => key[promises.length + index] === '1') : [] };
    })
    .toSorted((a, b) => a.words.split(', ').length - b.words.split(', ').length)
    .toSorted((a, b) => Number(a.words !== '') - Number(b.words !== ''));
}

/** Whatever severity the escalation has by then: a policy may raise it. */
function fits(match: EscalationMatch, facts: Omit<VirtualEscalation, 'atMs'>): boolean {
  const { severities: _any, ...rest } = match;
  return matches(rest, { ...facts, accountClass: facts.accountClass ?? null });
}

/** What no rule names comes first, so that the example of the plain kind is one that nothing special is said of. */
function sortedByUse<const T extends string>(
  values: readonly T[],
  rules: readonly EscalationMatch[],
  field: 'channels' | 'categories',
): readonly T[] {
  const named = new Set<string>(rules.flatMap((match) => match[field] ?? []));
  return values.toSorted((a, b) => Number(named.has(a)) - Number(named.has(b)));
}

type Window = Extract<PageHold, { kind: 'maintenance' }>;

/** The conditions that matter while nobody acts: of clocks that start by themselves, and of windows. */
function conditionsFor(
  policy: Policy,
  severity: Severity,
): { readonly promises: readonly EscalationMatch[]; readonly windows: readonly Window[] } {
  const possible = reachable(policy, severity);
  const concerns = (match: EscalationMatch): boolean =>
    match.severities === undefined || match.severities.some((name) => possible.includes(name));
  const promises = (policy.clockOverrides ?? []).flatMap(({ clock, match }) =>
    clock === 'acknowledge' || clock === 'first_update' || clock === 'resolve' ? [match] : [],
  );
  const windows = (policy.holds ?? []).flatMap((hold) => (hold.kind === 'maintenance' ? [hold] : []));
  return { promises: promises.filter(concerns), windows: windows.filter(({ match }) => concerns(match)) };
}

/** The severity itself, and the more urgent ones where a clock may raise it. */
export function reachable(policy: Policy, severity: Severity): readonly Severity[] {
  return raises(policy) ? severities.slice(0, severities.indexOf(severity) + 1) : [severity];
}

function raises(policy: Policy): boolean {
  const rules = [
    ...severities.flatMap((severity) => Object.values(policy.severities[severity].clocks)),
    ...(policy.clockOverrides ?? []).flatMap(({ rule }) => rule ?? []),
  ];
  return rules.some((rule) => [...rule.onWarning, ...rule.onBreach].some(({ kind }) => kind === 'raise_severity'));
}

function wordsOf(facts: Omit<VirtualEscalation, 'atMs'>, met: readonly EscalationMatch[]): string {
  const said = (field: keyof EscalationMatch): boolean => met.some((match) => match[field] !== undefined);
  return [
    said('channels') ? `channel ${facts.channel}` : null,
    said('categories') ? `category ${facts.category}` : null,
    said('accountClasses') && facts.accountClass !== undefined ? `account class ${facts.accountClass}` : null,
    said('teams') && facts.team !== null ? `team ${facts.team}` : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** What of the world an escalation of a kind meets while nobody acts. */
export interface KindWorld {
  /** The policy without clocks that stand still in closed hours and page nobody: they change nothing that is looked at. */
  readonly policy: Policy;
  /** Calendars of clocks that are left, and of quiet hours. */
  readonly clockCalendars: readonly string[];
  readonly quietCalendars: readonly string[];
  readonly windows: readonly Window[];
}

export function worldOf(policy: Policy, { facts }: EscalationKind): KindWorld {
  const possible = reachable(policy, facts.severity);
  const meets = (match: EscalationMatch): boolean =>
    fits(match, facts) && (match.severities === undefined || match.severities.some((name) => possible.includes(name)));
  const pruned = withoutSilentClocks(policy);
  const rules = [
    ...possible.flatMap((severity) => {
      const { acknowledge, first_update, resolve } = pruned.severities[severity].clocks;
      return [acknowledge, first_update, resolve];
    }),
    ...(pruned.clockOverrides ?? []).flatMap(({ match, rule }) => (meets(match) ? [rule] : [])),
  ];
  const clockCalendars = rules.flatMap((rule) => (rule == null || rule.calendar === 'always' ? [] : [rule.calendar]));
  const quietCalendars = (policy.holds ?? []).flatMap((hold) =>
    hold.kind === 'quiet_hours' && hold.severities.some((name) => possible.includes(name)) && hold.calendar !== 'always'
      ? [hold.calendar]
      : [],
  );
  const windows = (policy.holds ?? []).flatMap((hold) =>
    hold.kind === 'maintenance' && meets(hold.match) ? [hold] : [],
  );
  return {
    policy: pruned,
    clockCalendars: [...new Set(clockCalendars)],
    quietCalendars: [...new Set(quietCalendars)],
    windows,
  };
}

/** Clocks that stand still and only tell somebody have no part in who is paged. */
function kept(name: string, rule: ClockRule): boolean {
  return (
    rule.calendar === 'always' ||
    name === 'acknowledge' ||
    name === 'resolve' ||
    [...rule.onWarning, ...rule.onBreach].some(({ kind }) => kind !== 'tell')
  );
}

function withoutSilentClocks(policy: Policy): Policy {
  const rulesOf = (severity: Severity): Policy['severities'][Severity] => {
    const { clocks, ...rest } = policy.severities[severity];
    return {
      ...rest,
      clocks: Object.fromEntries(Object.entries(clocks).filter(([name, rule]) => kept(name, rule))),
    };
  };
  const { clockOverrides, ...rest } = policy;
  return {
    ...rest,
    severities: { sev1: rulesOf('sev1'), sev2: rulesOf('sev2'), sev3: rulesOf('sev3'), sev4: rulesOf('sev4') },
    ...(clockOverrides === undefined
      ? {}
      : {
          // One that pages nobody still stands in the place of another that would.
          clockOverrides: clockOverrides.map((override) =>
            override.rule === null || kept(override.clock, override.rule) ? override : { ...override, rule: null },
          ),
        }),
  };
}

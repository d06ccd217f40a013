import { severities, type Category, type Channel, type Severity } from '../escalation/vocabulary.ts';

/** How an account matters to the marketplace. */
export const accountClasses = ['standard', 'key', 'strategic'] as const;
export type AccountClass = (typeof accountClasses)[number];

/** What is known of an escalation when it comes in. */
export interface RoutingFacts {
  readonly channel: Channel;
  readonly category: Category;
  /** Which intake it came through: `api`, `alertmanager`, … */
  readonly source: string;
  readonly accountClass: AccountClass | null;
  /** Id of the account in the directory; absent where it has none. */
  readonly account?: string;
  /** Read here and not kept: titles live outside the log. */
  readonly title: string;
  /** What the caller asked for; absent where it left the choice to the rules. */
  readonly policy?: string;
  readonly team?: string;
  readonly severity?: Severity;
}

/** Every list that is present has to contain the fact; an absent one matches anything. */
export interface RoutingCondition {
  readonly channel?: readonly Channel[];
  readonly category?: readonly Category[];
  readonly source?: readonly string[];
  readonly accountClass?: readonly AccountClass[];
  /** Ids of accounts. */
  readonly account?: readonly string[];
  /** Only what the caller asked for; never matches where it left the choice to the rules. */
  readonly policy?: readonly string[];
  readonly team?: readonly string[];
  /** Whole words or phrases, without regard to case; one of them has to be in the title. */
  readonly titleWords?: readonly string[];
  /** Only what the caller gave this severity; never matches where it gave none. */
  readonly severity?: readonly Severity[];
}

export interface RoutingRule {
  readonly name: string;
  readonly when: RoutingCondition;
  readonly set: {
    readonly policy?: string;
    readonly team?: string;
    /** For escalations that came without a severity. */
    readonly severity?: Severity;
    /** Raises what is less severe, the caller's choice too. */
    readonly severityAtLeast?: Severity;
    /** Replaces the caller's choice. */
    readonly category?: Category;
  };
}

export interface RoutingTable {
  readonly rules: readonly RoutingRule[];
  readonly defaults: {
    readonly policy: string;
    readonly team: string;
    readonly severity: Severity;
    readonly severityByCategory: Readonly<Partial<Record<Category, Severity>>>;
    readonly severityByChannel: Readonly<Partial<Record<Channel, Severity>>>;
  };
}

export interface Routing {
  readonly policy: string;
  readonly team: string;
  readonly severity: Severity;
  readonly category: Category;
  /** Names of the rules that had a part in it, in the order of the table. */
  readonly rules: readonly string[];
}

/** The more urgent of two severities. */
export function moreSevere(a: Severity, b: Severity): Severity {
  return severities.indexOf(a) <= severities.indexOf(b) ? a : b;
}

/**
 * Where an escalation goes. Rules are read from the top, and each field is set by the first matching rule that says
 * something about it. What the caller asked for stands, but for a rule's `category` and `severityAtLeast`. A severity
 * that nobody named is the more urgent one of the category's and the channel's defaults.
 */
export function route(table: RoutingTable, facts: RoutingFacts): Routing {
  const matching = table.rules.filter((rule) => matches(rule.when, facts));
  const first = <K extends keyof RoutingRule['set']>(
    field: K,
  ): { rule: RoutingRule; value: NonNullable<RoutingRule['set'][K]> } | null => {
    for (const rule of matching) {
      const value = rule.set[field];
      if (value !== undefined && value !== null) return { rule, value };
    }
    return null;
  };
  const category = first('category');
  const policy = facts.policy === undefined ? first('policy') : null;
  const team = facts.team === undefined ? first('team') : null;
  const severity = facts.severity === undefined ? first('severity') : null;
  const floor = first('severityAtLeast');
  const finalCategory = category?.value ?? facts.category;
  const chosen = facts.severity ?? severity?.value ?? defaultSeverity(table, finalCategory, facts.channel);
  const used = new Set([category, policy, team, severity, floor].flatMap((part) => (part === null ? [] : [part.rule])));
  return {
    policy: facts.policy ?? policy?.value ?? table.defaults.policy,
    team: facts.team ?? team?.value ?? table.defaults.team,
    severity: floor === null ? chosen : moreSevere(chosen, floor.value),
    category: finalCategory,
    rules: matching.filter((rule) => used.has(rule)).map((rule) => rule.name),
  };
}

function defaultSeverity(table: RoutingTable, category: Category, channel: Channel): Severity {
  const byCategory = table.defaults.severityByCategory[category];
  const byChannel = table.defaults.severityByChannel[channel];
  if (byCategory !== undefined && byChannel !== undefined) return moreSevere(byCategory, byChannel);
  return byCategory ?? byChannel ?? table.defaults.severity;
}

function matches(when: RoutingCondition, facts: RoutingFacts): boolean {
  if (when.channel !== undefined && !when.channel.includes(facts.channel)) return false;
  if (when.category !== undefined && !when.category.includes(facts.category)) return false;
  if (when.source !== undefined && !when.source.includes(facts.source)) return false;
  if (
    when.accountClass !== undefined &&
    (facts.accountClass === null || !when.accountClass.includes(facts.accountClass))
  ) {
    return false;
  }
  if (!asked(when.account, facts.account)) return false;
  if (!asked(when.policy, facts.policy)) return false;
  if (!asked(when.team, facts.team)) return false;
  if (when.severity !== undefined && (facts.severity === undefined || !when.severity.includes(facts.severity)))
    return false;
  return when.titleWords === undefined || hasOneOf(facts.title, when.titleWords);
}

function asked(wanted: readonly string[] | undefined, fact: string | undefined): boolean {
  return wanted === undefined || (fact !== undefined && wanted.includes(fact));
}

/** Whole words: "recall" is in "Product recall: heaters" and not in "recalled". */
function hasOneOf(title: string, phrases: readonly string[]): boolean {
  const text = ` ${plainWords(title)} `;
  return phrases.some((phrase) => text.includes(` ${plainWords(phrase)} `));
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

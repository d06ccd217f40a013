import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { severities, type Channel, type Severity } from '../../domain/escalation/vocabulary.ts';
import { formatDuration } from '../../domain/policy/duration.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { route, type RoutingTable } from '../../domain/policy/routing.ts';
import { forecastUnder, virtualWorld, type VirtualWorld } from './forecast-host.ts';
import type { DirectoryDefinition } from './directory-file.ts';

const dayMs = 86_400_000;

/** Policies with the people and the routing that they stand among. */
export interface ForecastSet {
  readonly directory: DirectoryDefinition;
  readonly routing: RoutingTable;
  readonly policies: readonly { readonly policy: Policy }[];
}

export interface CompareOptions {
  readonly fromMs: number;
  readonly days: number;
  /** Time between two escalations that are tried, in ms. */
  readonly everyMs: number;
  readonly channel: Channel;
  /** A policy by name; where absent the routing rules of each set choose. */
  readonly policy?: string;
}

/** Something that one set does and the other does not, for escalations that nobody acts on. */
export interface ForecastDifference {
  readonly severity: Severity;
  readonly kind: 'only_before' | 'only_after';
  /** `+5m pages Grace Park`. */
  readonly what: string;
  /** For how many of the escalations tried. */
  readonly times: number;
  /** When the first of them comes in; epoch ms. */
  readonly firstAtMs: number;
}

export interface ForecastComparison {
  /** Escalations tried for each severity. */
  readonly tried: number;
  /** For how many of them anything differs. */
  readonly differing: Readonly<Record<Severity, number>>;
  readonly differences: readonly ForecastDifference[];
}

/** How long each escalation is followed. */
const followedMs = 2 * dayMs;

/**
 * What two policy sets would do with the same escalations, one of each severity at every step of the range, while nobody
 * acts: pages to people, warnings, breaches and audiences that one has and the other has not.
 */
export function compareForecasts(before: ForecastSet, after: ForecastSet, options: CompareOptions): ForecastComparison {
  const untilMs = options.fromMs + options.days * dayMs;
  const worlds = [before, after].map((set) =>
    virtualWorld(set.directory, options.fromMs - dayMs, untilMs + followedMs + dayMs),
  );
  const [worldBefore, worldAfter] = worlds;
  if (worldBefore === undefined || worldAfter === undefined) throw new Error('two sets make two worlds');
  const found = new Map<string, { -readonly [K in keyof ForecastDifference]: ForecastDifference[K] }>();
  const differing: Record<Severity, number> = { sev1: 0, sev2: 0, sev3: 0, sev4: 0 };
  let tried = 0;
  for (let atMs = options.fromMs; atMs < untilMs; atMs += options.everyMs) {
    tried += 1;
    for (const severity of severities) {
      const [was, is] = [
        happenings(before, worldBefore, severity, atMs, options),
        happenings(after, worldAfter, severity, atMs, options),
      ];
      const lost = without(was, is);
      const gained = without(is, was);
      if (lost.length + gained.length > 0) differing[severity] += 1;
      const note = (what: string, kind: ForecastDifference['kind']): void => {
        const key = `${severity} ${kind} ${what}`;
        const known = found.get(key);
        if (known === undefined) found.set(key, { severity, kind, what, times: 1, firstAtMs: atMs });
        else known.times += 1;
      };
      for (const what of lost) note(what, 'only_before');
      for (const what of gained) note(what, 'only_after');
    }
  }
  return { tried, differing, differences: [...found.values()].toSorted(bySize) };
}

function happenings(
  set: ForecastSet,
  world: VirtualWorld,
  severity: Severity,
  atMs: number,
  options: CompareOptions,
): readonly string[] {
  const facts = {
    channel: options.channel,
    category: 'other',
    source: 'forecast',
    accountClass: null,
    title: '',
    severity,
  } as const;
  const routed = route(set.routing, options.policy === undefined ? facts : { ...facts, policy: options.policy });
  const policy = set.policies.find((loaded) => loaded.policy.name === routed.policy)?.policy;
  if (policy === undefined) return [`no policy "${routed.policy}"`];
  const virtual = {
    severity: routed.severity,
    channel: options.channel,
    category: routed.category,
    team: routed.team,
    atMs,
  };
  const { events } = forecastUnder(world, policy, virtual, atMs + followedMs);
  return events.flatMap((event) => happening(event, atMs, world));
}

function happening(event: EscalationEvent, startMs: number, world: VirtualWorld): readonly string[] {
  const after = `+${formatDuration(event.atMs - startMs)}`;
  switch (event.type) {
    case 'page.sent':
      return event.recipients.map((id) => `${after} pages ${world.directory.people[id]?.name ?? id}`);
    case 'step.uncovered':
      return [`${after} nobody there for tier ${event.tier}`];
    case 'clock.breached':
      return [`${after} breach of ${event.clock}`];
    case 'clock.warned':
      return [`${after} warning at ${event.percent} % of ${event.clock}`];
    case 'update.promised':
      return [`${after} update owed to ${event.audience}`];
    case 'severity.changed':
      return [`${after} severity becomes ${event.to}`];
    default:
      return [];
  }
}

function bySize(a: ForecastDifference, b: ForecastDifference): number {
  return a.severity.localeCompare(b.severity) || b.times - a.times || a.what.localeCompare(b.what);
}

/** What `all` has more often than `other`. */
function without(all: readonly string[], other: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const what of other) left.set(what, (left.get(what) ?? 0) + 1);
  return all.filter((what) => {
    const count = left.get(what) ?? 0;
    if (count > 0) left.set(what, count - 1);
    return count === 0;
  });
}

import type { DecisionContext } from '../../domain/escalation/commands.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { forecast } from '../../domain/escalation/forecast.ts';
import type { Tier } from '../../domain/escalation/vocabulary.ts';
import type { Directory } from '../../domain/policy/directory.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { turnOfPage } from '../../domain/escalation/page-id.ts';
import { resolveTargets } from '../../domain/policy/resolve-targets.ts';
import { receivedUnder, type VirtualEscalation } from '../../domain/policy/virtual-escalation.ts';

/** What the core does with one escalation that nobody touches, asked directly: no tree, no pieces, no cache. */
export interface Walked {
  readonly events: readonly EscalationEvent[];
  /** Until somebody is tried, in ms; null: nobody is. */
  readonly waitMs: number | null;
  /** When the acknowledge clock runs out, in ms after the start; null: it does not. */
  readonly acknowledgeDueMs: number | null;
  /** Whom the first page of each tier meant. */
  readonly steps: readonly { readonly tier: Tier; readonly people: readonly string[]; readonly offsetMs: number }[];
}

export interface OracleWorld {
  readonly directory: Directory;
  readonly calendars: DecisionContext['calendars'];
  readonly calendarPins: DecisionContext['calendarPins'];
}

export function walkAt(
  world: OracleWorld,
  policy: Policy,
  virtual: VirtualEscalation,
  followMs: number,
  turnsBefore = 0,
): Walked {
  const { directory, calendars, calendarPins } = world;
  const { atMs } = virtual;
  let waitMs: number | null = null;
  const people = new Map<string, readonly string[]>();
  const { events } = forecast(
    receivedUnder(policy, virtual),
    { escalationId: 'x', nowMs: atMs, policy, calendars, calendarPins },
    {
      untilMs: atMs + followMs,
      resolveTargets: (targets, pageAtMs, pageId) => {
        const { recipients } = resolveTargets(directory, targets, pageAtMs, turnOfPage(pageId) + turnsBefore);
        for (const { attempts } of recipients) {
          const triedMs = (attempts[0]?.atMs ?? Infinity) - atMs;
          if (waitMs === null || triedMs < waitMs) waitMs = triedMs;
        }
        const ids = recipients.map(({ personId }) => personId);
        people.set(pageId, ids);
        return ids;
      },
    },
  );
  const breach = events.find((event) => event.type === 'clock.breached' && event.clock === 'acknowledge');
  const seen = new Set<Tier>();
  const steps = events.flatMap((event): Walked['steps'] => {
    if (event.type !== 'page.requested' || !event.isStep || seen.has(event.tier)) return [];
    seen.add(event.tier);
    return [{ tier: event.tier, people: people.get(event.pageId) ?? [], offsetMs: event.atMs - atMs }];
  });
  return {
    events,
    waitMs,
    acknowledgeDueMs: breach?.type === 'clock.breached' ? breach.dueAtMs - atMs : null,
    steps,
  };
}

/** Tiers that ask nobody whom the tier below has not just asked. */
export function repeatedTiers({ steps }: Walked): readonly Tier[] {
  return steps.flatMap(({ tier, people }) => {
    const below = steps.find((step) => step.tier === tier - 1);
    return below !== undefined && people.length > 0 && people.every((person) => below.people.includes(person))
      ? [tier]
      : [];
  });
}

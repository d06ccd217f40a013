import type { ForecastView } from '../../contracts/schemas/escalation.ts';
import { forecast, type ForecastOptions } from '../../domain/escalation/forecast.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import type { Target } from '../../domain/escalation/vocabulary.ts';
import type { Hosted } from './surroundings.ts';
import { instantOf } from './units.ts';

type Step = ForecastView['steps'][number];
export type ResolveRecipients = (targets: readonly Target[], atMs: number) => Promise<readonly string[]>;

/** Further ahead nothing is foretold. */
const horizonMs = 30 * 24 * 3_600_000;
const maxDecisions = 400;
/** Each pass learns who is on call at the instants that it came by; a path that keeps changing is cut off. */
const maxPasses = 12;

function keyOf(targets: readonly Target[], atMs: number): string {
  return JSON.stringify([targets, atMs]);
}

/** What happens next if nobody acts, with the people whom each page would reach. */
export async function forecastView(hosted: Hosted, resolve: ResolveRecipients): Promise<ForecastView> {
  const { state, context } = hosted;
  const known = new Map<string, readonly string[]>();
  for (let pass = 1; ; pass += 1) {
    const wanted = new Map<string, Promise<readonly string[]>>();
    const resolveTargets: ForecastOptions['resolveTargets'] = (targets, atMs) => {
      const key = keyOf(targets, atMs);
      const found = known.get(key);
      if (found === undefined && !wanted.has(key)) wanted.set(key, resolve(targets, atMs));
      return found ?? ['?'];
    };
    const outcome = forecast(state, context, { resolveTargets, untilMs: context.nowMs + horizonMs, maxDecisions });
    if (wanted.size === 0 || pass === maxPasses) {
      await Promise.allSettled(wanted.values());
      return {
        asOf: instantOf(context.nowMs),
        seq: state.seq,
        steps: stepsOf(outcome.events),
        complete: outcome.complete && wanted.size === 0,
      };
    }
    for (const [key, people] of wanted) known.set(key, await people);
  }
}

function stepsOf(events: readonly EscalationEvent[]): Step[] {
  const reached = new Map<string, readonly string[]>();
  for (const event of events) if (event.type === 'page.sent') reached.set(event.pageId, event.recipients);
  return events.flatMap((event) => {
    const step = stepOf(event, reached);
    return step === null ? [] : [{ at: instantOf(event.atMs), kind: event.type, ...step }];
  });
}

function namesOf(people: readonly string[]): string {
  return people.length === 0 ? 'nobody' : people.join(', ');
}

/** The events that a person wants to know beforehand; the rest is book-keeping. */
function stepOf(
  event: EscalationEvent,
  reached: ReadonlyMap<string, readonly string[]>,
): Omit<Step, 'at' | 'kind'> | null {
  switch (event.type) {
    case 'tier.entered':
      return {
        tier: event.tier,
        cause: event.cause,
        summary: `Goes to tier ${event.tier} (${event.cause.replaceAll('_', ' ')}); an answer is awaited until ${instantOf(event.acknowledgeByMs)}`,
      };
    case 'page.requested': {
      const recipients = reached.get(event.pageId) ?? [];
      return {
        tier: event.tier,
        targets: event.targets.map((target) => ({ kind: target.kind, id: target.id })),
        recipients: [...recipients],
        cause: event.cause,
        summary: `Pages ${namesOf(recipients)}`,
      };
    }
    case 'page.held':
      return {
        tier: event.tier,
        cause: event.cause,
        summary: `The page waits until ${instantOf(event.untilMs)} (${event.reason.replaceAll('_', ' ')})`,
      };
    case 'step.uncovered':
      return { tier: event.tier, summary: `Tier ${event.tier} reaches nobody` };
    case 'tiers.exhausted':
      return { summary: `Nobody has answered in ${event.rounds} rounds: it waits for people, marked as unheard` };
    case 'clock.warned':
      return {
        clock: event.clock,
        summary: `${event.percent} % of the ${event.clock.replaceAll('_', ' ')} time has run`,
      };
    case 'clock.breached':
      return { clock: event.clock, summary: `The ${event.clock.replaceAll('_', ' ')} deadline is missed` };
    case 'severity.changed':
      return { cause: event.cause, summary: `Severity becomes ${event.to}` };
    case 'update.promised':
      return { cause: event.cause, summary: `An update is owed to ${event.audience.replaceAll('_', ' ')}` };
    case 'escalation.resumed':
      return { cause: event.cause, summary: 'The pause ends' };
    default:
      return null;
  }
}

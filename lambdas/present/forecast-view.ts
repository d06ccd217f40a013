import type { ForecastView } from '../../contracts/schemas/escalation.ts';
import { forecast, type ForecastOptions } from '../../domain/escalation/forecast.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import type { Directory } from '../../domain/policy/directory.ts';
import { turnOfPage } from '../../domain/escalation/page-id.ts';
import { resolveRecipients } from '../../domain/policy/resolve-targets.ts';
import type { Hosted } from './surroundings.ts';
import { instantOf } from './units.ts';

type Step = ForecastView['steps'][number];

const dayMs = 24 * 3_600_000;
/** Further ahead nothing is foretold. */
const horizonMs = 30 * dayMs;
/** Most forecasts end within so long; who is on call after that is looked up only when it matters. */
const firstLookMs = 3 * dayMs;
const maxDecisions = 400;

/** People and schedules over a range, half-open, in epoch ms. */
export type DirectoryBetween = (fromMs: number, untilMs: number) => Promise<Directory>;

/** What happens next if nobody acts, with the people whom each page would reach. */
export async function forecastView({ state, context }: Hosted, between: DirectoryBetween): Promise<ForecastView> {
  const fromMs = Math.floor(context.nowMs / dayMs) * dayMs;
  const lastMs = context.nowMs + horizonMs;
  for (let untilMs = fromMs + firstLookMs; ;) {
    const directory = await between(fromMs, untilMs);
    let beyondMs = 0;
    const resolveTargets: ForecastOptions['resolveTargets'] = (targets, atMs, pageId) => {
      if (atMs < untilMs) return resolveRecipients(directory, targets, atMs, turnOfPage(pageId));
      beyondMs = Math.max(beyondMs, atMs);
      return ['?'];
    };
    const outcome = forecast(state, context, { resolveTargets, untilMs: lastMs, maxDecisions });
    if (beyondMs === 0) {
      return {
        asOf: instantOf(context.nowMs),
        seq: state.seq,
        steps: stepsOf(outcome.events),
        complete: outcome.complete,
      };
    }
    // The path beyond may change with who is found there: look as far as it went, and half as far again.
    untilMs = Math.min(fromMs + Math.ceil(((beyondMs - fromMs) * 1.5) / dayMs) * dayMs, lastMs + dayMs);
  }
}

/** What a person wants to know of decided events, with the people whom each page reaches. */
export function stepsOf(events: readonly EscalationEvent[]): Step[] {
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
    case 'climb.deferred':
      return {
        clock: event.clock,
        summary: `The tier moves up for it at ${instantOf(event.untilMs)}: until then its people may answer`,
      };
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

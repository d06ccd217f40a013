import type { EscalationEvent } from '../../domain/escalation/events.ts';
import type { Target } from '../../domain/escalation/vocabulary.ts';
import type { Directory } from '../../domain/policy/directory.ts';
import { formatDuration } from '../../domain/policy/duration.ts';
import { turnOfPage } from '../../domain/escalation/page-id.ts';
import { resolveTargets } from '../../domain/policy/resolve-targets.ts';

/** One thing that would happen. */
export interface ForecastLine {
  readonly atMs: number;
  readonly text: string;
}

/** What a forecast says, in words, in the order of time: pages with their people and contacts, warnings, breaches. */
export function forecastLines(events: readonly EscalationEvent[], directory: Directory): readonly ForecastLine[] {
  const requests = new Map(
    events.flatMap((event) => (event.type === 'page.requested' ? [[event.pageId, event] as const] : [])),
  );
  const lines = events.flatMap((event): readonly ForecastLine[] => {
    if (event.type === 'page.sent') {
      const request = requests.get(event.pageId);
      return request === undefined ? [] : pageLines(event.atMs, request, event.recipients, directory);
    }
    const text = textOf(event);
    return text === null ? [] : [{ atMs: event.atMs, text }];
  });
  return lines.toSorted((a, b) => a.atMs - b.atMs);
}

function pageLines(
  atMs: number,
  request: Extract<EscalationEvent, { type: 'page.requested' }>,
  recipients: readonly string[],
  directory: Directory,
): readonly ForecastLine[] {
  const { attempts, first } = attemptsOf(directory, request, atMs, recipients);
  const cause = request.isStep ? '' : ` (${request.cause.replaceAll('_', ' ')})`;
  const people = recipients.map((id) => directory.people[id]?.name ?? id).join(', ');
  return [
    { atMs, text: `pages ${people} by ${request.targets.map(targetText).join(', ')}${cause}${first}` },
    ...attempts,
  ];
}

/** Contacts that are tried later than the page itself, each a line of its own. */
function attemptsOf(
  directory: Directory,
  request: Extract<EscalationEvent, { type: 'page.requested' }>,
  atMs: number,
  recipients: readonly string[],
): { readonly attempts: readonly ForecastLine[]; readonly first: string } {
  const found = resolveTargets(directory, request.targets, atMs, turnOfPage(request.pageId)).recipients.filter(
    ({ personId }) => recipients.includes(personId),
  );
  const attempts = found.flatMap(({ personId, attempts: plan }) =>
    plan
      .filter((attempt) => attempt.atMs > atMs)
      .map((attempt) => ({
        atMs: attempt.atMs,
        text: `  tries ${directory.people[personId]?.name ?? personId} by ${attempt.channel}, if still unheard`,
      })),
  );
  const delayed = found.length > 0 && found.every(({ attempts: plan }) => (plan[0]?.atMs ?? atMs) > atMs);
  return { attempts, first: delayed ? ', by nothing that rings at once' : '' };
}

export function targetText(target: Target): string {
  return target.kind === 'team' && target.inTurn === true ? `next-of:${target.id}` : `${target.kind}:${target.id}`;
}

function textOf(event: EscalationEvent): string | null {
  switch (event.type) {
    case 'tier.entered':
      return `tier ${event.tier}, walk ${event.round} (${event.cause.replaceAll('_', ' ')}): an answer within ${formatDuration(event.acknowledgeByMs - event.atMs)}`;
    case 'page.held':
      return `a page waits ${formatDuration(event.untilMs - event.atMs)} (${event.reason.replaceAll('_', ' ')})`;
    case 'page.suppressed':
      return `a page that waited is dropped (${event.reason})`;
    case 'step.uncovered':
      return `NOBODY is there for tier ${event.tier}`;
    case 'tiers.exhausted':
      return `the last walk has gone unheard (${event.rounds}): it waits for people`;
    case 'climb.deferred':
      return `the tier moves up for it in ${formatDuration(event.untilMs - event.atMs)}: its people have that time left`;
    case 'clock.warned':
      return `warning: ${event.percent} % of the ${event.clock} time has run`;
    case 'clock.breached':
      return `BREACH of the ${event.clock} clock`;
    case 'severity.changed':
      return `severity ${event.from} becomes ${event.to} (${event.cause.replaceAll('_', ' ')})`;
    case 'update.promised':
      return `an update is owed to ${event.audience.replaceAll('_', ' ')} (${event.cause.replaceAll('_', ' ')})`;
    default:
      return null;
  }
}

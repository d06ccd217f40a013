import type { EscalationEvent, PageCause } from '../../escalation/events.ts';
import type { ClockName, Severity, Tier } from '../../escalation/vocabulary.ts';

/** A page, as two versions of a policy are compared by it. */
export interface OutcomePage {
  /** Equal keys are the same page, earlier or later: tier, cause, and which of its kind. */
  readonly key: string;
  readonly tier: Tier;
  readonly cause: string;
  readonly atMs: number;
}

export interface OutcomeBreach {
  readonly key: string;
  readonly clock: ClockName;
  readonly dueAtMs: number;
}

/** What a log amounts to. */
export interface Outcomes {
  readonly severity: Severity;
  readonly pages: readonly OutcomePage[];
  readonly breaches: readonly OutcomeBreach[];
  readonly exhausted: boolean;
}

export interface OutcomeChange {
  readonly escalationId: string;
  readonly severity: Severity;
  readonly kind: 'page' | 'breach';
  readonly change: 'added' | 'avoided' | 'earlier' | 'later';
  /** `tier 2 not_acknowledged`, `resolve`. */
  readonly what: string;
  readonly atMs: number;
}

/** Pages that go to a person by name: the tier that the escalation is at makes no difference. */
const toOnePerson: readonly PageCause[] = ['assigned', 'handed_off'];

export function outcomesOf(log: readonly EscalationEvent[]): Outcomes {
  const [received] = log;
  if (received?.type !== 'escalation.received') throw new Error('a log begins with its intake');
  const counts = new Map<string, number>();
  const numbered = (key: string): string => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return `${key} ${count}`;
  };
  const pages: OutcomePage[] = [];
  const breaches: OutcomeBreach[] = [];
  let exhausted = false;
  for (const event of log) {
    if (event.type === 'page.requested') {
      const key = numbered(toOnePerson.includes(event.cause) ? event.cause : `tier ${event.tier} ${event.cause}`);
      pages.push({ key, tier: event.tier, cause: event.cause, atMs: event.atMs });
    } else if (event.type === 'clock.breached') {
      breaches.push({ key: `${event.clock} ${event.cycle}`, clock: event.clock, dueAtMs: event.dueAtMs });
    } else if (event.type === 'tiers.exhausted') exhausted = true;
  }
  return { severity: received.severity, pages, breaches, exhausted };
}

/** What has changed between two versions of one escalation: pages by tier and cause, breaches by clock and cycle. */
export function compareOutcomes(escalationId: string, before: Outcomes, after: Outcomes): readonly OutcomeChange[] {
  const { severity } = before;
  const pages = compare(
    before.pages.map((page) => ({ key: page.key, atMs: page.atMs })),
    after.pages.map((page) => ({ key: page.key, atMs: page.atMs })),
  ).map((change) => ({ ...change, escalationId, severity, kind: 'page' as const }));
  const breaches = compare(
    before.breaches.map((breach) => ({ key: breach.key, atMs: breach.dueAtMs })),
    after.breaches.map((breach) => ({ key: breach.key, atMs: breach.dueAtMs })),
  ).map((change) => ({ ...change, escalationId, severity, kind: 'breach' as const }));
  return [...pages, ...breaches];
}

/** A page that moves by less has not moved: recorded ones are as late as the desk was busy. */
const latenessMs = 5_000;

interface Keyed {
  readonly key: string;
  readonly atMs: number;
}

type Change = Pick<OutcomeChange, 'change' | 'what' | 'atMs'>;

function compare(before: readonly Keyed[], after: readonly Keyed[]): readonly Change[] {
  const was = new Map(before.map((item) => [item.key, item]));
  const is = new Map(after.map((item) => [item.key, item]));
  const avoided = before.filter((item) => !is.has(item.key)).map((item) => changeOf('avoided', item));
  const rest = after.flatMap((item): readonly Change[] => {
    const old = was.get(item.key);
    if (old === undefined) return [changeOf('added', item)];
    return Math.abs(old.atMs - item.atMs) < latenessMs
      ? []
      : [changeOf(old.atMs < item.atMs ? 'later' : 'earlier', item)];
  });
  return [...avoided, ...rest];
}

function changeOf(change: OutcomeChange['change'], item: Keyed): Change {
  return { change, what: nameOf(item), atMs: item.atMs };
}

/** Without the number of its kind. */
function nameOf({ key }: Keyed): string {
  return key.replace(/ \d+$/, '');
}

import { ALWAYS_OPEN } from '../../../domain/calendar/open-hours.ts';
import { forecast } from '../../../domain/escalation/forecast.ts';
import type { EscalationEvent } from '../../../domain/escalation/events.ts';
import { clockNames } from '../../../domain/escalation/vocabulary.ts';
import type { ClockName, Severity } from '../../../domain/escalation/vocabulary.ts';
import { kindsOf, mostKinds, type EscalationKind } from '../../../domain/policy/check/kinds.ts';
import { clockRuleFor } from '../../../domain/policy/match.ts';
import type { ClockRule, Policy } from '../../../domain/policy/policy.ts';
import { receivedUnder } from '../../../domain/policy/virtual-escalation.ts';
import { causeIn, targetName } from '../escalation/describe.ts';
import { t } from '../strings/index.ts';

export interface PreviewStep {
  /** After the escalation was received, in ms. */
  readonly afterMs: number;
  readonly kind: 'tier' | 'page' | 'warning' | 'breach' | 'end';
  readonly text: string;
}

export interface Preview {
  readonly steps: readonly PreviewStep[];
  /** How long each tier is asked, in the order of the walk. */
  readonly walk: readonly { readonly tier: number; readonly fromMs: number; readonly untilMs: number }[];
  /** Clocks that count business hours, which this page does not have: they are left out, not counted as 24x7. */
  readonly leftOut: readonly ClockName[];
  /** Quiet hours and windows, which need an instant: they are left out too. */
  readonly holds: readonly string[];
}

const horizonMs = 7 * 86_400_000;
const maxSteps = 60;
/** Any instant: every time of the preview is told from here. */
const startMs = 1_800_000_000_000;

type Clocks = Policy['severities'][Severity]['clocks'];

function isAlways(rule: ClockRule | undefined): boolean {
  return rule === undefined || rule.calendar === ALWAYS_OPEN.id;
}

function withoutCalendars(
  policy: Policy,
  facts: EscalationKind['facts'],
): { readonly policy: Policy; readonly leftOut: readonly ClockName[] } {
  const { sev1, sev2, sev3, sev4 } = policy.severities;
  const start = { ...facts, accountClass: facts.accountClass ?? null };
  return {
    policy: {
      ...policy,
      holds: [],
      clockOverrides: (policy.clockOverrides ?? []).map((override) =>
        isAlways(override.rule ?? undefined) ? override : { ...override, rule: null },
      ),
      severities: {
        sev1: { ...sev1, clocks: roundTheClock(sev1.clocks) },
        sev2: { ...sev2, clocks: roundTheClock(sev2.clocks) },
        sev3: { ...sev3, clocks: roundTheClock(sev3.clocks) },
        sev4: { ...sev4, clocks: roundTheClock(sev4.clocks) },
      },
    },
    leftOut: clockNames.filter((name) => !isAlways(clockRuleFor(policy, start, name))),
  };
}

/** The clocks that count every minute. */
function roundTheClock(clocks: Clocks): Clocks {
  return Object.fromEntries(Object.entries(clocks).filter(([, rule]) => isAlways(rule)));
}

/** Those whom the policy promises something else, the others first; windows are told of apart. */
export function kindsOfPreview(policy: Policy, severity: Severity): readonly EscalationKind[] {
  return kindsOf({ ...policy, holds: [] }, severity).slice(0, mostKinds);
}

/** Runs the core over virtual time, here in the browser: what the policy does when nobody acts. */
export function previewOf(policy: Policy, kind: EscalationKind): Preview {
  const { policy: run, leftOut } = withoutCalendars(policy, kind.facts);
  const start = receivedUnder(run, { ...kind.facts, atMs: startMs });
  const { events } = forecast(
    start,
    { escalationId: 'preview', nowMs: startMs, policy: run, calendars: {}, calendarPins: {} },
    { resolveTargets: (targets) => targets.map(targetName), untilMs: startMs + horizonMs, maxDecisions: 200 },
  );
  const holds = holdsFor(policy, kind.facts.severity);
  return { steps: events.flatMap(stepOf).slice(0, maxSteps), walk: walkOf(events), leftOut, holds };
}

/** What may make its pages wait, in words. */
function holdsFor(policy: Policy, severity: Severity): readonly string[] {
  return (policy.holds ?? []).flatMap((hold) => {
    if (hold.kind === 'maintenance') return [t.policies.maintenanceWindow(hold.name)];
    if (!hold.severities.includes(severity)) return [];
    return [t.policies.quietHours(hold.severities.map((each) => t.severity[each]).join(', '), hold.calendar)];
  });
}

function stepOf(event: EscalationEvent): readonly PreviewStep[] {
  const afterMs = event.atMs - startMs;
  switch (event.type) {
    case 'tier.entered':
      return [{ afterMs, kind: 'tier', text: t.forecast.tier(event.tier, causeIn(t.events.tierCause, event.cause)) }];
    case 'page.requested':
      return [
        {
          afterMs,
          kind: 'page',
          text: t.forecast.pages(
            event.targets.map(targetName).join(', '),
            null,
            causeIn(t.events.pageCause, event.cause),
          ),
        },
      ];
    case 'clock.warned':
      return [{ afterMs, kind: 'warning', text: t.forecast.warning(t.clock[event.clock]) }];
    case 'clock.breached':
      return [{ afterMs, kind: 'breach', text: t.forecast.breach(t.clock[event.clock]) }];
    case 'tiers.exhausted':
      return [{ afterMs, kind: 'end', text: t.events.tiersExhausted(event.rounds) }];
    default:
      return [];
  }
}

function walkOf(events: readonly EscalationEvent[]): Preview['walk'] {
  const exhausted = events.find((event) => event.type === 'tiers.exhausted');
  const endMs = exhausted?.atMs ?? Number.POSITIVE_INFINITY;
  const entered = events.flatMap((event) => (event.type === 'tier.entered' && event.atMs < endMs ? [event] : []));
  return entered.map((event, index) => ({
    tier: event.tier,
    fromMs: event.atMs - startMs,
    untilMs: (entered[index + 1]?.atMs ?? exhausted?.atMs ?? event.acknowledgeByMs) - startMs,
  }));
}

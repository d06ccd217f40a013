import fc from 'fast-check';
import type { OpenHours } from '../../../domain/calendar/open-hours.ts';
import { isPersonCommand } from '../../../domain/escalation/decide.ts';
import type { Command } from '../../../domain/escalation/commands.ts';
import type { EscalationEvent } from '../../../domain/escalation/events.ts';
import { evolve } from '../../../domain/escalation/evolve.ts';
import { nextWakeAtMs } from '../../../domain/escalation/next-wake.ts';
import { recordOf, type EscalationRecord } from '../../../domain/escalation/record.ts';
import type { Escalation } from '../../../domain/escalation/state.ts';
import { severities, systemActor, tiers } from '../../../domain/escalation/vocabulary.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { decideBatch, type Surroundings, type Waiting } from '../../../workflows/batch.ts';
import { clockRule, dana, hour, minute, omar, policy, received, startMs, text } from '../escalation/given.ts';

const day = 24 * hour;
const midnightMs = startMs - 9 * hour;

/** Open from one hour of the day to another, every day but the weekend, for half a year around the start. */
function weekdays(id: string, fromHour: number, toHour: number, days = 180): OpenHours {
  const all = Array.from({ length: days }, (_, index) => index - 30);
  return {
    id,
    coveredFromMs: midnightMs - 30 * day,
    coveredUntilMs: midnightMs + (days - 30) * day,
    // The first of these days is a Monday.
    intervals: all
      .filter((number) => ((number % 7) + 7) % 7 < 5)
      .map(
        (number) => [midnightMs + number * day + fromHour * hour, midnightMs + number * day + toHour * hour] as const,
      ),
  };
}

export const calendars: Readonly<Record<string, OpenHours>> = {
  office: weekdays('office', 8, 17),
  summer: weekdays('summer', 10, 15),
  /** Ends soon: a deadline beyond is unknown. */
  short: weekdays('short', 8, 17, 33),
};

/** Promises that count by office hours, warn at odd shares, can be paused, and move tiers and severities when missed. */
export const officePolicy: Policy = {
  ...policy,
  name: 'office',
  severities: {
    sev1: {
      ...policy.severities.sev1,
      clocks: {
        ...policy.severities.sev1.clocks,
        resolve: clockRule(4 * hour, { pausable: true, warnAtPercent: [50, 75] }),
      },
    },
    sev2: {
      ...policy.severities.sev2,
      clocks: {
        acknowledge: clockRule(15 * minute, { calendar: 'office', warnAtPercent: [7, 55] }),
        first_update: clockRule(hour, { calendar: 'office', pausable: true, onBreach: [{ kind: 'raise_severity' }] }),
        next_update: clockRule(2 * hour, { calendar: 'office', pausable: true }),
        resolve: clockRule(9 * hour, {
          calendar: 'office',
          pausable: true,
          warnAtPercent: [29, 57],
          onWarning: [{ kind: 'page_tier' }],
          onBreach: [{ kind: 'escalate_tier' }, { kind: 'raise_severity' }],
        }),
        rca: clockRule(72 * hour),
      },
      repageIdleAfterMs: 5 * hour,
    },
    sev3: {
      ...policy.severities.sev3,
      clocks: {
        acknowledge: clockRule(30 * minute, { calendar: 'office' }),
        first_update: clockRule(90 * minute, { calendar: 'office', onBreach: [{ kind: 'raise_severity' }] }),
        resolve: clockRule(27 * hour + 7, { calendar: 'office', pausable: false, warnAtPercent: [14, 28, 56] }),
      },
    },
    // No promise to resolve: it comes with a higher severity.
    sev4: { ...policy.severities.sev4, clocks: { first_update: clockRule(8 * hour, { calendar: 'office' }) } },
  },
};

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Command>({ type: 'acknowledge' }, { type: 'resume' }) },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Command>(
      { type: 'start-investigation' },
      { type: 'note', text },
      { type: 'send-update', audience: 'internal', text },
      { type: 'escalate', reason: text },
      { type: 'reopen', reason: text },
      { type: 'report-clear', source: 'monitor' },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Command>(
      { type: 'resolve', code: 'fixed', summary: text },
      { type: 'submit-rca', text },
      { type: 'approve-rca' },
      { type: 'close' },
      { type: 'pin-calendar', calendarId: 'office' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Command>({ type: 'cancel', reason: text }, { type: 'merge', into: 'esc_b' }),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...severities)
      .map((severity): Command => ({ type: 'change-severity', severity, reason: text })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...tiers).map((toTier): Command => ({ type: 'de-escalate', reason: text, toTier })),
  },
  {
    weight: 4,
    arbitrary: fc
      .integer({ min: 1, max: 40 * hour })
      .map((ms): Command => ({ type: 'pause', reason: 'legal_hold', untilMs: startMs + ms })),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 3_000 }).map((count): Command => ({ type: 'count-occurrences', count })),
  },
);

export interface Step {
  readonly commands: readonly Command[];
  readonly afterMs: number;
  /** Whether the system was there in between: otherwise everything due meanwhile is handled late. */
  readonly awake: boolean;
  readonly person: 'dana' | 'omar';
  readonly pin: 'office' | 'summer' | 'short';
}

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    commands: fc.array(commands, { minLength: 0, maxLength: 3 }),
    afterMs: fc.oneof(
      fc.integer({ min: 0, max: 2 * hour }),
      fc.constantFrom(0, 1, 15 * minute, 30 * minute, hour, 8 * hour, 9 * hour, 16 * hour, 3 * day),
    ),
    awake: fc.boolean(),
    person: fc.constantFrom('dana' as const, 'omar' as const),
    pin: fc.constantFrom('office' as const, 'office' as const, 'summer' as const, 'short' as const),
  }),
  { maxLength: 25 },
);

export interface Played {
  readonly log: readonly EscalationEvent[];
  readonly state: Escalation;
  readonly record: EscalationRecord;
  readonly nowMs: number;
}

/** Runs an escalation through the real core as its workflow does: commands in batches, wake-ups in between. */
export function play(list: readonly Step[], using: Policy, severity: (typeof severities)[number]): Played {
  const log: EscalationEvent[] = [received(severity, using.name)];
  let state = evolve(null, received(severity, using.name));
  let nowMs = startMs;
  let pinned: Step['pin'] = 'office';
  const run = (waiting: readonly Waiting[]): void => {
    const surroundings: Surroundings = {
      escalationId: 'esc_test',
      nowMs,
      policy: using,
      calendars,
      calendarPins: { office: pinned },
    };
    const batch = decideBatch(state, waiting, surroundings, () => undefined);
    log.push(...batch.events);
    state = batch.state;
  };
  const settle = (): void => {
    for (let page = state.pendingPages[0]; page !== undefined; page = state.pendingPages[0]) {
      const outcome = { kind: 'sent', recipients: ['someone'] } as const;
      run([{ kind: 'system', command: { type: 'record-page', pageId: page.pageId, outcome }, actor: systemActor }]);
    }
  };
  run([{ kind: 'system', command: { type: 'begin' }, actor: systemActor }]);
  for (const [index, step] of list.entries()) {
    const untilMs = nowMs + step.afterMs;
    for (let wakes = 0; step.awake && wakes < 200; wakes += 1) {
      const wakeAtMs = nextWakeAtMs(state, using, calendars);
      if (wakeAtMs === null || wakeAtMs > untilMs) break;
      nowMs = Math.max(nowMs + (wakeAtMs <= nowMs ? 1 : 0), wakeAtMs);
      run([]);
      settle();
    }
    nowMs = Math.max(nowMs, untilMs);
    pinned = step.pin;
    run(
      step.commands.map((command, place): Waiting => {
        if (!isPersonCommand(command)) return { kind: 'system', command, actor: systemActor };
        const actor = step.person === 'dana' ? dana : omar;
        const message = { commandId: `cmd_${index}_${place}`, bodyHash: 'b', actor, command };
        return { kind: 'command', message };
      }),
    );
    if (step.awake) settle();
  }
  return { log, state, nowMs, record: recordOf('esc_test', state, using, calendars) };
}

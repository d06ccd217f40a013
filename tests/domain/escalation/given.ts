import { decide } from '../../../domain/escalation/decide.ts';
import { stamp } from '../../support/stamp.ts';
import type { Command, Decision, DecisionContext, RefusalCode } from '../../../domain/escalation/commands.ts';
import type { EscalationEvent, EventBody, EventType } from '../../../domain/escalation/events.ts';
import { evolve, fold } from '../../../domain/escalation/evolve.ts';
import { nextWakeAtMs } from '../../../domain/escalation/next-wake.ts';
import type { Escalation } from '../../../domain/escalation/state.ts';
import { systemActor, type Actor, type Severity } from '../../../domain/escalation/vocabulary.ts';
import type { ClockRule, Policy, SeverityRule } from '../../../domain/policy/policy.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const startMs = Date.UTC(2026, 0, 5, 9, 0, 0);
export const dana: Actor = { kind: 'person', id: 'dana' };
export const omar: Actor = { kind: 'person', id: 'omar' };
export const text = { id: 'txt_1', hash: 'h1' };

export function clockRule(targetMs: number, more: Partial<ClockRule> = {}): ClockRule {
  return { targetMs, calendar: 'always', warnAtPercent: [75], onWarning: [], onBreach: [], pausable: false, ...more };
}

function severityRule(scale: number, rcaRequired: boolean): SeverityRule {
  return {
    clocks: {
      acknowledge: clockRule(15 * minute * scale),
      first_update: clockRule(30 * minute * scale),
      next_update: clockRule(60 * minute * scale),
      resolve: clockRule(4 * hour * scale, { pausable: true, onBreach: [{ kind: 'escalate_tier' }] }),
      rca: clockRule(72 * hour),
      action: clockRule(240 * hour),
    },
    rcaRequired,
    repageIdleAfterMs: null,
  };
}

const within = { sev1: 5 * minute, sev2: 15 * minute, sev3: 30 * minute, sev4: 60 * minute };

export const policy: Policy = {
  name: 'test',
  version: 1,
  hash: 'test-1',
  excludedFromMetrics: false,
  tiers: [
    { tier: 1, targets: [{ kind: 'team', id: 'frontline' }], acknowledgeWithinMs: within },
    { tier: 2, targets: [{ kind: 'team', id: 'specialists' }], acknowledgeWithinMs: within },
    { tier: 3, targets: [{ kind: 'person', id: 'lead' }], acknowledgeWithinMs: within },
    { tier: 4, targets: [{ kind: 'person', id: 'director' }], acknowledgeWithinMs: within },
  ],
  repeats: 1,
  fallback: [{ kind: 'person', id: 'duty-manager' }],
  severities: {
    sev1: severityRule(1, true),
    sev2: severityRule(2, true),
    sev3: severityRule(4, false),
    sev4: severityRule(8, false),
  },
  volumeRules: [
    { atCount: 100, raiseTo: 'sev2' },
    { atCount: 1_000, raiseTo: 'sev1' },
  ],
  machineClear: { beforeAcknowledge: 'resolve', duringWork: 'record' },
};

export function received(severity: Severity = 'sev2', policyName = 'test'): EscalationEvent {
  return {
    type: 'escalation.received',
    seq: 1,
    atMs: startMs,
    actor: omar,
    title: text,
    channel: 'external',
    category: 'regulatory',
    severity,
    policy: { name: policyName, version: 1 },
    source: 'api',
  };
}

/** An escalation under test: given events, when commands, then events or a refusal. */
export interface Case {
  state(): Escalation;
  log(): readonly EscalationEvent[];
  /** Runs a command and keeps what it leads to. Commands of people are Dana's unless said otherwise. */
  when(command: Command, more?: Partial<DecisionContext>): Decision;
  /** Lets time pass to the next wake-ups, up to and including `untilMs`, answering pages as reached. */
  fastForward(untilMs: number, options?: { reached?: boolean }): Case;
  at(ms: number): Case;
  types(): readonly EventType[];
  since(seq: number): readonly EventType[];
  wakeAtMs(): number | null;
}

export function given(events: readonly EscalationEvent[] = [received()], using: Policy = policy): Case {
  let state = fold(events);
  if (state === null) throw new Error('no events');
  const log: EscalationEvent[] = [...events];
  let nowMs = state.updatedAtMs;
  const context = (actor: Actor): DecisionContext => ({
    escalationId: 'esc_test',
    nowMs,
    actor,
    policy: using,
    calendars: {},
    calendarPins: {},
  });
  const run = (command: Command, actor: Actor, more: Partial<DecisionContext> = {}): Decision => {
    const current = self.state();
    const ctx = { ...context(actor), ...more };
    const decision = decide(current, command, ctx);
    if (decision.kind === 'accepted') {
      for (const event of stamp(current, decision.events, { nowMs: ctx.nowMs, actor: ctx.actor })) {
        state = evolve(state, event);
        log.push(event);
      }
    }
    return decision;
  };
  const systemTypes = [
    'begin',
    'take-up',
    'wake',
    'record-page',
    'count-occurrences',
    'pin-calendar',
    'merge',
    'report-clear',
  ];
  const self: Case = {
    state: () => {
      if (state === null) throw new Error('no state');
      return state;
    },
    log: () => log,
    when: (command, more) => run(command, systemTypes.includes(command.type) ? systemActor : dana, more),
    fastForward: (untilMs, options = {}) => {
      const settle = (): void => {
        for (let page = self.state().pendingPages[0]; page !== undefined; page = self.state().pendingPages[0]) {
          const outcome =
            options.reached === false
              ? ({ kind: 'uncovered' } as const)
              : ({ kind: 'sent', recipients: ['someone'] } as const);
          run({ type: 'record-page', pageId: page.pageId, outcome }, systemActor);
        }
      };
      settle();
      for (let wake = self.wakeAtMs(); wake !== null && wake <= untilMs; wake = self.wakeAtMs()) {
        nowMs = Math.max(nowMs, wake);
        const decision = run({ type: 'wake' }, systemActor);
        if (decision.kind === 'accepted' && decision.events.length === 0) throw new Error('a wake decided nothing');
        settle();
      }
      nowMs = untilMs;
      return self;
    },
    at: (ms) => {
      nowMs = ms;
      return self;
    },
    types: () => log.map((event) => event.type),
    since: (seq) => log.filter((event) => event.seq > seq).map((event) => event.type),
    wakeAtMs: () => nextWakeAtMs(self.state(), using, {}),
  };
  return self;
}

export function begun(severity: Severity = 'sev2', using: Policy = policy): Case {
  const it = given([received(severity)], using);
  it.when({ type: 'begin' });
  return it;
}

export function bodiesOf(decision: Decision): readonly EventBody[] {
  if (decision.kind === 'refused') throw new Error(`refused: ${decision.code} ${decision.message}`);
  return decision.events;
}

export function refusalOf(decision: Decision): RefusalCode | null {
  return decision.kind === 'refused' ? decision.code : null;
}

import type { EscalationEvent } from '../escalation/events.ts';
import type { ClockName, EscalationState } from '../escalation/vocabulary.ts';

/** As much of the lifecycle as decides which clocks may be under way. */
export interface Lifecycle {
  readonly status: EscalationState;
  readonly paused: boolean;
}

const work: readonly EscalationState[] = ['received', 'acknowledged', 'investigating'];
const afterwards: readonly EscalationState[] = ['resolved', 'rca'];

/** The states in which a clock may be under way. */
export const statesOfClock: Readonly<Record<ClockName, readonly EscalationState[]>> = {
  acknowledge: ['received'],
  first_update: work,
  next_update: work,
  resolve: work,
  rca: afterwards,
  action: afterwards,
};

/** Clocks that an event ends, if they are under way, even where the state it leads to is left in the same instant. */
export function clocksEndedBy(event: EscalationEvent): readonly ClockName[] {
  switch (event.type) {
    case 'escalation.acknowledged':
      return ['acknowledge'];
    case 'update.sent':
      return ['first_update', 'next_update'];
    case 'escalation.resolved':
      return ['acknowledge', 'first_update', 'next_update', 'resolve'];
    case 'rca.approved':
      return ['rca'];
    case 'escalation.reopened':
      return ['rca', 'action'];
    default:
      return [];
  }
}

export function lifecycleAfter(before: Lifecycle, event: EscalationEvent): Lifecycle {
  switch (event.type) {
    case 'escalation.acknowledged':
      return before.status === 'received' ? { ...before, status: 'acknowledged' } : before;
    case 'investigation.started':
    case 'escalation.reopened':
      return { ...before, status: 'investigating' };
    case 'escalation.resolved':
      return { ...before, status: 'resolved' };
    case 'rca.submitted':
      return { ...before, status: 'rca' };
    case 'escalation.closed':
      return { status: 'closed', paused: false };
    case 'escalation.cancelled':
      return { status: 'cancelled', paused: false };
    case 'escalation.merged':
      return { status: 'merged', paused: false };
    case 'escalation.paused':
      return { ...before, paused: true };
    case 'escalation.resumed':
      return { ...before, paused: false };
    default:
      return before;
  }
}

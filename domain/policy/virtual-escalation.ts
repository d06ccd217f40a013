import { fold } from '../escalation/evolve.ts';
import type { Escalation } from '../escalation/state.ts';
import { systemActor, type Category, type Channel, type Severity } from '../escalation/vocabulary.ts';
import type { Policy } from './policy.ts';

/** An escalation that nobody filed, to see what a policy would make of it. */
export interface VirtualEscalation {
  readonly severity: Severity;
  readonly channel: Channel;
  readonly category: Category;
  readonly team: string | null;
  readonly accountClass?: string;
  /** Epoch ms at which it comes in. */
  readonly atMs: number;
}

export const virtualEscalationId = 'virtual';

/** The state in which an escalation is received, before the first decision. */
export function receivedUnder(policy: Policy, virtual: VirtualEscalation): Escalation {
  const state = fold([
    {
      type: 'escalation.received',
      seq: 1,
      atMs: virtual.atMs,
      actor: systemActor,
      title: { id: 'virtual', hash: '' },
      channel: virtual.channel,
      category: virtual.category,
      severity: virtual.severity,
      policy: { name: policy.name, version: policy.version },
      source: 'virtual',
      ...(virtual.accountClass === undefined ? {} : { accountClass: virtual.accountClass }),
      ...(virtual.team === null ? {} : { team: virtual.team }),
    },
  ]);
  if (state === null) throw new Error('an escalation that was received has a state');
  return state;
}

import type { Policy } from '../../domain/policy/policy.ts';
import type { PublishedDocument } from '../../contracts/policy/published.ts';
import type { Store } from '../../store/client.ts';
import { readLatestPolicy } from '../../store/policies.ts';
import type { CurrentCalendars } from '../present/surroundings.ts';
import type { EscalationGateway } from '../temporal/escalation-gateway.ts';
import type { SeenKeys } from './seen-keys.ts';
import type { Starter } from './starter.ts';

export interface IntakePorts {
  readonly store: Store;
  readonly gateway: EscalationGateway;
  readonly starter: Starter;
  readonly seenKeys: SeenKeys;
  /** The policy in force under a name; null when there is none. */
  readonly policy: (name: string) => Promise<Policy | null>;
  /** Business calendars in force, kept in the table under their hash before they are used. */
  readonly calendars: CurrentCalendars;
  /** Routing rules and accounts. */
  readonly document: () => Promise<PublishedDocument>;
}

/** Which version is in force is asked again after this long. */
const freshForMs = 5000;

/** Keeps the policies in force for a moment, so that a burst of intakes does not read each of them again. */
export function latestPolicies(store: Store, nowMs: () => number): IntakePorts['policy'] {
  const cache = new Map<string, { readonly atMs: number; readonly policy: Promise<Policy | null> }>();
  return async (name) => {
    const cached = cache.get(name);
    if (cached !== undefined && nowMs() - cached.atMs < freshForMs) return cached.policy;
    const policy = readLatestPolicy(store, name);
    // Names come from callers: what is not known is not kept, or they could fill the memory.
    if (cache.size > 200) cache.clear();
    cache.set(name, { atMs: nowMs(), policy });
    const found = await policy.catch((error: unknown) => {
      cache.delete(name);
      throw error;
    });
    if (found === null) cache.delete(name);
    return found;
  };
}

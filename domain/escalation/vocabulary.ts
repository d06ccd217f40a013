/** The words of the desk. Every list here is closed: the compiler names the places that a new word has to reach. */

export const severities = ['sev1', 'sev2', 'sev3', 'sev4'] as const;
export type Severity = (typeof severities)[number];

export const tiers = [1, 2, 3, 4] as const;
export type Tier = (typeof tiers)[number];

export const channels = [
  'customer_contact',
  'social_media',
  'leadership',
  'external',
  'account_manager',
  'internal_request',
  'monitoring',
  'quality',
] as const;
export type Channel = (typeof channels)[number];

export const categories = [
  'safety',
  'integrity',
  'fraud',
  'regulatory',
  'viral_post',
  'leadership_request',
  'seller_access',
  'service_defect',
  'payments',
  'logistics',
  'privacy',
  'other',
] as const;
export type Category = (typeof categories)[number];

export const escalationStates = [
  'received',
  'acknowledged',
  'investigating',
  'resolved',
  'rca',
  'closed',
  'cancelled',
  'merged',
] as const;
export type EscalationState = (typeof escalationStates)[number];

/** States from which nothing but a reopening (of `closed`) leads on. */
export const endStates = ['closed', 'cancelled', 'merged'] as const;
export const workStates = ['received', 'acknowledged', 'investigating'] as const;

export const clockNames = ['acknowledge', 'first_update', 'next_update', 'resolve', 'rca', 'action'] as const;
export type ClockName = (typeof clockNames)[number];

export const resolutionCodes = [
  'fixed',
  'workaround',
  'customer_recovered',
  'policy_decision',
  'not_reproducible',
  'false_alarm',
  'duplicate',
  'cleared_by_source',
] as const;
export type ResolutionCode = (typeof resolutionCodes)[number];

export const pauseReasons = [
  'waiting_for_customer',
  'waiting_for_third_party',
  'scheduled_work',
  'legal_hold',
] as const;
export type PauseReason = (typeof pauseReasons)[number];

export const updateAudiences = ['account_managers', 'customers', 'leadership', 'internal', 'regulator'] as const;
export type UpdateAudience = (typeof updateAudiences)[number];

export const actorKinds = ['person', 'integration', 'system'] as const;

/** Who caused an event. `id` is an opaque identifier (never a name or an address). */
export interface Actor {
  readonly kind: (typeof actorKinds)[number];
  readonly id: string;
}

export const systemActor: Actor = { kind: 'system', id: 'tierline' };

/** A text that lives outside the log, where it can be erased. `hash` is its SHA-256 in hex. */
export interface TextRef {
  readonly id: string;
  readonly hash: string;
}

/** A page's addressee, resolved to people at the instant of paging. */
export type Target =
  | { readonly kind: 'person'; readonly id: string }
  /** Every member; with `inTurn` one of them, the next with each page. */
  | { readonly kind: 'team'; readonly id: string; readonly inTurn?: true }
  | { readonly kind: 'schedule'; readonly id: string };

export function isOneOf<const T extends readonly unknown[]>(list: T, value: unknown): value is T[number] {
  return list.includes(value);
}

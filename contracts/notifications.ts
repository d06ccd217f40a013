import type { PageCause } from '../domain/escalation/events.ts';
import type { Category, Severity, Tier, UpdateAudience } from '../domain/escalation/vocabulary.ts';

/**
 * What a page says: how bad, what kind, which tier and a link. No title, no text, no name: it leaves the system.
 * SNS delivers at least once; the same `id` is the same page.
 */
export interface PageMessage {
  readonly version: 1;
  readonly kind: 'page';
  /** `<escalation>#<step>#<n>` */
  readonly id: string;
  readonly escalationId: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly tier: Tier;
  readonly cause: PageCause;
  readonly drill: boolean;
  /** Ids of people; the sender of the last mile knows their devices. */
  readonly recipients: readonly string[];
  /** Epoch ms of the decision. */
  readonly decidedAtMs: number;
  readonly link: string;
}

/** What an audience is told: that there is an update, or that one is owed. The text itself is behind the link. */
export interface UpdateMessage {
  readonly version: 1;
  readonly kind: 'update';
  /** `<escalation>#u<n>` */
  readonly id: string;
  readonly escalationId: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly audience: UpdateAudience;
  /** `sent`, or the promise that made it due, such as `resolve_breach`. */
  readonly cause: string;
  readonly textId: string | null;
  readonly drill: boolean;
  /** Ids of people, where the audience is known by name. */
  readonly recipients: readonly string[];
  readonly decidedAtMs: number;
  readonly link: string;
}

/** Who hands a schedule over to whom, told some time before. */
export interface HandoffMessage {
  readonly version: 1;
  readonly kind: 'handoff';
  /** `<schedule>#<instant>` */
  readonly id: string;
  readonly scheduleId: string;
  readonly atMs: number;
  readonly outgoing: readonly string[];
  readonly incoming: readonly string[];
  readonly recipients: readonly string[];
}

/** Message attributes, for subscription filters. */
export function updateAttributes(message: UpdateMessage | HandoffMessage): Readonly<Record<string, string>> {
  const { id, kind } = message;
  return kind === 'handoff' ? { id, kind } : { id, kind, audience: message.audience, severity: message.severity };
}

/** Message attributes, for subscription filters. */
export function pageAttributes(message: PageMessage): Readonly<Record<string, string>> {
  return {
    id: message.id,
    kind: message.kind,
    severity: message.severity,
    tier: String(message.tier),
    cause: message.cause,
    drill: String(message.drill),
  };
}

export function escalationLink(publicUrl: string, escalationId: string): string {
  return `${publicUrl.replace(/\/$/, '')}/escalations/${escalationId}`;
}

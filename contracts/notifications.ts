import type { PageCause } from '../domain/escalation/events.ts';
import type { Category, Severity, Tier } from '../domain/escalation/vocabulary.ts';

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

import { timelineEntry, type TimelineEntry } from '../../contracts/schemas/timeline.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { instantOf, secondsOf } from './units.ts';

export interface StoredText {
  readonly id: string;
  /** null once erased. */
  readonly text: string | null;
}

type Texts = ReadonlyMap<string, StoredText>;
type Delivery = Extract<TimelineEntry, { type: 'page.requested' }>['delivery'];

/** Fields of events that point to a text. */
const textFields = ['title', 'body', 'reason', 'text', 'note', 'summary'] as const;
const instantFields: Readonly<Record<string, string>> = {
  acknowledgeByMs: 'acknowledgeBy',
  coveredUntilMs: 'coveredUntil',
  dueAtMs: 'dueAt',
  untilMs: 'until',
  warnAtMs: 'warnAt',
};

function refOf(field: string, value: unknown): string | null {
  if (!textFields.some((name) => name === field) || typeof value !== 'object' || value === null) return null;
  return 'id' in value && 'hash' in value && typeof value.id === 'string' ? value.id : null;
}

/** Ids of the texts that events point to. */
export function textIdsOf(events: readonly EscalationEvent[]): readonly string[] {
  const ids = events.flatMap((event) => Object.entries(event).flatMap(([field, value]) => refOf(field, value) ?? []));
  return [...new Set(ids)];
}

function shown(field: string, value: unknown, texts: Texts): readonly [string, unknown] {
  const textId = refOf(field, value);
  if (textId !== null) {
    const text = texts.get(textId)?.text ?? null;
    return [field, { id: textId, text, erased: text === null }];
  }
  const instant = instantFields[field];
  if (instant !== undefined && typeof value === 'number') return [instant, instantOf(value)];
  if (field === 'targetMs' && typeof value === 'number') return ['targetSeconds', secondsOf(value)];
  return [field, value];
}

/** What became of each page, by its id, as far as these events tell. */
export function deliveriesOf(events: readonly EscalationEvent[]): ReadonlyMap<string, Delivery> {
  const deliveries = new Map<string, Delivery>();
  for (const event of events) {
    const at = instantOf(event.atMs);
    switch (event.type) {
      case 'page.requested':
        deliveries.set(event.pageId, { status: 'pending', recipients: [], reason: null, at: null });
        break;
      case 'page.sent':
        deliveries.set(event.pageId, { status: 'sent', recipients: [...event.recipients], reason: null, at });
        break;
      case 'page.suppressed':
        deliveries.set(event.pageId, { status: 'suppressed', recipients: [], reason: event.reason, at });
        break;
      case 'page.failed':
        deliveries.set(event.pageId, { status: 'failed', recipients: [], reason: event.reason, at });
        break;
      case 'step.uncovered':
        deliveries.set(event.pageId, { status: 'uncovered', recipients: [], reason: 'nobody_on_call', at });
        break;
      default:
        break;
    }
  }
  return deliveries;
}

/** One event as the timeline shows it. @throws ZodError when an event has a form that the contract does not know */
export function timelineEntryOf(
  event: EscalationEvent,
  texts: Texts,
  deliveries: ReadonlyMap<string, Delivery>,
): TimelineEntry {
  const { seq, atMs, actor, commandId, type, ...body } = event;
  const detail = Object.fromEntries(Object.entries(body).map(([field, value]) => shown(field, value, texts)));
  return timelineEntry.parse({
    seq,
    at: instantOf(atMs),
    actor: { kind: actor.kind, id: actor.id },
    ...(commandId === undefined ? {} : { commandId }),
    type,
    detail,
    ...(event.type === 'page.requested' ? { delivery: deliveries.get(event.pageId) } : {}),
  });
}

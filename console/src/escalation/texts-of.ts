import type { TimelineEntry } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { describeEntry } from './describe.ts';

/** A text of an escalation that is still there. */
export interface ErasableText {
  readonly id: string;
  /** What it is: the title, the description, or what somebody did. */
  readonly label: string;
  readonly text: string;
}

function isText(value: unknown): value is { readonly id: string; readonly text: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'erased' in value &&
    'text' in value &&
    typeof value.text === 'string'
  );
}

/** The texts that the events point to and that were not erased, in the order in which they came. */
export function textsOf(entries: readonly TimelineEntry[]): readonly ErasableText[] {
  return entries.flatMap((entry) =>
    Object.entries(entry.detail).flatMap(([field, value]) =>
      isText(value) ? [{ id: value.id, label: labelOf(entry, field), text: value.text }] : [],
    ),
  );
}

function labelOf(entry: TimelineEntry, field: string): string {
  if (entry.type !== 'escalation.received') return describeEntry(entry).sentence;
  return field === 'title' ? t.erase.names.title : t.erase.names.body;
}

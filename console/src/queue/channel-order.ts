import { channels } from '../../../domain/escalation/vocabulary.ts';
import type { QueueSearch } from './filters.ts';

/** The address of the tab beside the one that is open, around the ends. */
export function neighbour(search: QueueSearch, step: number): QueueSearch {
  const { channel, ...others } = search;
  const tabs = [undefined, ...channels];
  const at = Math.max(
    0,
    tabs.findIndex((one) => one === channel),
  );
  const next = tabs[(at + step + tabs.length) % tabs.length];
  return next === undefined ? others : { ...others, channel: next };
}

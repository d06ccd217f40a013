import type { Me } from '../api/types.ts';
import { t } from '../strings/index.ts';
import type { QueueSearch } from './filters.ts';

export interface View {
  readonly name: string;
  readonly search: QueueSearch;
}

const names = t.queue.views;

/** What has not breached yet and will within the hour. */
export const breachingSoon: QueueSearch = { breached: 'false', breachingWithinSeconds: '3600' };

/** The views that everybody has; a view is nothing but an address. */
export function builtInViews(me: Me | undefined): readonly View[] {
  const acts = me === undefined || me.commands.includes('acknowledge');
  const all: readonly View[] = [
    { name: names.mine, search: { assignee: 'me' } },
    ...(me?.team === null || me?.team === undefined ? [] : [{ name: names.team, search: { team: me.team } }]),
    { name: names.unowned, search: { assignee: 'none' } },
    { name: names.uncovered, search: { uncovered: 'true' } },
    { name: names.breaching, search: breachingSoon },
    { name: names.breached, search: { breached: 'true' } },
    { name: names.paused, search: { paused: 'true' } },
    { name: names.byChannel, search: { by: 'channel' } },
    { name: names.resolved, search: { state: 'resolved,rca' } },
  ];
  // Whoever owns none has no use for views by owner.
  return acts ? all : all.filter((view) => view.search.assignee === undefined && view.search.team === undefined);
}

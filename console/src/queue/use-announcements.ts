import { useEffect, useRef } from 'react';
import type { Escalation } from '../api/types.ts';
import { announce } from '../shell/live-region.tsx';
import { t } from '../strings/index.ts';

interface Known {
  readonly key: string;
  readonly byId: ReadonlyMap<string, Escalation>;
}

/** Newer than this when it first appears, and it counts as new rather than as scrolled into sight. In ms. */
const freshMs = 30_000;

/** Says aloud what a sighted person sees happen: new rows, a tier going up, a breach. One sentence for each kind. */
export function useAnnouncements(items: readonly Escalation[], key: string, isReady: boolean): void {
  const known = useRef<Known | null>(null);
  useEffect(() => {
    if (!isReady) return;
    const before = known.current;
    known.current = { key, byId: new Map(items.map((item) => [item.id, item])) };
    if (before === null || before.key !== key) return;
    const fresh = items.filter(
      (item) => !before.byId.has(item.id) && Date.now() - Date.parse(item.createdAt) < freshMs,
    );
    if (fresh.length > 0) announce(t.queue.announceNew(fresh.length));
    for (const item of items.slice(0, 200)) {
      const old = before.byId.get(item.id);
      if (old === undefined) continue;
      const title = item.title ?? t.titleErased;
      if (item.tier > old.tier) announce(t.queue.announceTier(title, item.tier));
      else if (item.nextBreach?.breached === true && old.nextBreach?.breached !== true)
        announce(t.queue.announceBreach(title));
    }
  }, [items, key, isReady]);
}

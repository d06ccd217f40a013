import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { meQuery } from '../api/queries.ts';
import type { CommandBody } from '../api/client.ts';
import type { Escalation } from '../api/types.ts';
import { ActionDialog } from '../commands/lazy-action-dialog.tsx';
import { newAttemptKey, sendCommand } from '../commands/send.ts';
import { tellBulk, tellOutcome } from '../commands/tell.ts';
import { EmptyState, ErrorState, RowsSkeleton } from '../shell/states.tsx';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import { t } from '../strings/index.ts';
import { useAnnouncements } from './use-announcements.ts';
import { BulkBar } from './bulk-bar.tsx';
import { QueueHeader } from './queue-header.tsx';
import { QueueTable } from './queue-table.tsx';
import { neighbour } from './channel-order.ts';
import { isByChannel, searchText } from './filters.ts';
import { useLiveList } from './use-live-list.ts';
import classes from './queue.module.css';

/** The queue: what breaches next is on top, and every key is at hand. */
export function QueuePage() {
  const search = useSearch({ from: '/queue' });
  const navigate = useNavigate();
  const me = useQuery(meQuery).data;
  const list = useLiveList(search, me);
  const { items } = list.state;
  const [activeId, setActiveId] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<{
    readonly command: CommandBody['command'];
    readonly targets: readonly Escalation[];
  } | null>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const key = searchText(search);

  useAnnouncements(items, key, list.state.status === 'ready');
  useEffect(() => setSelected(new Set()), [key]);

  const activeIndex = useMemo(() => items.findIndex((item) => item.id === activeId), [items, activeId]);
  const move = (step: number): void => {
    if (items.length === 0) return;
    const from = activeIndex === -1 ? (step > 0 ? -1 : 0) : activeIndex;
    const next = items[Math.min(Math.max(from + step, 0), items.length - 1)];
    if (next !== undefined) setActiveId(next.id);
  };
  const targets = (): readonly Escalation[] => {
    if (selected.size > 0) return items.filter((item) => selected.has(item.id));
    const active = items[activeIndex];
    return active === undefined ? [] : [active];
  };
  const toggle = useCallback((id: string): void => {
    setSelected((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const open = useCallback((id: string) => void navigate({ to: '/escalations/$id', params: { id } }), [navigate]);
  const give = async (command: CommandBody, on: readonly Escalation[]): Promise<void> => {
    const outcomes = await Promise.all(on.map((record) => sendCommand(record, command, newAttemptKey())));
    const first = outcomes[0];
    if (on.length === 1 && first !== undefined) tellOutcome(command.command, first, on[0]?.title ?? t.titleErased);
    else tellBulk(command.command, outcomes);
    setSelected(new Set());
  };
  const moveChannel = (step: number): void => {
    if (isByChannel(search)) void navigate({ to: '/queue', search: neighbour(search, step), replace: true });
  };
  const acknowledge = (): void => {
    const on = targets();
    if (on.length > 0) void give({ command: 'acknowledge', body: {} }, on);
  };
  const ask = (command: CommandBody['command']): void => {
    const on = targets();
    if (on.length > 0) setDialog({ command, targets: on });
  };

  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: (event) => {
      event.preventDefault();
      move(1);
    },
    ArrowUp: (event) => {
      event.preventDefault();
      move(-1);
    },
    Home: () => setActiveId(items[0]?.id ?? null),
    End: () => setActiveId(items.at(-1)?.id ?? null),
    Enter: (event) => {
      const isOnControl = event.target instanceof HTMLElement && event.target.closest('a, button') !== null;
      if (activeId !== null && !isOnControl) open(activeId);
    },
    x: () => {
      if (activeId !== null) toggle(activeId);
    },
    a: acknowledge,
    e: () => ask('escalate'),
    s: () => ask('assign'),
    '[': () => moveChannel(-1),
    ']': () => moveChannel(1),
    '/': (event) => {
      event.preventDefault();
      searchField.current?.focus();
    },
    Escape: () => {
      if (selected.size > 0) setSelected(new Set());
      else setActiveId(null);
    },
  });

  const isFiltered = key !== '' && key !== 'by=channel';
  return (
    <div className={classes.page}>
      <QueueHeader search={search} me={me} state={list.state} searchField={searchField} />
      <div className={classes.body}>
        {list.state.status === 'loading' ? <RowsSkeleton rows={14} height={40} /> : null}
        {list.state.status === 'failed' ? <ErrorState error={list.state.error} onRetry={list.retry} /> : null}
        {list.state.status === 'ready' && items.length === 0 ? (
          <EmptyState title={isFiltered ? t.queue.emptyFilteredTitle : t.queue.emptyTitle}>
            {isFiltered ? t.queue.emptyFiltered : t.queue.empty}
          </EmptyState>
        ) : null}
        {list.state.status === 'ready' && items.length > 0 ? (
          <QueueTable
            items={items}
            hasMore={list.state.hasMore}
            activeId={activeId}
            selected={selected}
            onActivate={setActiveId}
            onToggle={toggle}
            onOpen={open}
            onLook={list.look}
            onNearEnd={list.loadMore}
          />
        ) : null}
      </div>
      {selected.size > 0 ? (
        <BulkBar
          count={selected.size}
          me={me}
          onAcknowledge={acknowledge}
          onAssignToMe={() => {
            if (me !== undefined) void give({ command: 'assign', body: { assignee: me.id } }, targets());
          }}
          onEscalate={() => ask('escalate')}
          onClear={() => setSelected(new Set())}
        />
      ) : null}
      {dialog === null ? null : (
        <ActionDialog
          command={dialog.command}
          targets={dialog.targets}
          onClose={() => {
            setDialog(null);
            setSelected(new Set());
          }}
        />
      )}
    </div>
  );
}

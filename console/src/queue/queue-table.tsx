import { useVirtualizer } from '@tanstack/react-virtual';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { Escalation } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { QueueRow } from './queue-row.tsx';
import classes from './queue.module.css';

/** Lines of a row, by the width of the window: one, two under 1240 px, three to four on a phone. As in the style sheet. */
const rowHeights = { wide: 40, medium: 56, narrow: 108 } as const;
const narrowWidth = '(max-width: 860px)';
const mediumWidth = '(max-width: 1240px)';
/** Rows before the end at which the next page is asked for. */
const askAhead = 80;

interface QueueTableProps {
  readonly items: readonly Escalation[];
  readonly hasMore: boolean;
  readonly activeId: string | null;
  readonly selected: ReadonlySet<string>;
  readonly onActivate: (id: string) => void;
  readonly onToggle: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onLook: (first: number, last: number) => void;
  readonly onNearEnd: () => void;
}

/** Known from the first render on, so that no row moves. */
function useWidth(query: string): boolean {
  return useMediaQuery(query, window.matchMedia(query).matches, { getInitialValueInEffect: false }) ?? false;
}

/** Only the rows on the screen exist; the scroll bar is that of all rows that are known. */
export function QueueTable(props: QueueTableProps) {
  const { items, hasMore, activeId, selected, onActivate, onToggle, onOpen, onLook, onNearEnd } = props;
  const isNarrow = useWidth(narrowWidth);
  const isMedium = useWidth(mediumWidth);
  const height = isNarrow ? rowHeights.narrow : isMedium ? rowHeights.medium : rowHeights.wide;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 10,
    getItemKey: (index) => items[index]?.id ?? index,
  });
  const rows = virtualizer.getVirtualItems();
  const first = rows[0]?.index ?? 0;
  const last = rows.at(-1)?.index ?? 0;

  useEffect(() => virtualizer.measure(), [height, virtualizer]);
  useEffect(() => onLook(first, last), [first, last, onLook]);
  useEffect(() => {
    if (hasMore && last > items.length - askAhead) onNearEnd();
  }, [hasMore, last, items.length, onNearEnd]);

  // Rows that come or go above must not move what a person is reading.
  const anchor = useRef<{ readonly id: string; readonly offset: number } | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const held = anchor.current;
    if (held !== null && element.scrollTop > height) {
      const index = items.findIndex((item) => item.id === held.id);
      if (index !== -1 && index * height - held.offset !== element.scrollTop)
        element.scrollTop = index * height - held.offset;
    }
  }, [items, height]);
  const remember = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const index = Math.floor(element.scrollTop / height);
    const item = items[index];
    anchor.current = item === undefined ? null : { id: item.id, offset: index * height - element.scrollTop };
  };

  const activeIndex = items.findIndex((item) => item.id === activeId);
  useEffect(() => {
    if (activeId === null) return;
    const index = items.findIndex((item) => item.id === activeId);
    if (index !== -1) virtualizer.scrollToIndex(index, { align: 'auto' });
    // Follows the person's moves, not the list's.
  }, [activeId]);

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label={t.queue.title}
      aria-rowcount={hasMore ? -1 : items.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={activeIndex === -1 ? undefined : `row-${activeId}`}
      tabIndex={0}
      onScroll={remember}
    >
      <div className={classes.columns} role="row" aria-rowindex={1}>
        <span role="columnheader">
          <span className="sr-only">{t.queue.columns.select}</span>
        </span>
        <span role="columnheader">{t.queue.columns.severity}</span>
        <span role="columnheader">{t.queue.columns.title}</span>
        <span role="columnheader">{t.queue.columns.state}</span>
        <span role="columnheader">{t.queue.columns.tier}</span>
        <span role="columnheader" className={classes.ownerHead}>
          {t.queue.columns.owner}
        </span>
        <span role="columnheader">{t.queue.columns.next}</span>
        <span role="columnheader" className={classes.right}>
          {t.queue.columns.age}
        </span>
      </div>
      <div role="rowgroup" className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
        {rows.map((row) => {
          const record = items[row.index];
          if (record === undefined) return null;
          return (
            <QueueRow
              key={record.id}
              record={record}
              index={row.index}
              top={row.start}
              height={height}
              isActive={record.id === activeId}
              isSelected={selected.has(record.id)}
              onActivate={onActivate}
              onToggle={onToggle}
              onOpen={onOpen}
            />
          );
        })}
      </div>
    </div>
  );
}

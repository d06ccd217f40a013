import { Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { MouseEvent } from 'react';
import type { Escalation } from '../api/types.ts';
import { useOverlay } from '../commands/overlay.ts';
import { t } from '../strings/index.ts';
import { SeverityBadge, StateBadge, Tag, TierMark } from '../theme/badges.tsx';
import { Person } from '../theme/person.tsx';
import { Age, Countdown, Instant } from '../time/instant.tsx';
import classes from './queue.module.css';

interface QueueRowProps {
  readonly record: Escalation;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly onActivate: (id: string) => void;
  readonly onToggle: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

export const QueueRow = memo((props: QueueRowProps) => {
  const { record, index, top, height, isActive, isSelected, onActivate, onToggle, onOpen } = props;
  const overlay = useOverlay(record.id);
  const shown = overlay === undefined ? record : { ...record, ...overlay.guess };
  const title = shown.title ?? t.titleErased;
  const kind = `${t.channel[shown.channel]} · ${t.category[shown.category]}`;
  const click = (event: MouseEvent<HTMLElement>): void => {
    if (event.target instanceof Element && event.target.closest('a, button, input, label') !== null) return;
    onActivate(record.id);
    if (event.metaKey || event.ctrlKey || event.shiftKey) onToggle(record.id);
    else onOpen(record.id);
  };
  return (
    <div
      id={`row-${record.id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={classes.row}
      data-active={isActive}
      data-breached={shown.nextBreach?.breached === true}
      style={{ transform: `translateY(${top}px)`, height }}
      onClick={click}
    >
      <span role="gridcell" className={classes.check}>
        <Checkbox
          size="xs"
          tabIndex={-1}
          checked={isSelected}
          onChange={() => onToggle(record.id)}
          aria-label={t.queue.selectRow(title)}
        />
      </span>
      <span role="gridcell" className={classes.cellSeverity}>
        <SeverityBadge severity={shown.severity} />
      </span>
      <span role="gridcell" className={classes.cellTitle}>
        <span className={classes.titleLine}>
          <Link
            to="/escalations/$id"
            params={{ id: record.id }}
            className={classes.title}
            data-erased={shown.title === null}
            tabIndex={-1}
            title={title}
            onClick={() => onActivate(record.id)}
          >
            {title}
          </Link>
          {shown.occurrences > 1 ? (
            <span className={classes.count} title={t.queue.occurrencesLong(shown.occurrences)}>
              {t.queue.occurrences(shown.occurrences)}
            </span>
          ) : null}
        </span>
        <span className={classes.about}>
          {shown.uncovered ? <Tag tone="danger">{t.queue.uncovered}</Tag> : null}
          {shown.exhausted ? <Tag tone="danger">{t.queue.exhausted}</Tag> : null}
          {shown.drill ? <Tag tone="info">{t.queue.drill}</Tag> : null}
          <span className={classes.kind} title={kind}>
            {kind}
          </span>
        </span>
      </span>
      <span role="gridcell" className={classes.cellState}>
        <StateBadge state={shown.state} />
      </span>
      <span role="gridcell" className={classes.cellTier}>
        <TierMark tier={shown.tier} />
        {shown.awaiting === null ? null : (
          <span className={classes.asking} title={t.page.awaiting(shown.awaiting.tier)}>
            <Countdown atMs={Date.parse(shown.awaiting.acknowledgeBy)} />
          </span>
        )}
      </span>
      <span role="gridcell" className={classes.cellOwner}>
        <Person id={shown.assignee} />
      </span>
      <span role="gridcell" className={classes.cellNext}>
        <NextBreach record={shown} />
      </span>
      <span role="gridcell" className={classes.cellAge}>
        <Age sinceMs={Date.parse(shown.createdAt)} />
      </span>
    </div>
  );
});
QueueRow.displayName = 'QueueRow';

function NextBreach({ record }: { readonly record: Escalation }) {
  if (record.paused !== null) {
    return (
      <>
        <span className={classes.clockName}>{t.queue.paused}</span>
        <Instant atMs={Date.parse(record.paused.until)} className="dim" />
      </>
    );
  }
  if (record.nextBreach === null) return <span className="dim">–</span>;
  return (
    <>
      <Countdown
        atMs={Date.parse(record.nextBreach.dueAt)}
        className={record.nextBreach.breached ? classes.late : classes.soon}
      />
      <span className={classes.clockName}>
        {t.clock[record.nextBreach.clock]}
        {record.nextBreach.breached ? <span className="sr-only"> {t.queue.breached}</span> : null}
      </span>
    </>
  );
}

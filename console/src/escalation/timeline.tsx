import { SegmentedControl, Skeleton, Switch } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import {
  IconAlarm,
  IconAlertTriangle,
  IconBell,
  IconCheck,
  IconClock,
  IconClockPause,
  IconFlag,
  IconMessage,
  IconPoint,
  IconSend,
  IconStairsUp,
  IconUser,
} from '@tabler/icons-react';
import { useRouterState } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { ComponentType } from 'react';
import { messageOf } from '../api/problem.ts';
import type { TimelineEntry } from '../api/types.ts';
import { useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { clockTimeExact, dayName, exactInstant, isSameDay } from '../time/format.ts';
import { Card } from './card.tsx';
import { describeEntry } from './describe.ts';
import type { Description, EntryGroup, EntryMark } from './describe.ts';
import classes from './escalation.module.css';

const icons: Readonly<Record<EntryMark, ComponentType<{ readonly size?: number; readonly stroke?: number }>>> = {
  start: IconFlag,
  person: IconUser,
  note: IconMessage,
  update: IconSend,
  tier: IconStairsUp,
  page: IconBell,
  clock: IconClock,
  warning: IconAlarm,
  breach: IconAlertTriangle,
  pause: IconClockPause,
  done: IconCheck,
  system: IconPoint,
};

type Filter = 'all' | EntryGroup;

/** What happened, newest first: people, the system, and what became of each page. */
export function Timeline({ timeline }: { readonly timeline: UseQueryResult<readonly TimelineEntry[]> }) {
  const hash = useRouterState({ select: (state) => state.location.hash });
  const [filter, setFilter] = useState<Filter>('all');
  const [showsMinor, setShowsMinor] = useState(hash !== '');
  const names = useNames();
  const rows = useMemo(
    () => (timeline.data ?? []).map((entry) => ({ entry, about: describeEntry(entry) })).toReversed(),
    // The sentences name people: they change when the directory is learnt.
    [timeline.data, names],
  );
  const shown = rows.filter(
    ({ about }) => (filter === 'all' || about.group === filter) && (showsMinor || !about.isMinor),
  );
  const isLoaded = timeline.data !== undefined;

  useEffect(() => {
    if (hash === '' || !isLoaded) return;
    document.querySelector(`#${CSS.escape(hash)}`)?.scrollIntoView({ block: 'center' });
  }, [hash, isLoaded]);

  return (
    <Card
      title={t.page.timeline}
      aside={
        <span className={classes.timelineTools}>
          <Switch
            size="xs"
            label={t.events.steps}
            checked={showsMinor}
            onChange={(event) => setShowsMinor(event.currentTarget.checked)}
          />
          <SegmentedControl
            size="xs"
            aria-label={t.queue.filter}
            value={filter}
            onChange={(value) =>
              setFilter(value === 'people' || value === 'pages' || value === 'system' ? value : 'all')
            }
            data={[
              { value: 'all', label: t.page.filterAll },
              { value: 'people', label: t.page.filterPeople },
              { value: 'pages', label: t.page.filterPages },
              { value: 'system', label: t.page.filterSystem },
            ]}
          />
        </span>
      }
    >
      {timeline.isPending ? <Skeleton height={220} /> : null}
      {timeline.isError && timeline.data === undefined ? <p className="dim">{messageOf(timeline.error)}</p> : null}
      {isLoaded && shown.length === 0 ? <p className={classes.quiet}>{t.page.noEvents}</p> : null}
      <ol className={classes.timeline}>
        {shown.map(({ entry, about }, index) => {
          const atMs = Date.parse(entry.at);
          const above = shown[index - 1];
          const isNewDay = above === undefined || !isSameDay(atMs, Date.parse(above.entry.at));
          return (
            <li
              key={entry.seq}
              id={`event-${entry.seq}`}
              className={classes.event}
              data-target={hash === `event-${entry.seq}`}
            >
              {isNewDay ? <span className={classes.day}>{dayName(atMs)}</span> : null}
              <Event entry={entry} about={about} />
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function Event({ entry, about }: { readonly entry: TimelineEntry; readonly about: Description }) {
  const Icon = icons[about.mark];
  return (
    <div className={classes.eventRow} data-tone={about.tone} data-minor={about.isMinor}>
      <span className={classes.eventIcon} aria-hidden="true">
        <Icon size={13} stroke={1.8} />
      </span>
      <div className={classes.eventBody}>
        <p className={classes.eventSentence}>
          {about.sentence}
          {entry.type === 'page.requested' ? <DeliveryTag status={entry.delivery.status} /> : null}
        </p>
        {about.text === undefined ? null : (
          <p className={classes.eventText}>{about.text.text ?? <em className="dim">{t.textErased}</em>}</p>
        )}
      </div>
      <a
        href={`#event-${entry.seq}`}
        className={classes.eventTime}
        aria-label={`${t.page.eventLink(entry.seq)}, ${clockTimeExact(Date.parse(entry.at))}`}
      >
        <time dateTime={entry.at} title={exactInstant(Date.parse(entry.at))} className="tabular">
          {clockTimeExact(Date.parse(entry.at))}
        </time>
      </a>
    </div>
  );
}

const deliveryTones = {
  pending: 'plain',
  sent: 'good',
  suppressed: 'warn',
  failed: 'danger',
  uncovered: 'danger',
} as const;

function DeliveryTag({ status }: { readonly status: keyof typeof deliveryTones }) {
  return (
    <span className={classes.delivery}>
      <Tag tone={deliveryTones[status]}>{t.events.delivery[status]}</Tag>
    </span>
  );
}

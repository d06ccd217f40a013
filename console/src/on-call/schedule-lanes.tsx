import { ActionIcon, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { PointerEvent } from 'react';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { nameOf, useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { exactInstant, shortInstant } from '../time/format.ts';
import { useNowMs } from '../time/ticker.ts';
import { daysOf, hueOf, instantAt, percentAt } from './lanes.ts';
import type { Window } from './lanes.ts';
import type { OverrideDraft } from './override-dialog.tsx';
import { refreshSchedules, scheduleQuery } from './queries.ts';
import type { OnCallNow, Schedule } from './queries.ts';
import classes from './on-call.module.css';

const s = t.onCall;
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric' });

interface LanesProps {
  readonly schedules: readonly OnCallNow[];
  readonly window: Window;
  /** Null where the viewer may not change schedules. */
  readonly onDraw: ((draft: OverrideDraft) => void) | null;
}

export function ScheduleLanes({ schedules, window, onDraw }: LanesProps) {
  const days = daysOf(window);
  useNames();
  return (
    <div className={classes.lanes} tabIndex={0} role="region" aria-label={s.schedules}>
      <div className={classes.lanesInner}>
        <div className={classes.dayRow} aria-hidden="true">
          {days.map((atMs) => (
            <span key={atMs} style={{ left: `${percentAt(window, atMs)}%`, width: `${100 / days.length}%` }}>
              {weekday.format(atMs)}
            </span>
          ))}
        </div>
        {schedules.map((schedule) => (
          <Lane key={schedule.schedule} schedule={schedule} window={window} days={days} onDraw={onDraw} />
        ))}
      </div>
    </div>
  );
}

interface LaneProps {
  readonly schedule: OnCallNow;
  readonly window: Window;
  readonly days: readonly number[];
  readonly onDraw: ((draft: OverrideDraft) => void) | null;
}

function Lane({ schedule, window, days, onDraw }: LaneProps) {
  const final = useQuery(scheduleQuery(schedule.schedule, window.fromMs, window.untilMs));
  const nowMs = useNowMs();
  const track = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<{ readonly aMs: number; readonly bMs: number } | null>(null);
  const data = final.data;

  const at = (event: PointerEvent): number => {
    const box = track.current?.getBoundingClientRect();
    return box === undefined ? window.fromMs : instantAt(window, (event.clientX - box.left) / box.width);
  };
  const begin = (event: PointerEvent): void => {
    if (onDraw === null || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrawn({ aMs: at(event), bMs: at(event) });
  };
  const end = (): void => {
    if (drawn !== null && drawn.aMs !== drawn.bMs) {
      onDraw?.({
        scheduleId: schedule.schedule,
        fromMs: Math.min(drawn.aMs, drawn.bMs),
        untilMs: Math.max(drawn.aMs, drawn.bMs),
      });
    }
    setDrawn(null);
  };

  return (
    <section className={classes.lane} aria-label={schedule.name}>
      <h3 className={classes.laneName}>{schedule.name}</h3>
      <div
        ref={track}
        className={classes.track}
        data-drawable={onDraw !== null}
        onPointerDown={begin}
        onPointerMove={(event) => {
          if (drawn !== null) setDrawn({ ...drawn, bMs: at(event) });
        }}
        onPointerUp={end}
        onPointerCancel={() => setDrawn(null)}
      >
        {final.isPending ? <Skeleton height={34} /> : null}
        {final.isError && data === undefined ? <span className="dim">{messageOf(final.error)}</span> : null}
        {days.map((atMs) => (
          <span key={atMs} className={classes.dayLine} style={{ left: `${percentAt(window, atMs)}%` }} />
        ))}
        {data === undefined ? null : <Stretches schedule={data} window={window} />}
        {nowMs > window.fromMs && nowMs < window.untilMs ? (
          <span className={classes.now} style={{ left: `${percentAt(window, nowMs)}%` }} />
        ) : null}
        {drawn === null ? null : (
          <span
            className={classes.drawn}
            style={{
              left: `${percentAt(window, Math.min(drawn.aMs, drawn.bMs))}%`,
              width: `${Math.abs(percentAt(window, drawn.bMs) - percentAt(window, drawn.aMs))}%`,
            }}
          />
        )}
      </div>
      {data === undefined ? null : <Notes schedule={data} canChange={onDraw !== null} />}
    </section>
  );
}

function Stretches({ schedule, window }: { readonly schedule: Schedule; readonly window: Window }) {
  const box = (stretch: { readonly from: string; readonly until: string }) => {
    const left = percentAt(window, Date.parse(stretch.from));
    return { left: `${left}%`, width: `${percentAt(window, Date.parse(stretch.until)) - left}%` };
  };
  const people = [...new Set(schedule.stretches.flatMap((stretch) => stretch.onCall.map((one) => one.person)))];
  return (
    <ol className={classes.stretches}>
      {schedule.stretches
        .filter((stretch) => stretch.onCall.length > 0)
        .map((stretch) => {
          const names = stretch.onCall.map((one) => nameOf(one.person)).join(', ');
          const first = stretch.onCall[0];
          const isOverride = stretch.onCall.some((one) => one.cause !== 'rotation');
          return (
            <li
              key={stretch.from}
              className={classes.stretch}
              data-hue={hueOf(people, first?.person ?? '')}
              data-override={isOverride}
              style={box(stretch)}
              title={`${names}${isOverride ? ` (${s.override})` : ''}\n${exactInstant(Date.parse(stretch.from))}\n${exactInstant(Date.parse(stretch.until))}`}
            >
              {names}
              <span className="sr-only">
                {`, ${shortInstant(Date.parse(stretch.from), 0)} – ${shortInstant(Date.parse(stretch.until), 0)}`}
              </span>
            </li>
          );
        })}
      {schedule.gaps.map((gap) => (
        <li
          key={`gap-${gap.from}`}
          className={classes.gap}
          style={box(gap)}
          title={`${s.gap}\n${exactInstant(Date.parse(gap.from))}\n${exactInstant(Date.parse(gap.until))}`}
        >
          {s.gap}
        </li>
      ))}
    </ol>
  );
}

/** What the picture cannot hold: gaps and warnings in words, overrides with a way to take them back. */
function Notes({ schedule, canChange }: { readonly schedule: Schedule; readonly canChange: boolean }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (changeId: string) => call('removeOverride', { params: { scheduleId: schedule.id, changeId } }),
    onSettled: () => refreshSchedules(client),
  });
  if (schedule.gaps.length + schedule.overrides.length + schedule.warnings.length === 0) return null;
  return (
    <ul className={classes.notes}>
      {schedule.gaps.map((gap) => (
        <li key={gap.from} className={classes.bad}>
          <IconAlertTriangle size={13} aria-hidden="true" />
          {`${s.gap}: ${shortInstant(Date.parse(gap.from), 0)} – ${shortInstant(Date.parse(gap.until), 0)}`}
        </li>
      ))}
      {schedule.warnings.map((warning) => (
        <li key={`${warning.person}-${warning.reason}`} className={classes.bad}>
          <IconAlertTriangle size={13} aria-hidden="true" />
          {`${nameOf(warning.person)}: ${warning.reason}`}
        </li>
      ))}
      {schedule.overrides.map((override) => (
        <li key={override.id}>
          {s.overrideText(
            nameOf(override.person),
            override.inPlaceOf === null ? null : nameOf(override.inPlaceOf),
            shortInstant(Date.parse(override.from), 0),
            shortInstant(Date.parse(override.until), 0),
          )}
          {canChange ? (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="xs"
              aria-label={s.removeOverride(nameOf(override.person))}
              loading={remove.isPending && remove.variables === override.id}
              onClick={() => remove.mutate(override.id)}
            >
              <IconX size={12} />
            </ActionIcon>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

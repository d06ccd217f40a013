import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconCalendarDown, IconChevronLeft, IconChevronRight, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { serverNowMs } from '../api/clock-skew.ts';
import { mayCall } from '../api/may-call.ts';
import { meQuery } from '../api/queries.ts';
import { ErrorState, RowsSkeleton } from '../shell/states.tsx';
import { t } from '../strings/index.ts';
import { dayCounts, windowAt } from './lanes.ts';
import type { DayCount } from './lanes.ts';
import { ImportDialog } from './lazy-import-dialog.tsx';
import { NowBoard } from './now-board.tsx';
import { OverrideDialog } from './override-dialog.tsx';
import type { OverrideDraft } from './override-dialog.tsx';
import { onCallQuery } from './queries.ts';
import { ScheduleLanes } from './schedule-lanes.tsx';
import classes from './on-call.module.css';

const s = t.onCall;

/** Who is on call now, and the schedules as lanes on which an override is drawn. */
export function OnCallPage() {
  const now = useQuery(onCallQuery);
  const me = useQuery(meQuery).data;
  const [days, setDays] = useState<DayCount>(7);
  const [shift, setShift] = useState(0);
  const [draft, setDraft] = useState<OverrideDraft | null>(null);
  const window = windowAt(serverNowMs(), days, shift);
  const [isImporting, setImporting] = useState(false);
  const mayChange = mayCall(me, 'addOverride');
  const schedules = now.data?.items ?? [];

  return (
    <div className={classes.page}>
      <h1 className={classes.title}>{s.title}</h1>
      {now.isError && now.data === undefined ? (
        <ErrorState error={now.error} onRetry={() => void now.refetch()} />
      ) : null}
      {now.isPending ? <RowsSkeleton rows={8} height={44} /> : null}
      {now.data === undefined ? null : (
        <>
          <NowBoard items={schedules} meId={me?.id ?? null} />
          <div className={classes.tools}>
            <h2 className={classes.heading}>{s.schedules}</h2>
            <span className={classes.range}>{rangeText(window.fromMs, window.untilMs)}</span>
            <ActionIcon variant="default" aria-label={s.earlier} onClick={() => setShift(shift - 1)}>
              <IconChevronLeft size={15} />
            </ActionIcon>
            <Button variant="default" onClick={() => setShift(0)} disabled={shift === 0}>
              {s.today}
            </Button>
            <ActionIcon variant="default" aria-label={s.later} onClick={() => setShift(shift + 1)}>
              <IconChevronRight size={15} />
            </ActionIcon>
            <SegmentedControl
              size="xs"
              aria-label={s.length}
              value={String(days)}
              onChange={(value) => {
                setDays(dayCounts.find((count) => String(count) === value) ?? 7);
                setShift(0);
              }}
              data={dayCounts.map((count) => ({ value: String(count), label: s.days(count) }))}
            />
            {mayCall(me, 'importSchedule') ? (
              <Button variant="default" leftSection={<IconCalendarDown size={14} />} onClick={() => setImporting(true)}>
                {t.people.import}
              </Button>
            ) : null}
            {mayChange ? (
              <Button
                leftSection={<IconPlus size={14} />}
                onClick={() =>
                  setDraft({
                    scheduleId: schedules[0]?.schedule ?? '',
                    fromMs: nextHour(),
                    untilMs: nextHour() + 4 * hourMs,
                  })
                }
              >
                {s.addOverride}
              </Button>
            ) : null}
          </div>
          {mayChange ? <p className={classes.hint}>{s.dragHint}</p> : null}
          <ScheduleLanes schedules={schedules} window={window} onDraw={mayChange ? setDraft : null} />
        </>
      )}
      {draft === null ? null : <OverrideDialog draft={draft} schedules={schedules} onClose={() => setDraft(null)} />}
      {isImporting ? <ImportDialog kind="overrides" onClose={() => setImporting(false)} /> : null}
    </div>
  );
}

const hourMs = 3_600_000;

function nextHour(): number {
  return Math.ceil(serverNowMs() / hourMs) * hourMs;
}

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

function rangeText(fromMs: number, untilMs: number): string {
  return `${day.format(fromMs)} – ${day.format(untilMs - 1)}`;
}

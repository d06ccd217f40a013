import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { answerCalendarRequest } from '../zones/calendar-request.ts';
import { calendarWarnings } from '../zones/check-calendar.ts';
import { deadlineMs, elapsedOpenMs } from '../zones/deadline.ts';
import { openIntervals } from '../zones/expand-calendar.ts';
import { parseDefinition, withHolidayFiles } from '../zones/parse-definition.ts';
import { calendarDefinition } from '../zones/schemas.ts';
import type { CalendarDefinition } from '../zones/schemas.ts';
import { timeZone } from '../zones/time-zone.ts';
import { DAY_MS, formatInstant, formatWallTime, parseInstant, parseWallTime } from '../zones/wall-time.ts';
import type { Interval } from '../domain/calendar/intervals.ts';
import { answerLines } from './answer-lines.ts';
import { formatDuration, parseDuration } from './duration-text.ts';
import { runCommand, UsageError } from './run-command.ts';

const USAGE = `Business calendars: opening hours, deadlines and elapsed open time.

  npm run -s calendar -- FILE [--from TIME] [--days N]                  the opening hours, and what looks wrong
  npm run -s calendar -- FILE --from TIME --for 4h30m [--pause A/B]...  when 4 h 30 min of open time have run
  npm run -s calendar -- FILE --from TIME --to TIME [--pause A/B]...    how much open time lies between
  npm run -s calendar -- --jsonl                                        one JSON request a line in, one answer a line out

FILE is a calendar in YAML: timezone, hours (24x7, or spans for each weekday), holidays.
A TIME is 2024-05-13T09:00, in the zone of the calendar, or has an offset (2024-05-13T09:00Z); a pause is TIME/TIME.
A deadline that falls on closing time is due at the next opening. docs/time.md has every rule.

Requests:
  {"kind": "deadline", "calendar": {…}, "pauses": [], "start": "2024-05-13T04:39:00Z", "durationSeconds": 900}
  {"kind": "elapsed", "calendar": {…}, "pauses": [], "from": "2024-05-13T04:39:00Z", "to": "2024-05-14T04:39:00Z"}
`;

runCommand(USAGE, async (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      jsonl: { type: 'boolean', default: false },
      from: { type: 'string' },
      to: { type: 'string' },
      for: { type: 'string' },
      days: { type: 'string', default: '14' },
      pause: { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.jsonl) {
    await answerLines(process.stdin, process.stdout, answerCalendarRequest);
    return;
  }
  const [file] = positionals;
  if (file === undefined) throw new UsageError('no calendar file given');
  const written = parseDefinition(readFileSync(file, 'utf8'), calendarDefinition);
  const fromMs = values.from === undefined ? Date.now() : momentMs(values.from, written);
  const year = new Date(fromMs).getUTCFullYear();
  const readBeside = (path: string): string => readFileSync(resolve(dirname(file), path), 'utf8');
  const calendar = withHolidayFiles(written, readBeside, year - 1, year + 10);
  const pauses = values.pause.map((text) => pauseOf(text, calendar));
  if (values.for !== undefined) printDeadline(calendar, pauses, fromMs, values.for);
  else if (values.to !== undefined) printElapsed(calendar, pauses, fromMs, momentMs(values.to, calendar));
  else printHours(calendar, fromMs, Number(values.days));
});

function printDeadline(
  calendar: CalendarDefinition,
  pauses: readonly Interval[],
  fromMs: number,
  lengthText: string,
): void {
  const openMs = parseDuration(lengthText);
  if (openMs === null) throw new UsageError(`not a length of time (such as 4h30m): ${lengthText}`);
  const dueAtMs = deadlineMs(calendar, pauses, fromMs, openMs);
  console.log(dueAtMs === null ? 'never: the calendar has no more open time' : both(dueAtMs, calendar));
}

function printElapsed(calendar: CalendarDefinition, pauses: readonly Interval[], fromMs: number, toMs: number): void {
  console.log(formatDuration(elapsedOpenMs(calendar, pauses, fromMs, toMs)));
}

function printHours(calendar: CalendarDefinition, fromMs: number, days: number): void {
  if (!Number.isInteger(days) || days < 1 || days > 3660) throw new UsageError('--days is a number from 1 to 3660');
  const { name, timezone } = calendar;
  console.log(`${name ?? 'calendar'} in ${timezone}, ${days} days from ${both(fromMs, calendar)}`);
  const intervals = openIntervals(calendar, fromMs, fromMs + days * DAY_MS);
  for (const [startMs, endMs] of intervals) {
    const lengthText = formatDuration(endMs - startMs).padStart(8);
    console.log(
      `  ${localText(startMs, calendar)} to ${localText(endMs, calendar)} ${lengthText}  ${formatInstant(startMs)}`,
    );
  }
  console.log(`open ${formatDuration(intervals.reduce((sumMs, [startMs, endMs]) => sumMs + endMs - startMs, 0))}`);
  for (const warning of calendarWarnings(calendar, fromMs)) console.log(`warning: ${warning}`);
}

function both(atMs: number, calendar: CalendarDefinition): string {
  return `${localText(atMs, calendar)} (${formatInstant(atMs)})`;
}

function localText(atMs: number, calendar: CalendarDefinition): string {
  return formatWallTime(timeZone(calendar.timezone).wallTimeAtMs(Math.floor(atMs / 1000) * 1000)).replace('T', ' ');
}

function pauseOf(text: string, calendar: CalendarDefinition): Interval {
  const [from, to, ...rest] = text.split('/');
  if (from === undefined || to === undefined || rest.length > 0)
    throw new UsageError(`not a pause (TIME/TIME): ${text}`);
  return [momentMs(from, calendar), momentMs(to, calendar)];
}

function momentMs(text: string, calendar: CalendarDefinition): number {
  const instantMs = parseInstant(text);
  if (instantMs !== null) return instantMs;
  const wallMs = parseWallTime(text);
  if (wallMs === null) throw new UsageError(`not a time: ${text}`);
  return timeZone(calendar.timezone).instantOfMs(wallMs, 'shift');
}

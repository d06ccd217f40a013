import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod';

import { handoffsBetween } from '../domain/on-call/handoffs.ts';
import { peopleOf, stretchAt } from '../domain/on-call/final-schedule.ts';
import type { Conflict, FinalSchedule, OnCallStretch } from '../domain/on-call/final-schedule.ts';
import { reachWarnings } from '../domain/on-call/people.ts';
import { expandSchedule, peopleOfSchedule } from '../zones/expand-schedule.ts';
import { parseDefinition } from '../zones/parse-definition.ts';
import { toPerson } from '../zones/people.ts';
import { answerRotationRequest } from '../zones/rotation-request.ts';
import { scheduleToIcs } from '../zones/schedule-ics.ts';
import { personDefinition, scheduleDefinition } from '../zones/schemas.ts';
import type { PersonDefinition, ScheduleDefinition } from '../zones/schemas.ts';
import { timeZone } from '../zones/time-zone.ts';
import { DAY_MS, formatInstant, formatWallTime, MINUTE_MS, parseInstant, parseWallTime } from '../zones/wall-time.ts';
import { answerLines } from './answer-lines.ts';
import { formatDuration } from './duration-text.ts';
import { runCommand, UsageError } from './run-command.ts';

const USAGE = `On-call schedules: who is on call, when it changes, and what is missing.

  npm run -s on-call -- FILE [--at TIME]                      who is on call, now or then, and who is next
  npm run -s on-call -- FILE --from TIME [--days N]           the final schedule, handoffs, gaps and conflicts
  npm run -s on-call -- FILE --from TIME [--days N] --ics     the final schedule as iCalendar
  npm run -s on-call -- --jsonl                               one JSON request a line in, one answer a line out

FILE is a schedule in YAML: name, timezone, layers of rotations, overrides, swaps, leave.
--people FILE names a list of people with their contacts, to find those who are unknown or whom nothing reaches.
A TIME is 2024-05-13T09:00, in the zone of the schedule, or has an offset (2024-05-13T09:00Z).
A handoff keeps its local time across clock changes. docs/time.md has every rule.

Requests:
  {"kind": "rotation", "rotation": {"type": "daily", "shiftLength": 1, "startLocal": "2024-03-28T09:00",
   "timezone": "Europe/Berlin", "users": ["A", "B"]}, "at": ["2024-03-31T21:10:00Z"]}
`;

const LATE_CONTACT_MS = 15 * MINUTE_MS;

runCommand(USAGE, async (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      jsonl: { type: 'boolean', default: false },
      ics: { type: 'boolean', default: false },
      at: { type: 'string' },
      from: { type: 'string' },
      days: { type: 'string', default: '14' },
      people: { type: 'string' },
    },
  });
  if (values.jsonl) {
    await answerLines(process.stdin, process.stdout, answerRotationRequest);
    return;
  }
  const [file] = positionals;
  if (file === undefined) throw new UsageError('no schedule file given');
  const definition = parseDefinition(readFileSync(file, 'utf8'), scheduleDefinition);
  const people =
    values.people === undefined
      ? null
      : parseDefinition(readFileSync(values.people, 'utf8'), z.array(personDefinition));
  const days = Number(values.days);
  if (!Number.isInteger(days) || days < 1 || days > 3660) throw new UsageError('--days is a number from 1 to 3660');
  if (values.from === undefined) {
    const atMs = values.at === undefined ? Date.now() : momentMs(values.at, definition);
    printWho(definition, atMs);
    return;
  }
  const fromMs = momentMs(values.from, definition);
  const knownPeople = people === null ? null : people.map(({ id }) => id);
  const schedule = expandSchedule(definition, fromMs, fromMs + days * DAY_MS, knownPeople);
  if (values.ics) process.stdout.write(scheduleToIcs(schedule, namesOf(people), Date.now()));
  else printSchedule(definition, schedule, people);
});

function printWho(definition: ScheduleDefinition, atMs: number): void {
  const schedule = expandSchedule(definition, atMs - DAY_MS, atMs + 60 * DAY_MS);
  const stretch = stretchAt(schedule, atMs);
  console.log(`${localText(atMs, definition)} (${formatInstant(atMs)}): ${namesText(stretch)}`);
  const [next] = handoffsBetween(schedule, atMs + 1, schedule.coveredUntilMs);
  if (next === undefined) return;
  console.log(`next handoff ${localText(next.atMs, definition)}: ${next.onCall.join(', ') || 'nobody'}`);
}

function printSchedule(
  definition: ScheduleDefinition,
  schedule: FinalSchedule,
  people: readonly PersonDefinition[] | null,
): void {
  console.log(`${schedule.name} in ${definition.timezone}`);
  for (const stretch of schedule.stretches) {
    console.log(`  ${rangeText(stretch, definition)}  ${namesText(stretch)}`);
  }
  for (const [startMs, endMs] of schedule.gaps) {
    console.log(`gap: ${rangeText({ startMs, endMs }, definition)}  nobody is on call`);
  }
  for (const conflict of schedule.conflicts) {
    console.log(`conflict: ${rangeText(conflict, definition)}  ${conflictText(conflict)}`);
  }
  if (people === null) return;
  for (const { personId, reason } of reachWarnings(
    peopleOfSchedule(definition),
    people.map(toPerson),
    LATE_CONTACT_MS,
  )) {
    console.log(`warning: ${personId}: ${reason.replaceAll('_', ' ')}`);
  }
}

function namesText(stretch: OnCallStretch | null): string {
  if (stretch === null) return 'nobody';
  return peopleOf(stretch)
    .map((id) => {
      const assignment = stretch.onCall.find(({ personId }) => personId === id);
      if (assignment === undefined || assignment.cause === 'rotation') return id;
      const place = assignment.inPlaceOf === null ? '' : ` in place of ${assignment.inPlaceOf}`;
      return `${id} (${assignment.cause}${place})`;
    })
    .join(', ');
}

function conflictText({ kind, personIds, layer }: Conflict): string {
  return `${kind.replaceAll('_', ' ')}: ${personIds.join(', ')}${layer === null ? '' : ` in ${layer}`}`;
}

interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

function rangeText({ startMs, endMs }: Range, definition: ScheduleDefinition): string {
  const lengthText = formatDuration(endMs - startMs).padStart(8);
  return `${localText(startMs, definition)} to ${localText(endMs, definition)} ${lengthText}`;
}

function localText(atMs: number, definition: ScheduleDefinition): string {
  const wallMs = timeZone(definition.timezone).wallTimeAtMs(Math.floor(atMs / 1000) * 1000);
  return formatWallTime(wallMs).replace('T', ' ');
}

function namesOf(people: readonly PersonDefinition[] | null): Readonly<Record<string, string>> {
  return Object.fromEntries((people ?? []).map(({ id, name }) => [id, name ?? id]));
}

function momentMs(text: string, definition: ScheduleDefinition): number {
  const instantMs = parseInstant(text);
  if (instantMs !== null) return instantMs;
  const wallMs = parseWallTime(text);
  if (wallMs === null) throw new UsageError(`not a time: ${text}`);
  return timeZone(definition.timezone).instantOfMs(wallMs, 'gap-end');
}

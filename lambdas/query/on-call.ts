import { own } from '../../domain/own.ts';
import { routes } from '../../contracts/routes.ts';
import type { PublishedDocument } from '../../contracts/policy/published.ts';
import { onCallAt, scheduleBetween, type FinalSchedule } from '../../domain/on-call/final-schedule.ts';
import { handoffsBetween, nextHandoff } from '../../domain/on-call/handoffs.ts';
import { contactPlan, reachWarnings } from '../../domain/on-call/people.ts';
import type { Directory } from '../../domain/policy/directory.ts';
import type { Store } from '../../store/client.ts';
import {
  listLeave as listStoredLeave,
  listOverrides,
  type Leave,
  type ScheduleOverride,
} from '../../store/overrides.ts';
import { peopleOfSchedule } from '../../zones/expand-schedule.ts';
import { scheduleToIcs } from '../../zones/schedule-ics.ts';
import { ApiError } from '../http/api-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { instantOf } from '../present/units.ts';

/** The published directory with the changes that people made. */
export interface OnCallDirectory {
  document(): Promise<PublishedDocument>;
  between(fromMs: number, untilMs: number): Promise<Directory>;
}

export interface OnCallPorts {
  readonly store: Store;
  readonly onCall: OnCallDirectory;
}

const dayMs = 24 * 3_600_000;
/** How far ahead the next handoff is looked for. */
const aheadMs = 35 * dayMs;
const longestRangeMs = 400 * dayMs;
/** A first attempt later than this is told as a warning. */
const lateAfterMs = 15 * 60_000;

export async function listPeople({ onCall }: OnCallPorts, { nowMs }: Call<'listPeople'>): Promise<Reply<'listPeople'>> {
  const directory = await onCall.between(floorDay(nowMs), floorDay(nowMs) + dayMs);
  const items = Object.values(directory.people).map((person) => {
    const channels = contactPlan(person, 0).map(({ channel }) => channel);
    const { id, name, team, timezone } = person;
    return { id, name, team, timezone, channels: [...new Set(channels)], reachable: channels.length > 0 };
  });
  const teams = Object.values(directory.teams).map(({ id, name, members }) => ({ id, name, members: [...members] }));
  return { status: 200, body: { items, teams } };
}

export async function getOnCall(ports: OnCallPorts, call: Call<'getOnCall'>): Promise<Reply<'getOnCall'>> {
  const { at } = call.input.query;
  const atMs = at === undefined ? call.nowMs : Date.parse(at);
  const fromMs = floorDay(atMs) - dayMs;
  const [document, directory] = await Promise.all([
    ports.onCall.document(),
    ports.onCall.between(fromMs, fromMs + aheadMs),
  ]);
  const items = Object.entries(directory.schedules).map(([id, schedule]) => {
    const handoff = nextHandoff(schedule, atMs);
    return {
      schedule: id,
      name: schedule.name,
      timezone: own(document.directory.schedules, id)?.timezone ?? 'UTC',
      onCall: [...onCallAt(schedule, atMs)],
      until: handoff === null ? null : instantOf(handoff.atMs),
      next: handoff === null ? [] : [...handoff.onCall],
      isGap: schedule.gaps.some(([startMs, endMs]) => startMs <= atMs && atMs < endMs),
    };
  });
  return { status: 200, body: { at: instantOf(atMs), items } };
}

export async function getSchedule(ports: OnCallPorts, call: Call<'getSchedule'>): Promise<Reply<'getSchedule'>> {
  const { scheduleId } = call.input.params;
  const range = rangeOf(call.input.query, call.nowMs);
  const { definition, schedule, directory } = await found(ports, scheduleId, range);
  const [overrides, leave] = await Promise.all([
    listOverrides(ports.store, scheduleId, range.fromMs, range.untilMs),
    listStoredLeave(ports.store, range.fromMs, range.untilMs),
  ]);
  const concerned = new Set([...peopleOfSchedule(definition), ...overrides.map(({ personId }) => personId)]);
  // Who is away is nobody's business who may not ask for it.
  const showsLeave = routes.listLeave.roles.some((role) => call.caller.roles.includes(role));
  const conflicts = schedule.conflicts.filter(({ kind }) => showsLeave || kind !== 'on_leave');
  const shownLeave = showsLeave ? leave.filter(({ personId }) => concerned.has(personId)) : [];
  return {
    status: 200,
    body: {
      id: scheduleId,
      name: schedule.name,
      timezone: definition.timezone,
      from: instantOf(schedule.coveredFromMs),
      until: instantOf(schedule.coveredUntilMs),
      stretches: schedule.stretches.map((stretch) => ({
        ...stretchView(stretch),
        onCall: stretch.onCall.map(({ personId, cause, layer, inPlaceOf }) => ({
          person: personId,
          cause,
          layer,
          inPlaceOf,
        })),
      })),
      gaps: schedule.gaps.map(([startMs, endMs]) => stretchView({ startMs, endMs })),
      conflicts: conflicts.map(({ kind, personIds, layer, ...stretch }) => ({
        ...stretchView(stretch),
        kind,
        people: [...personIds],
        layer,
      })),
      handoffs: handoffsBetween(schedule, range.fromMs, range.untilMs).map(({ atMs, outgoing, incoming, onCall }) => ({
        at: instantOf(atMs),
        outgoing: [...outgoing],
        incoming: [...incoming],
        onCall: [...onCall],
      })),
      overrides: overrides.map(overrideView),
      leave: shownLeave.map(leaveView),
      warnings: reachWarnings([...concerned], Object.values(directory.people), lateAfterMs).map(
        ({ personId, reason }) => ({ person: personId, reason }),
      ),
    },
  };
}

export async function getScheduleIcs(
  ports: OnCallPorts,
  call: Call<'getScheduleIcs'>,
): Promise<Reply<'getScheduleIcs'>> {
  const range = rangeOf(call.input.query, call.nowMs);
  const { schedule, directory } = await found(ports, call.input.params.scheduleId, range);
  const names = Object.fromEntries(Object.values(directory.people).map(({ id, name }) => [id, name]));
  return { status: 200, body: { ics: scheduleToIcs(schedule, names, call.nowMs) } };
}

/** After every leave that can be taken. */
const latestMs = Date.UTC(2100, 0, 1);

export async function listLeave(ports: OnCallPorts, call: Call<'listLeave'>): Promise<Reply<'listLeave'>> {
  const { from, until } = call.input.query;
  const fromMs = from === undefined ? call.nowMs : Date.parse(from);
  const leave = await listStoredLeave(ports.store, fromMs, until === undefined ? latestMs : Date.parse(until));
  return { status: 200, body: { items: leave.map(leaveView) } };
}

async function found(ports: OnCallPorts, scheduleId: string, range: Range) {
  const [document, directory] = await Promise.all([
    ports.onCall.document(),
    // A day to spare, so that what holds at the first instant is known.
    ports.onCall.between(floorDay(range.fromMs) - dayMs, floorDay(range.untilMs) + dayMs),
  ]);
  const definition = own(document.directory.schedules, scheduleId);
  const whole: FinalSchedule | undefined = own(directory.schedules, scheduleId);
  if (definition === undefined || whole === undefined) throw new ApiError('not_found');
  return { definition, directory, schedule: scheduleBetween(whole, range.fromMs, range.untilMs) };
}

interface Range {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Four weeks from today where nothing is said. */
function rangeOf(
  query: { readonly from?: string | undefined; readonly until?: string | undefined },
  nowMs: number,
): Range {
  const fromMs = query.from === undefined ? floorDay(nowMs) : Date.parse(query.from);
  const untilMs = query.until === undefined ? fromMs + 28 * dayMs : Date.parse(query.until);
  const problem = untilMs <= fromMs ? 'has to be after from' : 'has to lie within 400 days of from';
  if (untilMs <= fromMs || untilMs - fromMs > longestRangeMs) {
    throw new ApiError('invalid_request', {
      issues: [{ path: ['query', 'until'], code: 'invalid_range', message: problem }],
    });
  }
  return { fromMs, untilMs };
}

function floorDay(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}

function stretchView({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }) {
  return { from: instantOf(startMs), until: instantOf(endMs) };
}

export function overrideView(override: ScheduleOverride) {
  const { id, personId, inPlaceOf, createdBy } = override;
  return { id, person: personId, inPlaceOf, createdBy, ...stretchView(override) };
}

export function leaveView(leave: Leave) {
  return { id: leave.id, person: leave.personId, createdBy: leave.createdBy, ...stretchView(leave) };
}

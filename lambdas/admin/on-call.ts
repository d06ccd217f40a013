import { own } from '../../domain/own.ts';
import { newChangeId } from '../../contracts/ids.ts';
import type { PublishedDocument } from '../../contracts/policy/published.ts';
import type { Store } from '../../store/client.ts';
import {
  deleteLeave,
  deleteOverride,
  listLeave,
  listOverrides,
  putLeave,
  putOverride,
  type Leave,
  type ScheduleOverride,
} from '../../store/overrides.ts';
import { stretchesFromIcs } from '../../zones/schedule-ics.ts';
import { ApiError } from '../http/api-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { leaveView, overrideView } from '../query/on-call.ts';
import { instantOf } from '../present/units.ts';

export interface OnCallAdminPorts {
  readonly store: Store;
  readonly onCall: { document(): Promise<PublishedDocument> };
}

const dayMs = 24 * 3_600_000;
/** A change longer than this is a new schedule. */
const longestChangeMs = 190 * dayMs;
const latestMs = Date.UTC(2100, 0, 1);

interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

function issue(path: string, message: string): ApiError {
  return new ApiError('invalid_request', { issues: [{ path: path.split('.'), code: 'invalid_value', message }] });
}

function stretchOf(body: { readonly from: string; readonly until: string }, nowMs: number): Stretch {
  const startMs = Date.parse(body.from);
  const endMs = Date.parse(body.until);
  if (endMs <= nowMs) throw issue('body.until', 'is past: what was cannot be changed');
  if (endMs - startMs > longestChangeMs) throw issue('body.until', 'has to lie within 190 days of from');
  return { startMs, endMs };
}

function knownPerson({ directory }: PublishedDocument, personId: string | undefined, path: string): void {
  if (personId !== undefined && own(directory.people, personId) === undefined) {
    throw issue(path, 'is nobody in the directory');
  }
}

function scheduleOf({ directory }: PublishedDocument, scheduleId: string) {
  const schedule = own(directory.schedules, scheduleId);
  if (schedule === undefined) throw new ApiError('not_found');
  return schedule;
}

export async function addOverride(ports: OnCallAdminPorts, call: Call<'addOverride'>): Promise<Reply<'addOverride'>> {
  const { scheduleId } = call.input.params;
  const { person, inPlaceOf } = call.input.body;
  const document = await ports.onCall.document();
  scheduleOf(document, scheduleId);
  knownPerson(document, person, 'body.person');
  knownPerson(document, inPlaceOf, 'body.inPlaceOf');
  const override: ScheduleOverride = {
    id: newChangeId(call.nowMs),
    scheduleId,
    personId: person,
    inPlaceOf: inPlaceOf ?? null,
    ...stretchOf(call.input.body, call.nowMs),
    createdBy: call.caller.id,
    createdAtMs: call.nowMs,
  };
  await putOverride(ports.store, override);
  call.log.info('on_call.override_added');
  return { status: 201, body: overrideView(override) };
}

export async function removeOverride(
  ports: OnCallAdminPorts,
  call: Call<'removeOverride'>,
): Promise<Reply<'removeOverride'>> {
  const { scheduleId, changeId } = call.input.params;
  scheduleOf(await ports.onCall.document(), scheduleId);
  const override = (await listOverrides(ports.store, scheduleId, 0, latestMs)).find(({ id }) => id === changeId);
  if (override === undefined) throw new ApiError('not_found');
  await deleteOverride(ports.store, override);
  call.log.info('on_call.override_removed');
  return { status: 200, body: { removed: true } };
}

export async function addLeave(ports: OnCallAdminPorts, call: Call<'addLeave'>): Promise<Reply<'addLeave'>> {
  const { person } = call.input.body;
  knownPerson(await ports.onCall.document(), person, 'body.person');
  const leave: Leave = {
    id: newChangeId(call.nowMs),
    personId: person,
    ...stretchOf(call.input.body, call.nowMs),
    createdBy: call.caller.id,
    createdAtMs: call.nowMs,
  };
  await putLeave(ports.store, leave);
  call.log.info('on_call.leave_added');
  return { status: 201, body: leaveView(leave) };
}

export async function removeLeave(ports: OnCallAdminPorts, call: Call<'removeLeave'>): Promise<Reply<'removeLeave'>> {
  const leave = (await listLeave(ports.store, 0, latestMs)).find(({ id }) => id === call.input.params.changeId);
  if (leave === undefined) throw new ApiError('not_found');
  await deleteLeave(ports.store, leave);
  call.log.info('on_call.leave_removed');
  return { status: 200, body: { removed: true } };
}

export async function importSchedule(
  ports: OnCallAdminPorts,
  call: Call<'importSchedule'>,
): Promise<Reply<'importSchedule'>> {
  const { scheduleId } = call.input.params;
  const { ics, as, dryRun = false, from, until } = call.input.body;
  const document = await ports.onCall.document();
  const { timezone } = scheduleOf(document, scheduleId);
  const fromMs = Math.max(call.nowMs, from === undefined ? 0 : Date.parse(from));
  const untilMs = until === undefined ? fromMs + longestChangeMs : Date.parse(until);
  const people = Object.entries(document.directory.people).map(([id, { name, contacts }]) => ({
    id,
    name,
    emails: contacts.flatMap((contact) => (contact.channel === 'email' ? [contact.address ?? ''] : [])),
  }));
  const read = readIcs(() => stretchesFromIcs(ics, people, timezone, fromMs, untilMs));
  if (read.stretches.length > mostImported) {
    throw issue('body.ics', `has more than ${mostImported} stretches in the range: say an earlier "until"`);
  }
  const common = { createdBy: call.caller.id, createdAtMs: call.nowMs };
  const stretches = read.stretches.map(({ personId, ...stretch }) => ({
    personId,
    startMs: Date.parse(stretch.from),
    endMs: Date.parse(stretch.until),
  }));
  const known = await knownStretches(ports.store, as === 'leave' ? null : scheduleId, fromMs, stretches);
  for (const stretch of dryRun ? [] : stretches) {
    if (known.has(stretch)) continue;
    const id = newChangeId(call.nowMs);
    if (as === 'leave') await putLeave(ports.store, { id, ...stretch, ...common });
    else await putOverride(ports.store, { id, scheduleId, inPlaceOf: null, ...stretch, ...common });
  }
  call.log.info('on_call.imported', { count: dryRun ? 0 : stretches.length - known.size });
  return {
    status: 200,
    body: {
      dryRun,
      stretches: stretches.map((stretch) => ({
        person: stretch.personId,
        from: instantOf(stretch.startMs),
        until: instantOf(stretch.endMs),
        known: known.has(stretch),
      })),
      unmatched: [...read.unmatched],
    },
  };
}

/** Each is written by itself: so many are within the time of a request. */
const mostImported = 500;

interface PersonStretch extends Stretch {
  readonly personId: string;
}

/** Those that are there already, so that a calendar can be taken in again without doubling them. */
async function knownStretches(
  store: Store,
  scheduleId: string | null,
  fromMs: number,
  stretches: readonly PersonStretch[],
): Promise<ReadonlySet<PersonStretch>> {
  const present: readonly PersonStretch[] =
    scheduleId === null
      ? await listLeave(store, fromMs, latestMs)
      : (await listOverrides(store, scheduleId, fromMs, latestMs)).filter(({ inPlaceOf }) => inPlaceOf === null);
  const isSame = (one: PersonStretch, other: PersonStretch): boolean =>
    one.personId === other.personId && one.startMs === other.startMs && one.endMs === other.endMs;
  return new Set(stretches.filter((stretch) => present.some((one) => isSame(one, stretch))));
}

function readIcs<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw issue(
      'body.ics',
      'is not an iCalendar text that can be read, or has a rule that cannot be followed to its end',
    );
  }
}

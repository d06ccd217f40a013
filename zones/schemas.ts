import * as z from 'zod';

import { isTimeZone } from './time-zone.ts';
import { parseClockTime, parseDate, parseInstant, parseWallTime, WEEKDAYS } from './wall-time.ts';

/** The YAML (or JSON) in which people write calendars, schedules and persons. Parsed once, where it is read. */

const knownZones = new Set<string>();

const timeZoneName = z.string().refine(
  (name) => {
    if (knownZones.has(name)) return true;
    if (!isTimeZone(name)) return false;
    knownZones.add(name);
    return true;
  },
  { error: (issue) => `unknown time zone: ${String(issue.input)}` },
);

const clockTime = z.string().refine((text) => parseClockTime(text) !== null, {
  error: (issue) => `not a clock time between 00:00 and 24:00: ${String(issue.input)}`,
});

const date = z.string().refine((text) => parseDate(text) !== null, {
  error: (issue) => `not a date (YYYY-MM-DD): ${String(issue.input)}`,
});

/** A leap year stands for every year, so that 02-29 is a date. */
const monthDay = z.string().refine((text) => /^\d{2}-\d{2}$/.test(text) && parseDate(`2000-${text}`) !== null, {
  error: (issue) => `not a month and day (MM-DD): ${String(issue.input)}`,
});

const wallTime = z.string().refine((text) => parseWallTime(text) !== null, {
  error: (issue) => `not a local time (YYYY-MM-DDTHH:MM): ${String(issue.input)}`,
});

/** Either an instant with its offset, or a wall time in the zone of the schedule. */
const moment = z.string().refine((text) => parseInstant(text) !== null || parseWallTime(text) !== null, {
  error: (issue) => `not a time (YYYY-MM-DDTHH:MM, with an offset or in local time): ${String(issue.input)}`,
});

/** `["09:00", "18:00"]`. A span that ends before it begins goes on past midnight. */
const hoursSpan = z
  .tuple([clockTime, clockTime])
  .refine(([from, to]) => parseClockTime(from) !== parseClockTime(to), {
    error: 'a span begins and ends at the same time; a whole day is ["00:00", "24:00"]',
  })
  .refine(([from]) => from !== '24:00' && from !== '24:00:00', { error: 'a span cannot begin at 24:00' });

const weeklyHours = z.strictObject({
  mon: z.array(hoursSpan).optional(),
  tue: z.array(hoursSpan).optional(),
  wed: z.array(hoursSpan).optional(),
  thu: z.array(hoursSpan).optional(),
  fri: z.array(hoursSpan).optional(),
  sat: z.array(hoursSpan).optional(),
  sun: z.array(hoursSpan).optional(),
});

const holidayPart = {
  /** Closed from this clock time on; from midnight where absent. */
  from: clockTime.optional(),
  /** Closed until this clock time; to the end of the day where absent. */
  to: clockTime.optional(),
  name: z.string().optional(),
};

const holiday = z.union([
  date,
  z
    .strictObject({ date, ...holidayPart })
    .refine(closesSomething, { error: 'a holiday ends before it begins; it does not go on past midnight' }),
  z
    .strictObject({ yearly: monthDay, ...holidayPart })
    .refine(closesSomething, { error: 'a holiday ends before it begins; it does not go on past midnight' }),
]);

export const calendarDefinition = z.strictObject({
  name: z.string().optional(),
  description: z.string().optional(),
  timezone: timeZoneName,
  hours: z.union([z.literal('24x7'), weeklyHours]),
  holidays: z.array(holiday).default([]),
  /** iCalendar files with more holidays, relative to the file of the definition. */
  holidayFiles: z.array(z.string()).optional(),
});

const userIds = z.array(z.string().min(1)).min(1);
const weekday = z.enum(WEEKDAYS);
const shiftLength = z.int().min(1).max(10_000);

/** When people of a rotation are on call at all; without a restriction always. Several add up. */
const restriction = z.union([
  /** Some hours of some days; past midnight where `to` is not after `from`; whole days where both are absent. */
  z.strictObject({ days: z.array(weekday).min(1).optional(), from: clockTime.optional(), to: clockTime.optional() }),
  /** One stretch of the week, such as Friday 18:00 to Monday 08:00. */
  z.strictObject({
    fromDay: weekday,
    fromTime: clockTime,
    toDay: weekday,
    toTime: clockTime,
  }),
]);

const rotationCommon = {
  name: z.string().optional(),
  /** Where absent, the zone of the schedule. */
  timezone: timeZoneName.optional(),
  /** The first handoff; before it nobody of this rotation is on call. */
  startLocal: wallTime,
  /** Nobody of this rotation is on call from then on. */
  endLocal: wallTime.optional(),
  users: userIds,
  restrictions: z.array(restriction).default([]),
};

const regularRotation = z.strictObject({
  ...rotationCommon,
  type: z.enum(['hourly', 'daily', 'weekly']),
  shiftLength: shiftLength.default(1),
});

const customRotation = z
  .strictObject({
    ...rotationCommon,
    type: z.literal('custom'),
    /** Lengths of the shifts, taken in turn, in wall-clock days and hours. */
    lengths: z
      .array(
        z
          .strictObject({ days: z.int().min(0).max(1000).default(0), hours: z.int().min(0).max(10_000).default(0) })
          .refine(({ days, hours }) => days + hours > 0, { error: 'a shift has no length' }),
      )
      .min(1)
      .optional(),
    /** Points of the week at which the rotation moves on. */
    handoffs: z
      .array(z.strictObject({ day: weekday, time: clockTime }))
      .min(1)
      .optional(),
  })
  .refine(({ lengths, handoffs }) => (lengths === undefined) !== (handoffs === undefined), {
    error: 'a custom rotation has either lengths or handoffs',
  });

const rotationDefinition = z.discriminatedUnion('type', [regularRotation, customRotation]);

const stretch = { from: moment, until: moment };

export const scheduleDefinition = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  timezone: timeZoneName,
  /** A later layer takes the place of an earlier one wherever it has somebody. */
  layers: z
    .array(z.strictObject({ name: z.string().optional(), rotations: z.array(rotationDefinition).min(1) }))
    .default([]),
  /** `person` is on call in the place of `replaces`, or of everybody where it is absent. */
  overrides: z
    .array(z.strictObject({ person: z.string().min(1), replaces: z.string().optional(), ...stretch }))
    .default([]),
  /** Two persons take each other's shifts: the first those of the second, and the other way round. */
  swaps: z
    .array(
      z.strictObject({
        first: z.strictObject({ person: z.string().min(1), ...stretch }),
        second: z.strictObject({ person: z.string().min(1), ...stretch }),
      }),
    )
    .default([]),
  /** A bare date in `until` is the first date back at work. */
  leave: z.array(z.strictObject({ person: z.string().min(1), ...stretch })).default([]),
  /** When somebody is expected to be on call; outside of it nobody is missed. */
  coverage: z.union([z.literal('24x7'), weeklyHours]).default('24x7'),
});

export const CONTACT_CHANNELS = ['sns', 'sms', 'voice', 'email', 'chat'] as const;

export const personDefinition = z.strictObject({
  id: z.string().min(1),
  name: z.string().optional(),
  timezone: timeZoneName.optional(),
  contacts: z
    .array(
      z.strictObject({
        channel: z.enum(CONTACT_CHANNELS),
        address: z.string().default(''),
        /** Minutes after the page. */
        delayMinutes: z.number().min(0).default(0),
        enabled: z.boolean().default(true),
      }),
    )
    .default([]),
});

/** A request of the calendar command, one a line. */
const pause = z.object({ from: instant(), to: instant().nullish() });

export const calendarRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('deadline'),
    calendar: calendarDefinition,
    pauses: z.array(pause).default([]),
    start: instant(),
    durationSeconds: z.number().min(0).max(1e11),
  }),
  z.object({
    kind: z.literal('elapsed'),
    calendar: calendarDefinition,
    pauses: z.array(pause).default([]),
    from: instant(),
    to: instant(),
  }),
]);

/** A request of the on-call command, one a line. */
export const rotationRequest = z.object({
  kind: z.literal('rotation'),
  rotation: z.discriminatedUnion('type', [
    regularRotation.extend({ timezone: timeZoneName }),
    customRotation.safeExtend({ timezone: timeZoneName }),
  ]),
  at: z.array(instant()),
});

export type CalendarDefinition = z.infer<typeof calendarDefinition>;
export type WeeklyHours = z.infer<typeof weeklyHours>;
export type HolidayDefinition = z.infer<typeof holiday>;
export type ScheduleDefinition = z.infer<typeof scheduleDefinition>;
export type RotationDefinition = z.infer<typeof rotationDefinition>;
export type RestrictionDefinition = z.infer<typeof restriction>;
export type PersonDefinition = z.infer<typeof personDefinition>;
export type CalendarRequest = z.infer<typeof calendarRequest>;
export type RotationRequest = z.infer<typeof rotationRequest>;

function instant(): z.ZodString {
  return z.string().refine((text) => parseInstant(text) !== null, {
    error: (issue) => `not an instant (YYYY-MM-DDTHH:MM:SSZ): ${String(issue.input)}`,
  });
}

function closesSomething(part: { readonly from?: string | undefined; readonly to?: string | undefined }): boolean {
  return (parseClockTime(part.from ?? '00:00') ?? 0) < (parseClockTime(part.to ?? '24:00') ?? 0);
}

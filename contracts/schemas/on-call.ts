import * as z from 'zod';

import { identifier, instant, noInput } from './common.ts';

/** People, schedules and their changes. Addresses of people never leave the directory. */

const scheduleParams = z.strictObject({ scheduleId: identifier() });
const changeId = z.string().regex(/^chg_[0-9A-HJKMNP-TV-Z]{26}$/, 'has to be the id of a change');
const headers = z.object({});

export const person = z
  .object({
    id: z.string(),
    name: z.string(),
    team: z.string().nullable(),
    timezone: z.string().nullable(),
    channels: z.array(z.string()).meta({ description: 'How a page reaches this person, first tried first.' }),
    reachable: z.boolean().meta({ description: 'false: no page would reach this person.' }),
  })
  .meta({ id: 'Person' });

export const people = z
  .object({
    items: z.array(person),
    teams: z.array(z.object({ id: z.string(), name: z.string(), members: z.array(z.string()) })),
  })
  .meta({ id: 'People' });

export const onCallRequest = z.object({
  params: noInput,
  query: z.strictObject({ at: instant.optional() }),
  headers,
});

export const onCallNow = z
  .object({
    at: instant,
    items: z.array(
      z.object({
        schedule: z.string(),
        name: z.string(),
        timezone: z.string(),
        onCall: z.array(z.string()),
        until: instant.nullable().meta({ description: 'When the people on call change next, as far as is known.' }),
        next: z.array(z.string()),
        isGap: z.boolean().meta({ description: 'Somebody is expected and nobody is there.' }),
      }),
    ),
  })
  .meta({ id: 'OnCallNow' });

const range = { from: instant.optional(), until: instant.optional() };

export const scheduleRequest = z.object({ params: scheduleParams, query: z.strictObject(range), headers });

const stretch = z.object({ from: instant, until: instant });

export const scheduleChange = z
  .object({
    id: z.string(),
    person: z.string(),
    inPlaceOf: z.string().nullable(),
    from: instant,
    until: instant,
    createdBy: z.string(),
  })
  .meta({ id: 'ScheduleOverride' });

export const leave = z
  .object({ id: z.string(), person: z.string(), from: instant, until: instant, createdBy: z.string() })
  .meta({ id: 'Leave' });

export const leaveListRequest = z.object({ params: noInput, query: z.strictObject(range), headers });

export const leaveList = z
  .object({ items: z.array(leave).meta({ description: 'The first to end first.' }) })
  .meta({ id: 'LeaveList' });

export const finalSchedule = z
  .object({
    id: z.string(),
    name: z.string(),
    timezone: z.string(),
    from: instant,
    until: instant,
    stretches: z.array(
      stretch.extend({
        onCall: z.array(
          z.object({
            person: z.string(),
            cause: z.enum(['rotation', 'override', 'swap']),
            layer: z.string().nullable(),
            inPlaceOf: z.string().nullable(),
          }),
        ),
      }),
    ),
    gaps: z.array(stretch),
    conflicts: z.array(stretch.extend({ kind: z.string(), people: z.array(z.string()), layer: z.string().nullable() })),
    handoffs: z.array(
      z.object({
        at: instant,
        outgoing: z.array(z.string()),
        incoming: z.array(z.string()),
        onCall: z.array(z.string()),
      }),
    ),
    overrides: z.array(scheduleChange),
    leave: z.array(leave),
    warnings: z.array(z.object({ person: z.string(), reason: z.string() })).meta({
      description: 'People of this schedule whom a page would not reach in time.',
    }),
  })
  .meta({ id: 'FinalSchedule' });

export const icsText = z.object({ ics: z.string() }).meta({ id: 'ScheduleAsICalendar' });

export const overrideRequest = z.object({
  params: scheduleParams,
  query: noInput,
  headers,
  body: z
    .strictObject({ person: identifier(), inPlaceOf: identifier().optional(), from: instant, until: instant })
    .refine(({ from, until }) => Date.parse(from) < Date.parse(until), {
      path: ['until'],
      error: 'has to be after from',
    })
    .meta({ id: 'NewScheduleOverride' }),
});

export const importRequest = z.object({
  params: scheduleParams,
  query: noInput,
  headers,
  body: z
    .strictObject({
      ics: z.string().min(1).max(200_000),
      as: z.enum(['overrides', 'leave']),
      dryRun: z.boolean().optional(),
      ...range,
    })
    .meta({ id: 'ImportICalendar' }),
});

export const imported = z
  .object({
    dryRun: z.boolean(),
    stretches: z.array(
      stretch.extend({
        person: z.string(),
        known: z.boolean().meta({ description: 'It was there before; it is not added again.' }),
      }),
    ),
    unmatched: z.array(z.string()).meta({ description: 'Events for which no person was found.' }),
  })
  .meta({ id: 'ImportedICalendar' });

export const removeOverrideRequest = z.object({
  params: z.strictObject({ scheduleId: identifier(), changeId }),
  query: noInput,
  headers,
});

export const leaveRequest = z.object({
  params: noInput,
  query: noInput,
  headers,
  body: z
    .strictObject({ person: identifier(), from: instant, until: instant })
    .refine(({ from, until }) => Date.parse(from) < Date.parse(until), {
      path: ['until'],
      error: 'has to be after from',
    })
    .meta({ id: 'NewLeave' }),
});

export const removeLeaveRequest = z.object({ params: z.strictObject({ changeId }), query: noInput, headers });

export const removed = z.object({ removed: z.boolean() }).meta({ id: 'Removed' });

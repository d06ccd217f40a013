import type { OpenHours } from '../../domain/calendar/open-hours.ts';
import { forecast, type Forecast } from '../../domain/escalation/forecast.ts';
import type { Directory } from '../../domain/policy/directory.ts';
import { calendarsOf } from '../../domain/policy/match.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { turnOfPage } from '../../domain/escalation/page-id.ts';
import { resolveRecipients } from '../../domain/policy/resolve-targets.ts';
import { receivedUnder, virtualEscalationId, type VirtualEscalation } from '../../domain/policy/virtual-escalation.ts';
import { expandCalendar } from '../../zones/expand-calendar.ts';
import type { DirectoryDefinition } from './directory-file.ts';
import { expandDirectory, noChanges, type OnCallChanges } from './expand-directory.ts';

const dayMs = 86_400_000;
/** Calendars are expanded this much further than is foretold: a clock that runs out later must be known to do so. */
const calendarReserveMs = 400 * dayMs;

/** Business calendars over a range, in the form in which the core asks for them. */
export interface HostedCalendars {
  /** By content hash. */
  readonly calendars: Readonly<Record<string, OpenHours>>;
  /** Name to content hash. */
  readonly calendarPins: Readonly<Record<string, string>>;
}

/** A directory and its calendars over a range of virtual time, for hosting the core in it. */
export interface VirtualWorld extends HostedCalendars {
  readonly directory: Directory;
}

/** Expands everything that policies need in `[fromMs, untilMs)`. */
export function virtualWorld(
  definition: DirectoryDefinition,
  fromMs: number,
  untilMs: number,
  changes: OnCallChanges = noChanges,
): VirtualWorld {
  return {
    directory: expandDirectory(definition, fromMs, untilMs, changes),
    ...hostedCalendars(definition, Object.keys(definition.calendars), fromMs, untilMs + calendarReserveMs),
  };
}

/** Expands the named calendars; a name that the directory does not have is left out. */
export function hostedCalendars(
  definition: DirectoryDefinition,
  names: readonly string[],
  fromMs: number,
  untilMs: number,
): HostedCalendars {
  const calendars: Record<string, OpenHours> = {};
  const calendarPins: Record<string, string> = {};
  for (const name of names) {
    const calendar = definition.calendars[name];
    if (calendar === undefined) continue;
    const hours = expandCalendar(calendar, fromMs, untilMs);
    calendars[hours.id] = hours;
    calendarPins[name] = hours.id;
  }
  return { calendars, calendarPins };
}

/**
 * What a policy would make of an escalation that nobody acts on, until `untilMs`.
 * @throws Error when the policy counts by a calendar that the world does not have
 */
export function forecastUnder(
  world: VirtualWorld,
  policy: Policy,
  virtual: VirtualEscalation,
  untilMs: number,
): Forecast {
  const missing = calendarsOf(policy).filter((name) => world.calendarPins[name] === undefined);
  if (missing.length > 0)
    throw new Error(`policy ${policy.name} counts by calendars that are not in the directory: ${missing.join(', ')}`);
  return forecast(
    receivedUnder(policy, virtual),
    {
      escalationId: virtualEscalationId,
      nowMs: virtual.atMs,
      policy,
      calendars: world.calendars,
      calendarPins: world.calendarPins,
    },
    {
      untilMs,
      resolveTargets: (targets, atMs, pageId) => resolveRecipients(world.directory, targets, atMs, turnOfPage(pageId)),
    },
  );
}

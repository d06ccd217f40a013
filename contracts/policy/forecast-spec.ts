import {
  categories,
  channels,
  isOneOf,
  severities,
  type Category,
  type Channel,
  type Severity,
} from '../../domain/escalation/vocabulary.ts';
import { accountClasses, type AccountClass } from '../../domain/policy/routing.ts';
import { isTimeZone, timeZone } from '../../zones/time-zone.ts';
import { DAY_MS, parseClockTime, parseDate, parseInstant } from '../../zones/wall-time.ts';
import { suggest } from './explain.ts';

/** An escalation in a few words: `sev1 external Sunday 03:00 Asia/Singapore`. */
export interface ForecastSpec {
  readonly severity: Severity | null;
  readonly channel: Channel;
  readonly category: Category;
  readonly accountClass: AccountClass | null;
  /** Epoch ms. */
  readonly atMs: number;
  readonly zone: string;
}

export type ParsedSpec =
  | { readonly ok: true; readonly spec: ForecastSpec }
  | { readonly ok: false; readonly errors: readonly string[] };

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/**
 * Reads severity, channel, category, account class, day (a weekday, `today`, `tomorrow` or a date), time, zone or a whole
 * instant, in any order. What is not said is: severity by the routing rules, channel `external`, category `other`, now, UTC.
 * A weekday is the next one on which the time is still to come.
 *
 * @param nowMs epoch ms
 * @returns all words that are not understood at once
 */
export function parseForecastSpec(text: string, nowMs: number): ParsedSpec {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const errors: string[] = [];
  const found: {
    severity?: Severity;
    channel?: Channel;
    category?: Category;
    accountClass?: AccountClass;
    zone?: string;
    seconds?: number;
    day?: string;
    instantMs?: number;
  } = {};
  for (const word of words) {
    const lower = word.toLowerCase();
    const weekday = weekdays.find((day) => lower.length >= 3 && day.startsWith(lower));
    const seconds = parseClockTime(word.length === 4 && word.includes(':') ? `0${word}` : word);
    const instantMs = parseInstant(word);
    const before = Object.keys(found).length;
    if (isOneOf(severities, lower)) found.severity = lower;
    else if (isOneOf(channels, lower)) found.channel = lower;
    else if (isOneOf(categories, lower)) found.category = lower;
    else if (isOneOf(accountClasses, lower)) found.accountClass = lower;
    else if (weekday !== undefined) found.day = weekday;
    else if (lower === 'today' || lower === 'tomorrow' || parseDate(word) !== null) found.day = lower;
    else if (instantMs !== null) found.instantMs = instantMs;
    else if (seconds !== null) found.seconds = seconds;
    else if (word.includes('/') || word === 'UTC' ? isTimeZone(word) : false) found.zone = word;
    else {
      errors.push(
        /^\d{4}-\d{2}-\d{2}$/.test(word)
          ? `"${word}" is no day of any year`
          : `"${word}" is not understood: ${suggest(word, [...severities, ...channels, ...categories, ...weekdays])}`,
      );
      continue;
    }
    if (Object.keys(found).length === before) errors.push(`"${word}" says again what another word has said`);
  }
  if (errors.length > 0) return { ok: false, errors };
  const zone = found.zone ?? 'UTC';
  return {
    ok: true,
    spec: {
      severity: found.severity ?? null,
      channel: found.channel ?? 'external',
      category: found.category ?? 'other',
      accountClass: found.accountClass ?? null,
      atMs: found.instantMs ?? instantOf(found.day, found.seconds, zone, nowMs),
      zone,
    },
  };
}

function instantOf(day: string | undefined, seconds: number | undefined, zoneName: string, nowMs: number): number {
  if (day === undefined && seconds === undefined) return Math.floor(nowMs / 1000) * 1000;
  const zone = timeZone(zoneName);
  const today = Math.floor(zone.wallTimeAtMs(nowMs) / DAY_MS);
  const at = (epochDay: number): number => zone.instantOfMs(epochDay * DAY_MS + (seconds ?? 0) * 1000, 'gap-end');
  const written = day === undefined ? null : parseDate(day);
  if (written !== null) return at(written);
  if (day === 'today') return at(today);
  if (day === 'tomorrow') return at(today + 1);
  // The epoch day 0 was a Thursday.
  const ahead = day === undefined ? 0 : (weekdays.indexOf(day) - ((today + 4) % 7) + 7) % 7;
  const next = at(today + ahead);
  return next >= nowMs ? next : at(today + ahead + (day === undefined ? 1 : 7));
}

import { parse } from 'yaml';
import type * as z from 'zod';

import { holidaysFromIcs } from './holidays-from-ics.ts';
import { RequestError } from './request-error.ts';
import type { CalendarDefinition } from './schemas.ts';

/**
 * Reads one definition from YAML or JSON.
 *
 * @throws `RequestError` with every issue of the definition; the parser's `YAMLParseError` where the text is no YAML
 */
export function parseDefinition<T>(text: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success) throw new RequestError(parsed.error);
  return parsed.data;
}

/**
 * The calendar with the holidays of its iCalendar files written out, as an expansion needs it.
 *
 * @param readFile reads a file that the definition names
 * @param firstYear the first year whose holidays are wanted
 * @param lastYear the last one, included
 */
export function withHolidayFiles(
  calendar: CalendarDefinition,
  readFile: (path: string) => string,
  firstYear: number,
  lastYear: number,
): CalendarDefinition {
  const { holidayFiles = [], ...rest } = calendar;
  const imported = holidayFiles.flatMap((path) =>
    holidaysFromIcs(readFile(path), calendar.timezone, firstYear, lastYear),
  );
  return { ...rest, holidays: [...calendar.holidays, ...imported] };
}

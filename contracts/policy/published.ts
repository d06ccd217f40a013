import * as z from 'zod';

import { own } from '../../domain/own.ts';
import type { RoutingTable } from '../../domain/policy/routing.ts';
import { calendarDefinition } from '../../zones/schemas.ts';
import { compileRouting } from './compile.ts';
import { directoryDefinition, type DirectoryDefinition } from './directory-file.ts';
import { routingDefinition, type RoutingDefinition } from './policy-file.ts';
import { idText } from './words.ts';

/** The document that is published beside the policies: who there is, and where escalations go. */
const publishedDirectory = z.object({
  directory: directoryDefinition,
  routing: routingDefinition,
  formerCalendars: z.record(z.string(), z.unknown()).default({}),
});
const whatHasCalendars = z.object({
  directory: z.object({ calendars: z.record(z.string(), z.unknown()).default({}) }),
  formerCalendars: z.record(z.string(), z.unknown()).default({}),
});

export interface PublishedDocument {
  /**
   * With the calendars that the files no longer have, as they were last: open escalations count by them, and so do policies
   * that stay in force.
   */
  readonly directory: DirectoryDefinition;
  readonly routing: RoutingTable;
  /** Names of the calendars that the files no longer have. */
  readonly formerCalendars: readonly string[];
}

/**
 * Reads a published document back.
 * @throws ZodError when it was not written by a publication
 */
export function parsePublishedDocument(document: unknown): PublishedDocument {
  const { directory, routing, ...read } = publishedDirectory.parse(document);
  const formerCalendars = readable(read.formerCalendars);
  return {
    directory: { ...directory, calendars: { ...formerCalendars, ...directory.calendars } },
    routing: compileRouting(routing),
    formerCalendars: Object.keys(formerCalendars).filter((name) => own(directory.calendars, name) === undefined),
  };
}

/** Those that this version can read: an old calendar must not hold up everything else. */
function readable(calendars: Readonly<Record<string, unknown>>): DirectoryDefinition['calendars'] {
  return Object.fromEntries(
    Object.entries(calendars).flatMap(([name, calendar]) => {
      const parsed = calendarDefinition.safeParse(calendar);
      return parsed.success && idText.safeParse(name).success ? [[name, parsed.data]] : [];
    }),
  );
}

/**
 * The document to publish. A calendar that the files no longer have stays in it: whatever counts by it goes on to.
 * @param latest the document in force, of whatever version; null before the first
 */
export function documentToPublish(
  files: { readonly directory: DirectoryDefinition; readonly routing: RoutingDefinition },
  latest: unknown,
): unknown {
  const parsed = whatHasCalendars.safeParse(latest);
  const before = parsed.success ? { ...parsed.data.formerCalendars, ...parsed.data.directory.calendars } : {};
  const former = Object.entries(readable(before)).filter(
    ([name]) => own(files.directory.calendars, name) === undefined,
  );
  return former.length === 0 ? files : { ...files, formerCalendars: Object.fromEntries(former) };
}

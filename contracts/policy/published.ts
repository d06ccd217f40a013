import * as z from 'zod';

import type { RoutingTable } from '../../domain/policy/routing.ts';
import { compileRouting } from './compile.ts';
import { directoryDefinition, type DirectoryDefinition } from './directory-file.ts';
import { routingDefinition } from './policy-file.ts';

/** The document that is published beside the policies: who there is, and where escalations go. */
const publishedDirectory = z.object({ directory: directoryDefinition, routing: routingDefinition });

export interface PublishedDocument {
  readonly directory: DirectoryDefinition;
  readonly routing: RoutingTable;
}

/**
 * Reads a published document back.
 * @throws ZodError when it was not written by a publication
 */
export function parsePublishedDocument(document: unknown): PublishedDocument {
  const { directory, routing } = publishedDirectory.parse(document);
  return { directory, routing: compileRouting(routing) };
}

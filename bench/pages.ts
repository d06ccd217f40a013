import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { PublishedLog, type Published } from '../local/published.ts';
import type { TemporaryStack } from '../local/temporary-stack.ts';

const pageSchema = z.object({
  kind: z.literal('page'),
  id: z.string(),
  escalationId: z.string(),
  severity: z.string(),
  tier: z.number(),
  cause: z.string(),
  decidedAtMs: z.number(),
});

export interface PublishedPage extends z.infer<typeof pageSchema> {
  /** When SNS had answered. Epoch ms. */
  readonly publishedAtMs: number;
}

/** Pages that SNS has taken, oldest first. */
export function pagesOf(stack: TemporaryStack): readonly PublishedPage[] {
  return pagesAmong(stack.published());
}

function pagesAmong(published: readonly Published[]): readonly PublishedPage[] {
  return published.flatMap(({ atMs, message }) => {
    const parsed = pageSchema.safeParse(JSON.parse(message));
    return parsed.success ? [{ ...parsed.data, publishedAtMs: atMs }] : [];
  });
}

/**
 * Waits until so many pages were published, or none came for a while. Reads each once: to read thousands again and again
 * was a load of its own in the burst that was measured.
 * @returns all of them
 */
export async function waitForPages(
  stack: TemporaryStack,
  count: number,
  quietForMs: number,
): Promise<readonly PublishedPage[]> {
  const log = new PublishedLog(stack.dataDir);
  const pages: PublishedPage[] = [];
  let sinceMs = Date.now();
  for (;;) {
    const more = pagesAmong(log.more());
    pages.push(...more);
    if (pages.length >= count) return pages;
    if (more.length > 0) sinceMs = Date.now();
    if (Date.now() - sinceMs > quietForMs) return pages;
    await sleep(200);
  }
}

/** The first page of each escalation. */
export function firstPages(pages: readonly PublishedPage[]): ReadonlyMap<string, PublishedPage> {
  const first = new Map<string, PublishedPage>();
  for (const page of pages) if (!first.has(page.escalationId)) first.set(page.escalationId, page);
  return first;
}

import * as z from 'zod';

import { bookFaults } from '../../domain/books/faults.ts';
import { isOneOf } from '../../domain/escalation/vocabulary.ts';
import type { BooksMemory, Reconciliation } from '../reconciliation.ts';

/** The reconciler's last result as it is stored. */
const count = z.int().nonnegative();
const tally = z.object({ found: count, repaired: count, left: count });
/** A newer worker may write of faults that this version does not know: they are left out. */
const faults = z.array(z.string()).transform((names) => names.filter((name) => isOneOf(bookFaults, name)));
const notes = z
  .array(z.object({ escalationId: z.string(), fault: z.string(), outcome: z.enum(['repaired', 'left']) }))
  .transform((all) => all.flatMap(({ fault, ...note }) => (isOneOf(bookFaults, fault) ? [{ ...note, fault }] : [])));

const memory = z.object({
  openAfter: z.string().nullable(),
  sweeps: count,
  openSweptAtMs: z.int().nullable(),
  itemsAfter: z.string().nullable(),
  itemsSweptAtMs: z.int().nullable(),
  left: z.array(z.object({ escalationId: z.string(), faults, runs: count, sinceMs: z.int() })),
}) satisfies z.ZodType<BooksMemory>;

export const reconciliation = z.object({
  startedAtMs: z.int(),
  finishedAtMs: z.int(),
  lost: tally,
  orphaned: tally,
  stuck: tally,
  checked: z.object({ open: count, items: count, audited: count }),
  notes,
  memory,
}) satisfies z.ZodType<Reconciliation>;

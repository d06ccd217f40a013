import * as z from 'zod';

import { bookFaults } from '../../domain/books/faults.ts';
import type { BooksMemory, Reconciliation } from '../reconciliation.ts';

/** The reconciler's last result as it is stored. */
const count = z.int().nonnegative();
const tally = z.object({ found: count, repaired: count, left: count });
const fault = z.enum(bookFaults);

const memory = z.object({
  openAfter: z.string().nullable(),
  sweeps: count,
  openSweptAtMs: z.int().nullable(),
  itemsAfter: z.string().nullable(),
  itemsSweptAtMs: z.int().nullable(),
  left: z.array(z.object({ escalationId: z.string(), faults: z.array(fault), runs: count, sinceMs: z.int() })),
}) satisfies z.ZodType<BooksMemory>;

export const reconciliation = z.object({
  startedAtMs: z.int(),
  finishedAtMs: z.int(),
  lost: tally,
  orphaned: tally,
  stuck: tally,
  checked: z.object({ open: count, items: count, audited: count }),
  notes: z.array(z.object({ escalationId: z.string(), fault, outcome: z.enum(['repaired', 'left']) })),
  memory,
}) satisfies z.ZodType<Reconciliation>;

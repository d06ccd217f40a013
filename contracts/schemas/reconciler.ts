import * as z from 'zod';

import { bookFaults, faultClasses } from '../../domain/books/faults.ts';
import { instant } from './common.ts';

/** The reconciler's last result as the API tells it. */
const count = z.int();
const tally = z.object({ found: count, repaired: count, left: count }).meta({ id: 'BooksTally' });
const fault = z.enum(bookFaults);

export const reconcilerReport = z
  .object({
    lastRun: z
      .object({
        startedAt: instant,
        finishedAt: instant,
        lost: tally.meta({ description: 'Nothing would have looked after them any more. `left` has to be 0.' }),
        orphaned: tally.meta({ description: 'They stood in the books and belonged to nothing.' }),
        stuck: tally.meta({ description: 'They were looked after and did not move on.' }),
        checked: z.object({
          open: count.meta({ description: 'Open escalations whose record was read.' }),
          items: count.meta({ description: 'Items of the table that were passed.' }),
          audited: count.meta({ description: 'Escalations compared from end to end, Temporal included.' }),
        }),
        faults: z.array(
          z.object({
            escalationId: z.string(),
            fault,
            class: z.enum(faultClasses),
            outcome: z.enum(['repaired', 'left']),
          }),
        ),
        left: z
          .array(z.object({ escalationId: z.string(), faults: z.array(fault), runs: count, since: instant }))
          .meta({ description: 'What could not be put right so far.' }),
        openSweptAt: instant.nullable().meta({ description: 'When the last pass over all open ones ended.' }),
        tableSweptAt: instant.nullable().meta({ description: 'When the last pass over the whole table ended.' }),
      })
      .nullable()
      .meta({ description: 'null before the first run.' }),
  })
  .meta({ id: 'ReconcilerReport', description: 'Whether the books agree, as the last run found them.' });
export type ReconcilerReport = z.output<typeof reconcilerReport>;

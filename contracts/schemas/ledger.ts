import * as z from 'zod';

import { clockName, instant } from './common.ts';

export const ledgerStretch = z
  .object({
    kind: z.enum(['running', 'paused', 'closed']),
    from: instant,
    to: instant.nullable().meta({ description: 'null while it goes on.' }),
    cause: z.string(),
    calendar: z.string(),
  })
  .meta({ id: 'LedgerStretch' });

export const ledgerClock = z
  .object({
    clock: clockName,
    cycle: z.int(),
    status: z.enum(['running', 'paused', 'stopped']),
    targetSeconds: z.number(),
    elapsedSeconds: z
      .number()
      .nullable()
      .meta({ description: 'Counted so far; null beyond what the calendar covers.' }),
    pausable: z.boolean(),
    dueAt: instant.nullable(),
    breachedAt: instant.nullable(),
    warnings: z.array(z.object({ percent: z.number(), at: instant.nullable(), told: z.boolean() })),
    verdict: z.enum(['met', 'breached', 'open']).meta({ description: 'open: neither stopped nor breached yet.' }),
    stretches: z.array(ledgerStretch),
  })
  .meta({ id: 'LedgerClock' });

/** Elapsed time is the sum of the running stretches, nothing else. */
export const ledger = z
  .object({ asOf: instant, seq: z.int(), clocks: z.array(ledgerClock) })
  .meta({ id: 'Ledger', description: 'Each clock of each cycle, oldest first.' });
export type LedgerView = z.output<typeof ledger>;

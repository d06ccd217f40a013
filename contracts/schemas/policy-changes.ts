import * as z from 'zod';

import {
  category,
  channel,
  clockName,
  cursor,
  escalationId,
  identifier,
  idempotencyKey,
  instant,
  noInput,
  queryInteger,
  severity,
} from './common.ts';
import { policyFile } from './policy-files.ts';

/** What another version of a policy would have done, would do, and would do to what is open. */

const files = z.array(policyFile).min(1).max(60);
const version = z.int().min(1).max(1_000_000_000);

export const backtestRequest = z.object({
  params: noInput,
  query: noInput,
  headers: z.object({}),
  body: z
    .strictObject({
      files: files.optional().meta({ description: 'The changed policies; those in force if not given.' }),
      policy: identifier().optional().meta({ description: 'Run everything through this one of them.' }),
      recordedUnder: identifier().optional().meta({ description: 'Only escalations of this policy.' }),
      cursor: cursor.optional(),
      limit: z.int().min(1).max(1000).default(300).meta({ description: 'Escalations to look at, newest first.' }),
    })
    .meta({ id: 'Backtest' }),
});

const side = z.object({
  before: z.int(),
  after: z.int(),
  added: z.int(),
  avoided: z.int(),
  earlier: z.int(),
  later: z.int(),
});
const pair = z.object({ before: z.int(), after: z.int() });

export const backtestPage = z
  .object({
    escalations: z.int().meta({ description: 'Looked at in this page.' }),
    reproduced: z.int().meta({ description: 'Logs that the core reproduces event by event.' }),
    leftOut: z.int().meta({ description: 'No policy of that name among the files, or a log that cannot be read.' }),
    from: instant.nullable(),
    until: instant.nullable(),
    severities: z.array(
      z.object({ severity, escalations: z.int(), differing: z.int(), pages: side, breaches: side, exhausted: pair }),
    ),
    clocks: z.array(z.object({ clock: clockName, before: z.int(), after: z.int() })),
    days: z
      .array(z.object({ day: z.string(), pages: pair, breaches: pair }))
      .meta({ description: 'By UTC day, oldest first.' }),
    changes: z.array(
      z.object({
        severity,
        kind: z.enum(['page', 'breach']),
        change: z.enum(['added', 'avoided', 'earlier', 'later']),
        what: z.string(),
        times: z.int(),
        firstEscalationId: z.string(),
        firstAt: instant,
      }),
    ),
    refused: z.array(z.object({ what: z.string(), times: z.int() })),
    mismatches: z.array(
      z.object({
        escalationId: z.string(),
        seq: z.int(),
        command: z.string(),
        recorded: z.string(),
        replayed: z.string(),
      }),
    ),
    nextCursor: z.string().nullable().meta({ description: 'null: the whole log was looked at.' }),
  })
  .meta({ id: 'BacktestPage', description: 'One page; pages add up.' });

export const diffRequest = z.object({
  params: noInput,
  query: noInput,
  headers: z.object({}),
  body: z
    .strictObject({
      files,
      policy: identifier().optional(),
      channel: channel.default('external'),
      from: instant.optional(),
      days: z.int().min(1).max(31).default(30),
    })
    .meta({ id: 'PolicyDiff' }),
});

const valueDifference = z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() });

export const policyDiff = z
  .object({
    policies: z.array(
      z.object({
        policy: z.string(),
        change: z.enum(['added', 'removed', 'changed', 'same']),
        differences: z.array(valueDifference),
      }),
    ),
    directoryChanged: z.boolean(),
    routingChanged: z.boolean(),
    from: instant,
    until: instant.meta({ description: 'So far it was compared.' }),
    next: instant.nullable().meta({ description: 'Ask again from here for the rest of the days; null: all done.' }),
    tried: z.int().meta({ description: 'Escalations tried for each severity: one an hour.' }),
    differing: z.array(z.object({ severity, times: z.int() })),
    differences: z.array(
      z.object({
        severity,
        kind: z.enum(['only_before', 'only_after']),
        what: z.string(),
        times: z.int(),
        firstAt: instant,
      }),
    ),
  })
  .meta({ id: 'PolicyComparison', description: 'The policies in force against the files.' });

export const migrationRequest = z.object({
  params: z.strictObject({ name: identifier() }),
  query: z.strictObject({
    version: queryInteger(1, 1_000_000_000).optional(),
    cursor: cursor.optional(),
    limit: queryInteger(1, 100).optional(),
  }),
  headers: z.object({}),
});

export const migrationPreviews = z
  .object({
    policy: z.string(),
    version: z.int(),
    items: z.array(
      z.object({
        escalationId,
        fromVersion: z.int(),
        severity,
        category,
        title: z.string().nullable(),
        blocked: z.string().nullable().meta({ description: 'Why it cannot be moved; null where it can.' }),
        same: z.boolean(),
        clocks: z.array(
          z.object({
            clock: clockName,
            change: z.enum(['retargeted', 'stopped', 'started']),
            dueBefore: instant.nullable(),
            dueAfter: instant.nullable(),
            overdueAtOnce: z.boolean(),
          }),
        ),
        happenings: z.array(
          z.object({
            at: instant,
            change: z.enum(['added', 'removed']),
            what: z.string(),
            people: z.array(z.string()),
          }),
        ),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'MigrationPreviews' });

export const migrateRequest = z.object({
  params: z.strictObject({ name: identifier() }),
  query: noInput,
  headers: z.object({ 'idempotency-key': idempotencyKey }),
  body: z.strictObject({ version, ids: z.array(escalationId).min(1).max(50) }).meta({ id: 'Migrate' }),
});

export const migrated = z
  .object({
    items: z.array(
      z.object({
        escalationId,
        outcome: z.enum(['moved', 'refused', 'pending']),
        code: z.string().nullable(),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Migrated' });

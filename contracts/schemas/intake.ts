import * as z from 'zod';

import {
  category,
  channel,
  escalationId,
  idempotencyKey,
  identifier,
  instant,
  isWellFormed,
  line,
  noInput,
  prose,
  severity,
} from './common.ts';
import { escalation } from './escalation.ts';

export const maxTitle = 200;
export const maxDescription = 20_000;

const dedupKey = z
  .string()
  .min(1, 'is empty')
  .max(500, 'is longer than 500 characters')
  .refine(isWellFormed, 'holds half of a surrogate pair')
  .meta({
    description: 'While an escalation with this key is open, a repeat is counted on it. Only a hash is kept.',
  });

export const newEscalation = z
  .strictObject({
    title: line(maxTitle),
    channel,
    category,
    severity: severity.optional().meta({ description: "Else the policy's rule for the category." }),
    description: prose(maxDescription).optional(),
    accountId: identifier().optional(),
    team: identifier().optional(),
    policy: identifier().optional().meta({ description: 'default, if not given; drill for a drill.' }),
    dedupKey: dedupKey.optional(),
    occurredAt: instant.optional().meta({ description: 'When it happened; kept with the description.' }),
  })
  .meta({ id: 'NewEscalation' });

export const createRequest = z.object({
  params: noInput,
  query: noInput,
  headers: z.object({ 'idempotency-key': idempotencyKey }),
  body: newEscalation,
});

/** The record as received, or the open one that the repeat was counted on. */
export const intakeReceipt = escalation
  .extend({ deduplicated: z.boolean().meta({ description: 'True: counted on an escalation that was open already.' }) })
  .meta({ id: 'IntakeReceipt' });

export const machineEvent = z
  .discriminatedUnion('action', [
    z.strictObject({
      action: z.literal('trigger'),
      dedupKey,
      title: line(maxTitle),
      channel: channel.optional().meta({ description: 'monitoring, if not given.' }),
      category: category.optional().meta({ description: 'other, if not given.' }),
      severity: severity.optional(),
      description: prose(maxDescription).optional(),
      accountId: identifier().optional(),
      team: identifier().optional(),
      policy: identifier().optional(),
    }),
    z.strictObject({ action: z.literal('clear'), dedupKey }),
  ])
  .meta({ id: 'MachineEvent' });

export const eventRequest = z.object({
  params: noInput,
  query: noInput,
  headers: z.object({ 'idempotency-key': idempotencyKey }),
  body: machineEvent,
});

/** What became of one thing that a machine said. */
export const machineReceipt = z
  .object({
    dedupKey: z.string(),
    outcome: z.enum(['opened', 'counted', 'known', 'cleared', 'nothing_open']).meta({
      description:
        'opened: a new escalation. counted: a repeat, counted on the open one. known: said before, nothing changes. ' +
        'cleared: the open one was told. nothing_open: there was nothing to clear.',
    }),
    escalationId: escalationId.nullable(),
  })
  .meta({ id: 'MachineReceipt' });
export type MachineReceipt = z.output<typeof machineReceipt>;

const labelSet = z.record(z.string().max(300), z.string().max(8000));

/** Version 4 of Alertmanager's webhook, as far as it is used; fields that a newer one adds are let through. */
const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: labelSet,
  annotations: labelSet.optional(),
  startsAt: z.string().max(64).optional(),
  endsAt: z.string().max(64).optional(),
  generatorURL: z.string().max(4000).optional(),
  fingerprint: z.string().min(1).max(100),
});
export type Alert = z.output<typeof alert>;

export const maxAlerts = 500;

export const alertmanagerBody = z
  .object({
    version: z.string().max(10).optional(),
    groupKey: z.string().max(8000).optional(),
    receiver: z.string().max(300).optional(),
    status: z.enum(['firing', 'resolved']).optional(),
    alerts: z.array(alert).max(maxAlerts, `holds more than ${maxAlerts} alerts; set max_alerts in the receiver`),
    truncatedAlerts: z.number().optional(),
    externalURL: z.string().max(4000).optional(),
  })
  .meta({ id: 'AlertmanagerNotification' });

export const alertmanagerRequest = z.object({
  params: noInput,
  query: noInput,
  headers: z.object({}),
  body: alertmanagerBody,
});

export const machineReceipts = z.object({ receipts: z.array(machineReceipt) }).meta({ id: 'MachineReceipts' });

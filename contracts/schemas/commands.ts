import * as z from 'zod';

import type { PersonCommandType } from '../../domain/escalation/commands.ts';
import { pauseReasons, resolutionCodes, updateAudiences } from '../../domain/escalation/vocabulary.ts';
import {
  escalationParams,
  idempotencyKey,
  identifier,
  ifMatch,
  instant,
  noInput,
  prose,
  severity,
  tier,
} from './common.ts';

/** Longest texts, in characters; a text item stays far under DynamoDB's 400 KB. */
export const maxReason = 2000;
export const maxText = 20_000;

const reason = prose(maxReason);
const text = prose(maxText);

/** What each command takes. Free text is stored by itself, where it can be erased: commands and events hold its id. */
export const commandBodies = {
  acknowledge: noInput,
  'start-investigation': noInput,
  assign: z.strictObject({ assignee: identifier(), team: identifier().optional() }),
  'hand-off': z.strictObject({ to: identifier(), note: text }),
  escalate: z.strictObject({ reason, toTier: tier.optional() }),
  'de-escalate': z.strictObject({ reason, toTier: tier.optional() }),
  'change-severity': z.strictObject({ severity, reason }),
  note: z.strictObject({ text }),
  'send-update': z.strictObject({ audience: z.enum(updateAudiences), text }),
  pause: z.strictObject({ reason: z.enum(pauseReasons), until: instant, note: text.optional() }),
  resume: noInput,
  resolve: z.strictObject({ code: z.enum(resolutionCodes), summary: text }),
  reopen: z.strictObject({ reason }),
  'submit-rca': z.strictObject({ text }),
  'approve-rca': noInput,
  close: noInput,
  'migrate-policy': z.strictObject({ version: z.int().min(1).max(1_000_000_000) }),
  cancel: z.strictObject({ reason }),
} as const satisfies { readonly [C in PersonCommandType]: z.ZodObject };

export type CommandBodies = { readonly [C in PersonCommandType]: z.output<(typeof commandBodies)[C]> };

const commandHeaders = z.object({ 'idempotency-key': idempotencyKey, 'if-match': ifMatch });

function commandRequest<B extends z.ZodObject>(body: B) {
  return z.object({ params: escalationParams, query: noInput, headers: commandHeaders, body });
}

export const commandRequests = {
  acknowledge: commandRequest(commandBodies.acknowledge),
  'start-investigation': commandRequest(commandBodies['start-investigation']),
  assign: commandRequest(commandBodies.assign),
  'hand-off': commandRequest(commandBodies['hand-off']),
  escalate: commandRequest(commandBodies.escalate),
  'de-escalate': commandRequest(commandBodies['de-escalate']),
  'change-severity': commandRequest(commandBodies['change-severity']),
  note: commandRequest(commandBodies.note),
  'send-update': commandRequest(commandBodies['send-update']),
  pause: commandRequest(commandBodies.pause),
  resume: commandRequest(commandBodies.resume),
  resolve: commandRequest(commandBodies.resolve),
  reopen: commandRequest(commandBodies.reopen),
  'submit-rca': commandRequest(commandBodies['submit-rca']),
  'approve-rca': commandRequest(commandBodies['approve-rca']),
  close: commandRequest(commandBodies.close),
  'migrate-policy': commandRequest(commandBodies['migrate-policy']),
  cancel: commandRequest(commandBodies.cancel),
} as const satisfies { readonly [C in PersonCommandType]: z.ZodObject };

/** 202: the command was handed over and its outcome was not known in time. */
export const commandPending = z
  .object({
    commandId: z.string(),
    status: z.literal('pending'),
    escalation: z.string().meta({ description: 'Path of the escalation.' }),
  })
  .meta({ id: 'CommandPending', description: 'Repeat the call with the same Idempotency-Key to learn the outcome.' });

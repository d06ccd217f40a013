import * as z from 'zod';

import type { ErrorCode } from '../errors.ts';
import type { RouteId } from '../routes.ts';
import { erased, integrationKey, keyList, me, newKey, policyDetail, policyList } from './admin.ts';
import { commandPending } from './commands.ts';
import { actions, escalation, escalationDetail, escalationList, forecast } from './escalation.ts';
import { intakeReceipt, machineReceipts } from './intake.ts';
import { ledger } from './ledger.ts';
import {
  finalSchedule,
  icsText,
  imported,
  leave,
  leaveList,
  onCallNow,
  people,
  removed,
  scheduleChange,
} from './on-call.ts';
import { reconcilerReport } from './reconciler.ts';
import { backtestPage, migrated, migrationPreviews, policyDiff } from './policy-changes.ts';
import { policyCheck, policyForecast, policyPublication } from './policy-files.ts';
import { timeline } from './timeline.ts';

interface Success {
  readonly description: string;
  readonly schema: z.ZodType;
  readonly headers?: readonly (keyof typeof responseHeaders)[];
}

export interface RouteResponses {
  /** By HTTP status. */
  readonly success: { readonly [status: number]: Success };
  /** Problems beside those that every route can have. */
  readonly problems: readonly ErrorCode[];
}

export const responseHeaders = {
  etag: 'The revision in quotes, for If-Match.',
  location: 'Path of the escalation.',
  'idempotency-replayed': 'true when the answer is the outcome of an earlier call with the same key.',
} as const;

const changed = {
  200: {
    description: 'Done; the escalation as it stands',
    schema: escalation,
    headers: ['etag', 'idempotency-replayed'],
  },
  202: { description: 'Handed over; the outcome was not known in time', schema: commandPending, headers: ['location'] },
} as const;

const byId = ['not_found'] as const satisfies readonly ErrorCode[];

function commandResponses(...refusals: readonly ErrorCode[]) {
  return {
    success: changed,
    problems: [
      'not_found',
      'wrong_state',
      'already_so',
      'stale_revision',
      'idempotency_key_reused',
      'overloaded',
      'outcome_unknown',
      ...refusals,
    ],
  } as const;
}

/** What each route answers. */
export const responses = {
  createEscalation: {
    success: {
      201: {
        description: 'Taken in: the record as received',
        schema: intakeReceipt,
        headers: ['location', 'etag', 'idempotency-replayed'],
      },
      200: {
        description: 'Counted on the open escalation with this dedup key',
        schema: intakeReceipt,
        headers: ['location', 'etag', 'idempotency-replayed'],
      },
    },
    problems: ['idempotency_key_reused', 'outcome_unknown'],
  },
  takeAlertmanager: {
    success: { 200: { description: 'Taken in, alert by alert', schema: machineReceipts } },
    problems: ['outcome_unknown'],
  },
  takeEvent: {
    success: { 200: { description: 'Taken in', schema: machineReceipts } },
    problems: ['idempotency_key_reused', 'outcome_unknown'],
  },
  listEscalations: {
    success: { 200: { description: 'One page', schema: escalationList } },
    problems: ['invalid_cursor'],
  },
  getEscalation: {
    success: { 200: { description: 'The escalation', schema: escalationDetail, headers: ['etag'] } },
    problems: byId,
  },
  getTimeline: {
    success: { 200: { description: 'One page', schema: timeline } },
    problems: ['not_found', 'invalid_cursor'],
  },
  getLedger: { success: { 200: { description: 'Its ledger', schema: ledger } }, problems: byId },
  getForecast: { success: { 200: { description: 'Its forecast', schema: forecast } }, problems: byId },
  getActions: { success: { 200: { description: 'One answer for each command', schema: actions } }, problems: byId },
  eraseTexts: { success: { 200: { description: 'Erased', schema: erased } }, problems: byId },
  createIntegrationKey: { success: { 201: { description: 'The key with its token', schema: newKey } }, problems: [] },
  listIntegrationKeys: { success: { 200: { description: 'The keys', schema: keyList } }, problems: [] },
  revokeIntegrationKey: {
    success: { 200: { description: 'Revoked, now or before', schema: integrationKey } },
    problems: byId,
  },
  listPolicies: { success: { 200: { description: 'The policies', schema: policyList } }, problems: [] },
  getPolicy: { success: { 200: { description: 'The policy', schema: policyDetail } }, problems: byId },
  checkPolicies: { success: { 200: { description: 'What was found', schema: policyCheck } }, problems: [] },
  publishPolicies: {
    success: { 200: { description: 'Published, or why not', schema: policyPublication } },
    problems: [],
  },
  forecastPolicy: { success: { 200: { description: 'Step by step', schema: policyForecast } }, problems: byId },
  backtestPolicies: {
    success: { 200: { description: 'One page of the log, run again', schema: backtestPage } },
    problems: ['invalid_cursor'],
  },
  diffPolicies: { success: { 200: { description: 'What differs', schema: policyDiff } }, problems: [] },
  previewMigration: {
    success: { 200: { description: 'One page of open escalations', schema: migrationPreviews } },
    problems: ['not_found', 'invalid_cursor'],
  },
  migrateEscalations: {
    success: { 200: { description: 'What became of each', schema: migrated } },
    problems: ['not_found'],
  },
  listPeople: { success: { 200: { description: 'People and teams', schema: people } }, problems: [] },
  getOnCall: { success: { 200: { description: 'By schedule', schema: onCallNow } }, problems: [] },
  getSchedule: { success: { 200: { description: 'The final schedule', schema: finalSchedule } }, problems: byId },
  getScheduleIcs: { success: { 200: { description: 'iCalendar', schema: icsText } }, problems: byId },
  addOverride: { success: { 201: { description: 'The override', schema: scheduleChange } }, problems: byId },
  removeOverride: { success: { 200: { description: 'Gone', schema: removed } }, problems: byId },
  importSchedule: { success: { 200: { description: 'What was taken in', schema: imported } }, problems: byId },
  listLeave: { success: { 200: { description: 'Leave', schema: leaveList } }, problems: [] },
  addLeave: { success: { 201: { description: 'The leave', schema: leave } }, problems: byId },
  removeLeave: { success: { 200: { description: 'Gone', schema: removed } }, problems: byId },
  getReconciler: { success: { 200: { description: 'The last result', schema: reconcilerReport } }, problems: [] },
  getMe: { success: { 200: { description: 'The caller', schema: me } }, problems: [] },
  getOpenApi: {
    success: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
    problems: [],
  },
  acknowledge: commandResponses(),
  'start-investigation': commandResponses(),
  assign: commandResponses(),
  'hand-off': commandResponses(),
  escalate: commandResponses('no_such_tier'),
  'de-escalate': commandResponses('no_such_tier'),
  'change-severity': commandResponses(),
  note: commandResponses(),
  'send-update': commandResponses(),
  pause: commandResponses('bad_time'),
  resume: commandResponses(),
  resolve: commandResponses(),
  reopen: commandResponses(),
  'submit-rca': commandResponses(),
  'approve-rca': commandResponses('same_person'),
  close: commandResponses('rca_required', 'rca_not_approved'),
  'migrate-policy': commandResponses('no_such_policy', 'no_such_tier'),
  cancel: commandResponses(),
} as const satisfies { readonly [Id in RouteId]: RouteResponses };

type SuccessOf<Id extends RouteId> = (typeof responses)[Id]['success'];
type SchemaOutput<One> = One extends { readonly schema: infer Schema extends z.ZodType } ? z.output<Schema> : never;

/** The JSON of every success of a route. */
export type ResponseOf<Id extends RouteId> = SchemaOutput<SuccessOf<Id>[keyof SuccessOf<Id>]>;

export const responseTable: { readonly [Id in RouteId]: RouteResponses } = responses;

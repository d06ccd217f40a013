import type * as z from 'zod';

import type { RouteId } from '../routes.ts';
import { createKeyRequest, eraseRequest, keyRequest, plainRequest, policyRequest } from './admin.ts';
import { commandRequests } from './commands.ts';
import { byIdRequest, listRequest } from './escalation.ts';
import { alertmanagerRequest, createRequest, eventRequest } from './intake.ts';
import {
  importRequest,
  leaveListRequest,
  leaveRequest,
  onCallRequest,
  overrideRequest,
  removeLeaveRequest,
  removeOverrideRequest,
  scheduleRequest,
} from './on-call.ts';
import { backtestRequest, diffRequest, migrateRequest, migrationRequest } from './policy-changes.ts';
import { policyFilesRequest, policyForecastRequest } from './policy-files.ts';
import { timelineRequest } from './timeline.ts';

/**
 * What each route takes: `params`, `query` and `headers` as texts, `body` as JSON. One schema for all parts, so that a
 * request is told everything that is wrong with it at once.
 */
export const requests = {
  createEscalation: createRequest,
  takeAlertmanager: alertmanagerRequest,
  takeEvent: eventRequest,
  listEscalations: listRequest,
  getEscalation: byIdRequest,
  getTimeline: timelineRequest,
  getLedger: byIdRequest,
  getForecast: byIdRequest,
  getActions: byIdRequest,
  eraseTexts: eraseRequest,
  createIntegrationKey: createKeyRequest,
  listIntegrationKeys: plainRequest,
  revokeIntegrationKey: keyRequest,
  listPolicies: plainRequest,
  getPolicy: policyRequest,
  checkPolicies: policyFilesRequest,
  publishPolicies: policyFilesRequest,
  forecastPolicy: policyForecastRequest,
  backtestPolicies: backtestRequest,
  diffPolicies: diffRequest,
  previewMigration: migrationRequest,
  migrateEscalations: migrateRequest,
  listPeople: plainRequest,
  getOnCall: onCallRequest,
  getSchedule: scheduleRequest,
  getScheduleIcs: scheduleRequest,
  addOverride: overrideRequest,
  removeOverride: removeOverrideRequest,
  importSchedule: importRequest,
  listLeave: leaveListRequest,
  addLeave: leaveRequest,
  removeLeave: removeLeaveRequest,
  getReconciler: plainRequest,
  getMe: plainRequest,
  getOpenApi: plainRequest,
  ...commandRequests,
} as const satisfies { readonly [Id in RouteId]: z.ZodObject };

/** A request as its handler gets it. */
export type RequestOf<Id extends RouteId> = z.output<(typeof requests)[Id]>;

/** The JSON body that a client sends; `undefined` for routes without one. */
export type BodyOf<Id extends RouteId> = RequestOf<Id> extends { readonly body: infer B } ? B : undefined;
export type QueryOf<Id extends RouteId> = RequestOf<Id>['query'];
export type ParamsOf<Id extends RouteId> = RequestOf<Id>['params'];

/** The same schemas, typed so that a generic route id leads to its own request. */
export const requestSchemas: { readonly [Id in RouteId]: z.ZodType<RequestOf<Id>> } = requests;

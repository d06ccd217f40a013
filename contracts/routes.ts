import type { PersonCommandType } from '../domain/escalation/commands.ts';
import { commandRoles, type Role } from './roles.ts';

/**
 * The one route table: Lambda entry points, the CDK API, the local gateway, the OpenAPI document, the console's client
 * and the contract tests derive from it. Plain data, so that all of them can import it cheaply; the schemas stand
 * beside it under the same ids, in `contracts/schemas/requests.ts` and `contracts/schemas/responses.ts`.
 *
 * To add a route: an entry here, its request and response schemas there, its handler in the Lambda it names. The
 * compiler names the last two.
 */
export const lambdaNames = ['intake', 'query', 'command', 'admin'] as const;
export type LambdaName = (typeof lambdaNames)[number];

export const methods = ['GET', 'POST', 'DELETE'] as const;
export type Method = (typeof methods)[number];

/**
 * Who may knock: anyone, the bearer of an access token of the issuer, the bearer of an integration key, or either.
 * A gateway can check only tokens, so it lets the last two through: the handler checks all of them itself.
 */
export const authKinds = ['public', 'jwt', 'jwt_or_key', 'key'] as const;
export type AuthKind = (typeof authKinds)[number];

/** What a route's handler reaches, for least-privilege grants; `table_write` does not include `table_read`. */
export const touchKinds = ['table_read', 'table_write', 'temporal'] as const;
export type Touch = (typeof touchKinds)[number];

/** Requests for all callers together, at the gateway. Each caller has a smaller share: see `lambdas/http/limits.ts`. */
export interface Throttle {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface RouteShape {
  readonly id: string;
  readonly method: Method;
  /** With parameters in braces, as OpenAPI and API Gateway write them. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly tag: 'escalations' | 'commands' | 'intake' | 'keys' | 'policies' | 'on-call' | 'about';
  readonly auth: AuthKind;
  /** Any one of them suffices; empty for public routes. */
  readonly roles: readonly Role[];
  readonly lambda: LambdaName;
  /** Decoded bytes; 0 where the route takes no body. */
  readonly maxBodyBytes: number;
  /** The Lambda's own limit; an HTTP API gives up after 30 s. */
  readonly timeoutSeconds: number;
  readonly touches: readonly Touch[];
  readonly throttle: Throttle;
  /** For the routes of `/v1/escalations/{id}/<command>`. */
  readonly command?: PersonCommandType;
}

const KIB = 1024;
const readers = ['responder', 'account_manager', 'programme_manager', 'leader'] as const satisfies readonly Role[];
const reading = { maxBodyBytes: 0, timeoutSeconds: 10, throttle: { ratePerSecond: 500, burst: 1000 } } as const;
const taking = { timeoutSeconds: 20, throttle: { ratePerSecond: 1000, burst: 2000 } } as const;
const administering = { timeoutSeconds: 10, throttle: { ratePerSecond: 20, burst: 40 } } as const;

interface CommandRoute<C extends PersonCommandType> extends RouteShape {
  readonly id: C;
  readonly method: 'POST';
  readonly lambda: 'command';
  readonly command: C;
}

function command<const C extends PersonCommandType>(
  type: C,
  summary: string,
  touches: readonly Touch[] = [],
): CommandRoute<C> {
  return {
    id: type,
    method: 'POST',
    path: `/v1/escalations/{id}/${type}`,
    summary,
    tag: 'commands',
    auth: commandRoles[type].includes('integration') ? 'jwt_or_key' : 'jwt',
    roles: commandRoles[type],
    lambda: 'command',
    maxBodyBytes: 128 * KIB,
    // The handler answers 202 after 20 s at the latest.
    timeoutSeconds: 28,
    touches: ['table_read', 'temporal', ...touches],
    throttle: { ratePerSecond: 200, burst: 400 },
    command: type,
  };
}

/** Commands that carry text write it to the table before they are sent. */
const withText = ['table_write'] as const;

const commandRoutes = {
  acknowledge: command('acknowledge', 'Say that somebody has it: the tier is not asked again'),
  'start-investigation': command('start-investigation', 'Say that the work has begun'),
  assign: command('assign', 'Give it to a person'),
  'hand-off': command('hand-off', 'Pass it on to another person with a note', withText),
  escalate: command('escalate', 'Move it up a tier and page that tier', withText),
  'de-escalate': command('de-escalate', 'Move it down a tier', withText),
  'change-severity': command('change-severity', 'Change how bad it is; clocks take the new targets', withText),
  note: command('note', 'Add a note to the timeline', withText),
  'send-update': command('send-update', 'Tell an audience how it stands; stops the update clocks', withText),
  pause: command('pause', 'Stop the clocks that may stop, until an instant', withText),
  resume: command('resume', 'End a pause before its time'),
  resolve: command('resolve', 'Say that the cause or its effect is gone', withText),
  reopen: command('reopen', 'Take a resolved or closed escalation up again', withText),
  'submit-rca': command('submit-rca', 'Hand in the root cause analysis', withText),
  'approve-rca': command('approve-rca', "Accept somebody else's root cause analysis"),
  close: command('close', 'End it'),
  'migrate-policy': command('migrate-policy', 'Move it to another version of its policy; what has run is kept'),
  cancel: command('cancel', 'End it as filed by mistake', withText),
} satisfies { readonly [C in PersonCommandType]: CommandRoute<C> };

const ownRoutes = {
  createEscalation: {
    id: 'createEscalation',
    method: 'POST',
    path: '/v1/escalations',
    summary: 'File an escalation; a repeat with an open dedup key is counted on the one that is open',
    tag: 'escalations',
    auth: 'jwt_or_key',
    roles: ['responder', 'account_manager', 'programme_manager', 'leader', 'integration'],
    lambda: 'intake',
    maxBodyBytes: 128 * KIB,
    touches: ['table_read', 'table_write', 'temporal'],
    ...taking,
  },
  takeAlertmanager: {
    id: 'takeAlertmanager',
    method: 'POST',
    path: '/v1/intake/alertmanager',
    summary: "Receiver for Prometheus Alertmanager's webhook: one escalation for each alert",
    tag: 'intake',
    auth: 'jwt_or_key',
    roles: ['integration'],
    lambda: 'intake',
    maxBodyBytes: 1024 * KIB,
    touches: ['table_read', 'table_write', 'temporal'],
    ...taking,
  },
  takeEvent: {
    id: 'takeEvent',
    method: 'POST',
    path: '/v1/intake/events',
    summary: 'Intake for any machine: trigger opens or counts, clear reports that the cause is gone',
    tag: 'intake',
    auth: 'jwt_or_key',
    roles: ['integration'],
    lambda: 'intake',
    maxBodyBytes: 128 * KIB,
    touches: ['table_read', 'table_write', 'temporal'],
    ...taking,
  },
  listEscalations: {
    id: 'listEscalations',
    method: 'GET',
    path: '/v1/escalations',
    summary: 'Escalations, most urgent or newest first',
    tag: 'escalations',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getEscalation: {
    id: 'getEscalation',
    method: 'GET',
    path: '/v1/escalations/{id}',
    summary: 'One escalation as it stands, with its description',
    tag: 'escalations',
    auth: 'jwt_or_key',
    roles: [...readers, 'integration'],
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getTimeline: {
    id: 'getTimeline',
    method: 'GET',
    path: '/v1/escalations/{id}/timeline',
    summary: 'What happened, in order: people, the system, and what became of each page',
    tag: 'escalations',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getLedger: {
    id: 'getLedger',
    method: 'GET',
    path: '/v1/escalations/{id}/ledger',
    summary: 'Every clock of every cycle: its running, paused and closed stretches and its verdict',
    tag: 'escalations',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getForecast: {
    id: 'getForecast',
    method: 'GET',
    path: '/v1/escalations/{id}/forecast',
    summary: 'What happens next if nobody acts, second by second',
    tag: 'escalations',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getActions: {
    id: 'getActions',
    method: 'GET',
    path: '/v1/escalations/{id}/actions',
    summary: 'Which commands the caller may give now, and why the others are refused',
    tag: 'escalations',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  eraseTexts: {
    id: 'eraseTexts',
    method: 'POST',
    path: '/v1/escalations/{id}/erase-texts',
    summary: 'Erase the free text of an escalation; its sequence, ledger and verdicts stay valid',
    tag: 'escalations',
    auth: 'jwt',
    roles: ['programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 32 * KIB,
    touches: ['table_read', 'table_write'],
    ...administering,
  },
  createIntegrationKey: {
    id: 'createIntegrationKey',
    method: 'POST',
    path: '/v1/integration-keys',
    summary: 'Make a key for one source; its secret is shown this once',
    tag: 'keys',
    auth: 'jwt',
    roles: ['programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 8 * KIB,
    touches: ['table_read', 'table_write'],
    ...administering,
  },
  listIntegrationKeys: {
    id: 'listIntegrationKeys',
    method: 'GET',
    path: '/v1/integration-keys',
    summary: 'The keys there are, without their secrets',
    tag: 'keys',
    auth: 'jwt',
    roles: ['programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 0,
    touches: ['table_read'],
    ...administering,
  },
  revokeIntegrationKey: {
    id: 'revokeIntegrationKey',
    method: 'DELETE',
    path: '/v1/integration-keys/{keyId}',
    summary: 'Stop a key from working, within seconds and for good',
    tag: 'keys',
    auth: 'jwt',
    roles: ['programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 0,
    touches: ['table_read', 'table_write'],
    ...administering,
  },
  listPolicies: {
    id: 'listPolicies',
    method: 'GET',
    path: '/v1/policies',
    summary: 'The policies in force, each in its newest version',
    tag: 'policies',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getPolicy: {
    id: 'getPolicy',
    method: 'GET',
    path: '/v1/policies/{name}',
    summary: 'One policy, in its newest or a given version',
    tag: 'policies',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  checkPolicies: {
    id: 'checkPolicies',
    method: 'POST',
    path: '/v1/policies/check',
    summary: 'What is wrong with a set of policy files, and what would go wrong in the next 400 days',
    tag: 'policies',
    auth: 'jwt',
    roles: ['programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 2048 * KIB,
    touches: ['table_read'],
    ...administering,
    timeoutSeconds: 25,
  },
  publishPolicies: {
    id: 'publishPolicies',
    method: 'POST',
    path: '/v1/policies/publish',
    summary: 'Check a set of policy files and put what has changed in force',
    tag: 'policies',
    auth: 'jwt',
    roles: ['programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 2048 * KIB,
    touches: ['table_read', 'table_write'],
    ...administering,
    timeoutSeconds: 25,
  },
  forecastPolicy: {
    id: 'forecastPolicy',
    method: 'GET',
    path: '/v1/policies/{name}/forecast',
    summary: 'What a policy would make of an escalation that nobody acts on, second by second',
    tag: 'policies',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  listPeople: {
    id: 'listPeople',
    method: 'GET',
    path: '/v1/people',
    summary: 'Who there is and how they are reached, without addresses',
    tag: 'on-call',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getOnCall: {
    id: 'getOnCall',
    method: 'GET',
    path: '/v1/on-call',
    summary: 'Who is on call now, or at an instant',
    tag: 'on-call',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getSchedule: {
    id: 'getSchedule',
    method: 'GET',
    path: '/v1/schedules/{scheduleId}',
    summary: 'The final schedule: who, when, gaps, conflicts and handoffs',
    tag: 'on-call',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getScheduleIcs: {
    id: 'getScheduleIcs',
    method: 'GET',
    path: '/v1/schedules/{scheduleId}/ics',
    summary: 'The final schedule as iCalendar',
    tag: 'on-call',
    auth: 'jwt',
    roles: readers,
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  addOverride: {
    id: 'addOverride',
    method: 'POST',
    path: '/v1/schedules/{scheduleId}/overrides',
    summary: 'Put somebody on call for a stretch, in place of one person or of everybody',
    tag: 'on-call',
    auth: 'jwt',
    roles: ['responder', 'programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 4 * KIB,
    touches: ['table_read', 'table_write'],
    ...administering,
  },
  removeOverride: {
    id: 'removeOverride',
    method: 'DELETE',
    path: '/v1/schedules/{scheduleId}/overrides/{changeId}',
    summary: 'Take an override back',
    tag: 'on-call',
    auth: 'jwt',
    roles: ['responder', 'programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 0,
    touches: ['table_read', 'table_write'],
    ...administering,
  },
  importSchedule: {
    id: 'importSchedule',
    method: 'POST',
    path: '/v1/schedules/{scheduleId}/import',
    summary: 'Take overrides or leave from an iCalendar text',
    tag: 'on-call',
    auth: 'jwt',
    roles: ['programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 256 * KIB,
    touches: ['table_read', 'table_write'],
    ...administering,
  },
  addLeave: {
    id: 'addLeave',
    method: 'POST',
    path: '/v1/leave',
    summary: 'Say that somebody is away',
    tag: 'on-call',
    auth: 'jwt',
    roles: ['responder', 'programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 4 * KIB,
    touches: ['table_read', 'table_write'],
    ...administering,
  },
  removeLeave: {
    id: 'removeLeave',
    method: 'DELETE',
    path: '/v1/leave/{changeId}',
    summary: 'Take a leave back',
    tag: 'on-call',
    auth: 'jwt',
    roles: ['responder', 'programme_manager'],
    lambda: 'admin',
    maxBodyBytes: 0,
    touches: ['table_read', 'table_write'],
    ...administering,
  },
  getReconciler: {
    id: 'getReconciler',
    method: 'GET',
    path: '/v1/reconciler',
    summary: 'Whether the books agree: what the last check found, repaired and left',
    tag: 'about',
    auth: 'jwt',
    roles: ['responder', 'programme_manager', 'leader'],
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getMe: {
    id: 'getMe',
    method: 'GET',
    path: '/v1/me',
    summary: 'Who the caller is to the desk',
    tag: 'about',
    auth: 'jwt_or_key',
    roles: [...readers, 'integration'],
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getOpenApi: {
    id: 'getOpenApi',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This API as an OpenAPI 3.1 document',
    tag: 'about',
    auth: 'public',
    roles: [],
    lambda: 'query',
    touches: [],
    ...reading,
  },
} as const satisfies { readonly [id: string]: RouteShape };

/** Every route by its id. */
export const routes = { ...ownRoutes, ...commandRoutes } as const;

export type RouteId = keyof typeof routes;

export interface Route extends RouteShape {
  readonly id: RouteId;
}

export const routeList: readonly Route[] = Object.values(routes);

/** Ids of the routes that one Lambda answers. */
export type RouteIdOf<L extends LambdaName> = {
  [Id in RouteId]: (typeof routes)[Id]['lambda'] extends L ? Id : never;
}[RouteId];

export function routesOf(lambda: LambdaName): readonly Route[] {
  return routeList.filter((route) => route.lambda === lambda);
}

/** The names in braces, in order. */
export function pathParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);
}

/**
 * Finds the route of a request; a path that no route has, or has with other methods only, is told apart for 404 and 405.
 * @param path without query, still percent-encoded
 */
export function matchRoute(
  method: string,
  path: string,
):
  | { readonly kind: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'wrong_method'; readonly allow: readonly Method[] }
  | { readonly kind: 'unknown' } {
  const parts = path.split('/');
  const fitting = routeList.flatMap((route) => {
    const params = fit(route.path.split('/'), parts);
    return params === null ? [] : [{ route, params }];
  });
  const found = fitting.find(({ route }) => route.method === method);
  if (found !== undefined) return { kind: 'found', ...found };
  if (fitting.length === 0) return { kind: 'unknown' };
  return { kind: 'wrong_method', allow: fitting.map(({ route }) => route.method) };
}

function fit(template: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (template.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, piece] of template.entries()) {
    const part = parts[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    if (name === undefined) {
      if (piece !== part) return null;
    } else {
      if (part === '') return null;
      params[name] = part;
    }
  }
  return params;
}

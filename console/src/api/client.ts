import { routes } from '../../../contracts/routes.ts';
import type { RouteId } from '../../../contracts/routes.ts';
import type { BodyOf, ParamsOf, QueryOf } from '../../../contracts/schemas/requests.ts';
import type { PersonCommandType } from '../../../domain/escalation/commands.ts';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import { accessToken, renewSession } from '../auth/session.ts';
import { learnServerTime } from './clock-skew.ts';
import { reportAnswer, reportSilence } from './connection.ts';
import { ApiUnreachable, problemOf } from './problem.ts';

export interface CallOptions<Id extends RouteId> {
  readonly params?: ParamsOf<Id>;
  readonly query?: QueryOf<Id>;
  readonly body?: BodyOf<Id>;
  /** Names the attempt: a repeat with the same key is done once. */
  readonly idempotencyKey?: string;
  /** The revision that the person saw. */
  readonly ifRevision?: number;
  readonly signal?: AbortSignal;
}

const timeoutMs = 30_000;

/**
 * Calls a route of the contracts. An ended session is renewed, if need be by the person, and the call repeated: its
 * promise waits meanwhile, so that a form that was being sent is sent.
 *
 * @throws ApiProblem for an answer that refuses, ApiUnreachable where none came, AbortError when `signal` fired
 */
export async function call<Id extends RouteId>(id: Id, options: CallOptions<Id> = {}): Promise<ResponseOf<Id>> {
  const data: ResponseOf<Id> = await (await answered(id, options)).json();
  return data;
}

export type CommandBody = {
  [C in PersonCommandType]: { readonly command: C; readonly body: BodyOf<C> };
}[PersonCommandType];
export type CommandAnswer = ResponseOf<PersonCommandType>;

export interface CommandCall {
  readonly escalationId: string;
  readonly command: CommandBody;
  readonly idempotencyKey: string;
  readonly ifRevision?: number;
}

/** Gives one command; throws as `call` does. */
export async function callCommand(wanted: CommandCall): Promise<CommandAnswer> {
  const { escalationId, command, ...headers } = wanted;
  const response = await answered(command.command, { params: { id: escalationId }, body: command.body, ...headers });
  const data: CommandAnswer = await response.json();
  return data;
}

interface RequestParts {
  readonly params?: object;
  readonly query?: object;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly ifRevision?: number;
  readonly signal?: AbortSignal;
}

async function answered(id: RouteId, parts: RequestParts): Promise<Response> {
  const first = await send(id, parts, await accessToken());
  const response = first.status === 401 ? await send(id, parts, await renewSession()) : first;
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function send(id: RouteId, options: RequestParts, token: string): Promise<Response> {
  const route = routes[id];
  const headers = new Headers({
    accept: 'application/json, application/problem+json',
    authorization: `Bearer ${token}`,
  });
  if (route.method === 'POST') headers.set('content-type', 'application/json');
  if (options.idempotencyKey !== undefined) headers.set('idempotency-key', options.idempotencyKey);
  if (options.ifRevision !== undefined) headers.set('if-match', `"${options.ifRevision}"`);
  const limit = AbortSignal.timeout(timeoutMs);
  const requestedAtMs = Date.now();
  try {
    const response = await fetch(urlOf(route.path, options.params, options.query), {
      method: route.method,
      headers,
      body: route.method === 'POST' ? JSON.stringify(options.body ?? {}) : undefined,
      signal: options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]),
      cache: 'no-store',
      credentials: 'omit',
    });
    learnServerTime(response.headers.get('date'), requestedAtMs, Date.now());
    reportAnswer();
    return response;
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    reportSilence();
    throw new ApiUnreachable(error);
  }
}

function urlOf(path: string, params: object | undefined, query: object | undefined): string {
  const values = new Map(Object.entries(params ?? {}).map(([key, value]) => [key, String(value)]));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values.get(name) ?? ''));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

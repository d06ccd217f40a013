import { join } from 'node:path';

import { createLogger } from '../../../contracts/logger.ts';
import { problem, problemMediaType } from '../../../contracts/problem.ts';
import { loadPolicySet } from '../../../contracts/policy/load.ts';
import { matchRoute, type LambdaName } from '../../../contracts/routes.ts';
import { responseTable } from '../../../contracts/schemas/responses.ts';
import { createAdminLambda } from '../../../lambdas/admin/handler.ts';
import { createCommandLambda } from '../../../lambdas/command/handler.ts';
import { createKeyVerifier } from '../../../lambdas/http/integration-keys.ts';
import type { PublishedDocument } from '../../../contracts/policy/published.ts';
import type { LambdaHandler } from '../../../lambdas/http/lambda.ts';
import { createIntakeLambda } from '../../../lambdas/intake/handler.ts';
import { latestPolicies } from '../../../lambdas/intake/ports.ts';
import { SeenKeys } from '../../../lambdas/intake/seen-keys.ts';
import { Starter } from '../../../lambdas/intake/starter.ts';
import { createQueryLambda } from '../../../lambdas/query/handler.ts';
import { readApiKey } from '../../../store/api-keys.ts';
import type { Store } from '../../../store/client.ts';
import { clearPending } from '../../../store/commit.ts';
import { DirectoryReader } from '../../../store/directory-reader.ts';
import { publishPolicySet } from '../../../store/publish-policies.ts';
import { startDynamo } from '../../support/dynamo.ts';
import { CoreGateway } from './core-gateway.ts';
import { testTokens, type TestTokens } from './tokens.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed; checked against the contract before a test sees it. */
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface ApiRequest {
  readonly token?: string;
  /** An object becomes JSON; text and bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly lambda?: LambdaName;
  readonly sourceIp?: string;
}

export interface TestApi {
  readonly store: Store;
  readonly gateway: CoreGateway;
  readonly tokens: TestTokens;
  readonly lambdas: Readonly<Record<LambdaName, LambdaHandler>>;
  /** Lines that were logged. */
  readonly log: readonly string[];
  readonly clock: { nowMs: number };
  /** Whether intake finds the calendars that its policies count by. */
  readonly calendars: { known: boolean };
  /** People whom the directory does not have any more, for those who look at it. */
  readonly absent: Set<string>;
  call(method: string, path: string, request?: ApiRequest): Promise<ApiAnswer>;
  get(path: string, token: string): Promise<ApiAnswer>;
  post(path: string, token: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** An API Gateway event as a client's request makes it. */
export function eventOf(method: string, path: string, request: ApiRequest = {}) {
  const [rawPath = '', rawQueryString = ''] = path.split('?');
  const { body } = request;
  const bytes = body instanceof Uint8Array;
  return {
    version: '2.0',
    rawPath,
    rawQueryString,
    headers: {
      host: 'api.test',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
      ...request.headers,
    },
    isBase64Encoded: bytes,
    ...(body === undefined
      ? {}
      : {
          body: bytes ? Buffer.from(body).toString('base64') : typeof body === 'string' ? body : JSON.stringify(body),
        }),
    requestContext: { requestId: 'test-request', http: { method, sourceIp: request.sourceIp ?? '192.0.2.1' } },
  };
}

/** Every answer that a test sees has been held against the contract. */
export function checkContract(method: string, path: string, status: number, type: string, text: string) {
  const body: unknown = JSON.parse(text);
  if (type === problemMediaType) {
    const parsed = problem.parse(body);
    if (parsed.status !== status) throw new Error(`problem says ${parsed.status}, HTTP says ${status}`);
    return parsed;
  }
  const match = matchRoute(method, path.split('?')[0] ?? '');
  if (match.kind !== 'found') throw new Error(`${method} ${path} is no route and answered ${status}`);
  const success = responseTable[match.route.id].success[status];
  if (success === undefined) throw new Error(`${match.route.id} does not document ${status}: ${text}`);
  success.schema.parse(body);
  return body;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Their check has tests of its own. */
async function publishShippedPolicies(store: Store): Promise<void> {
  const loaded = loadPolicySet(join(__dirname, '../../../policies'), Date.now());
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  await publishPolicySet(store, loaded.set, { actorId: 'tests', nowMs: Date.now() });
}

/** The real Lambdas over a real table and the shipped policies; Temporal's place is taken by the bare core. */
export async function startApi(): Promise<TestApi> {
  const dynamo = await startDynamo();
  const { store } = dynamo;
  try {
    await publishShippedPolicies(store);
  } catch (error) {
    await dynamo.close();
    throw error;
  }
  const clock = { nowMs: Date.now() };
  const calendars = { known: true };
  const absent = new Set<string>();
  const nowMs = (): number => clock.nowMs;
  const directory = new DirectoryReader(store);
  const document = async (): Promise<PublishedDocument> => {
    const found = await directory.document();
    const people = Object.entries(found.directory.people).filter(([id]) => !absent.has(id));
    return { ...found, directory: { ...found.directory, people: Object.fromEntries(people) } };
  };
  const gateway = new CoreGateway(store, directory, nowMs);
  const tokens = await testTokens();
  const log: string[] = [];
  const parts = {
    log: createLogger({ component: 'test', write: (line) => void log.push(line), level: 'debug' }),
    nowMs,
    authenticator: { tokens: tokens.verifier, keys: createKeyVerifier((keyId) => readApiKey(store, keyId)) },
  };
  const lambdas: TestApi['lambdas'] = {
    intake: createIntakeLambda(
      {
        store,
        gateway,
        starter: new Starter({ gateway, clearPending: (id) => clearPending(store, id), nowMs }),
        seenKeys: new SeenKeys(),
        policy: latestPolicies(store, nowMs),
        calendars: {
          current: async (ids, fromMs) => {
            if (!calendars.known) throw new Error('a calendar is not in the directory');
            return directory.current(ids, fromMs);
          },
        },
        document: () => directory.document(),
      },
      parts,
    ),
    query: createQueryLambda({ store, calendars: directory, onCall: directory }, parts),
    command: createCommandLambda({ store, gateway, calendars: directory, document }, parts),
    admin: createAdminLambda({ store, onCall: directory }, parts),
  };
  const call: TestApi['call'] = async (method, path, request = {}) => {
    const match = matchRoute(method, path.split('?')[0] ?? '');
    const lambda = request.lambda ?? (match.kind === 'found' ? match.route.lambda : 'query');
    const result = await lambdas[lambda](eventOf(method, path, request));
    const type = result.headers['content-type'] ?? '';
    const body = checkContract(method, path, result.statusCode, type, result.body);
    if (!isRecord(body)) throw new Error('the API answers with objects');
    return { status: result.statusCode, headers: result.headers, body, text: result.body };
  };
  return {
    store,
    gateway,
    tokens,
    lambdas,
    log,
    clock,
    calendars,
    absent,
    call,
    get: (path, token) => call('GET', path, { token }),
    post: (path, token, body, headers) =>
      call('POST', path, {
        token,
        ...(body === undefined ? {} : { body }),
        ...(headers === undefined ? {} : { headers }),
      }),
    close: () => dynamo.close(),
  };
}

/** A field that a test relies on being text. */
export function textOf(answer: ApiAnswer, field: string): string {
  const value = answer.body[field];
  if (typeof value !== 'string') throw new Error(`${field} is no text in ${answer.text}`);
  return value;
}

export const filing = { title: 'Parcels come too late', channel: 'account_manager', category: 'logistics' } as const;

/** Files an escalation and returns its path. */
export async function file(api: TestApi, token: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const answer = await api.post('/v1/escalations', token, { ...filing, ...more });
  if (answer.status !== 201) throw new Error(`not filed: ${answer.text}`);
  return `/v1/escalations/${textOf(answer, 'id')}`;
}

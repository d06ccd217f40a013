/** The gateway of the local stack: console and API at one address. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { requireSetting, setting } from '../../contracts/env.ts';
import { lambdaNames, routeList, type LambdaName } from '../../contracts/routes.ts';
import { JwtAuthorizer } from '../gateway/authorizer.ts';
import { lambdaRunner, type Invoke } from '../gateway/lambda-runner.ts';
import { lambdaThread } from '../gateway/lambda-thread.ts';
import { checkParts } from '../gateway/readiness.ts';
import { securityHeaders } from '../../contracts/security-headers.ts';
import { createGateway } from '../gateway/server.ts';
import { StaticFiles } from '../gateway/static-files.ts';
import { clientIds } from '../names.ts';
import { checkout } from '../tools/folders.ts';
import { runPart, type Part } from './part.ts';

/** Those that compute for seconds: checks, differences and backtests of policies. */
const inThread: readonly LambdaName[] = ['admin'];

function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(value));
}

async function start(): Promise<Part> {
  const issuer = requireSetting('issuer');
  const dataDir = requireSetting('dataDir');
  const authorizer = new JwtAuthorizer({ issuer, clientIds: list(setting('clientIds')) });
  const files = new StaticFiles(join(checkout, 'console', 'dist'), securityHeaders(new URL(issuer).origin));
  const threaded = lambdaThread(inThread);
  const lambdas = lambdaRunner(lambdaNames.filter((name) => !inThread.includes(name)));
  const invoke: Invoke = (lambda, ...rest) => (inThread.includes(lambda) ? threaded : lambdas).invoke(lambda, ...rest);

  const sendReadiness = async (response: ServerResponse): Promise<void> => {
    const parts = await checkParts(dataDir);
    const isReady = Object.values(parts).every((health) => health !== 'down');
    sendJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not_ready', parts });
  };
  const serveOther = (request: IncomingMessage, response: ServerResponse, path: string): void => {
    if (path === '/healthz') sendJson(response, 200, { status: 'ok' });
    else if (path === '/readyz') void sendReadiness(response);
    else if (path === '/console-config.json')
      sendJson(response, 200, { issuer, clientId: clientIds.console, scope: 'openid profile email' });
    else files.serve(request, response, path);
  };

  const handle = createGateway({
    routes: routeList,
    invoke,
    authorize: (header) => authorizer.authorize(header),
    serveOther,
    corsOrigins: list(setting('corsOrigins')),
    onFailure: (route, requestId, error) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${route.method} ${route.path} ${requestId}: ${reason}\n`);
    },
  });
  // So that the first request of a person does not wait for the handlers to load.
  setImmediate(() => {
    threaded.warmUp();
    lambdas
      .warmUp()
      .catch((error: unknown) => process.stderr.write(`a handler could not be loaded: ${String(error)}\n`));
  });
  return { server: createServer(handle), port: Number(requireSetting('port')), close: threaded.close };
}

runPart(start);

/**
 * An SNS and SQS endpoint: a topic for pages and one for updates, each with a queue subscribed to it. Queues live in
 * memory; what was published is also kept in a file, so that a restart of this part forgets nothing.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Server } from 'node:http';
import { requireSetting, setting } from '../../contracts/env.ts';
import { places } from '../data-folder.ts';
import { loopback, topicArn, topics, type TopicName } from '../names.ts';
import { publishedLine } from '../published.ts';
import { withDelay } from './delay.ts';
import { runPart, type Part } from './part.ts';

const port = Number(requireSetting('snsPort'));
const region = setting('awsRegion');

const endpoint = `http://${loopback}:${port}`;
/** How fauxqs begins its queue URLs: a name that not every system resolves, and that the SDK would connect to. */
const ownEndpoint = `http://sqs.${region}.localhost:${port}`;

function translateQueueUrl(body: unknown): void {
  if (typeof body !== 'object' || body === null || !('QueueUrl' in body)) return;
  if (typeof body.QueueUrl === 'string') body.QueueUrl = body.QueueUrl.replace(endpoint, ownEndpoint);
}

type App = ReturnType<(typeof import('fauxqs'))['buildApp']>;

async function call(app: App, payload: Record<string, string>): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20200101/${region}/sns/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await app.inject({
    method: 'POST',
    url: '/',
    authority: `${loopback}:${port}`,
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(payload).toString(),
  });
  if (answer.statusCode !== 200) throw new Error(`${payload['Action']} failed: ${answer.body}`);
}

async function makeQueue(app: App, name: string): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20200101/${region}/sqs/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await app.inject({
    method: 'POST',
    url: '/',
    authority: `${loopback}:${port}`,
    headers: {
      authorization,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.CreateQueue',
    },
    payload: JSON.stringify({ QueueName: name }),
  });
  if (answer.statusCode !== 200) throw new Error(`CreateQueue failed: ${answer.body}`);
}

async function makeTopic(app: App, topic: TopicName): Promise<void> {
  await makeQueue(app, topics[topic]);
  await call(app, { Action: 'CreateTopic', Name: topics[topic] });
  await call(app, {
    Action: 'Subscribe',
    TopicArn: topicArn(topic, region),
    Protocol: 'sqs',
    Endpoint: topicArn(topic, region).replace(':sns:', ':sqs:'),
    'Attributes.entry.1.key': 'RawMessageDelivery',
    'Attributes.entry.1.value': 'true',
  });
}

async function start(): Promise<Part> {
  // It has ES modules only, and no entry for require.
  const { buildApp } = await import('fauxqs');
  const app = buildApp({ logger: false, defaultRegion: region });
  const file = openSync(places(requireSetting('dataDir')).published, 'a');
  app.addHook('preHandler', async (request: { readonly body: unknown }) => translateQueueUrl(request.body));
  // Written before the answer goes out: what a publisher was told is in the file, even after a kill.
  app.addHook(
    'onSend',
    async (request: { readonly body: unknown }, reply: { readonly statusCode: number }, payload: unknown) => {
      if (typeof payload !== 'string') return payload;
      if (reply.statusCode === 200) {
        const lines = publishedLine(request.body, payload, Date.now());
        if (lines !== '') writeSync(file, lines);
      }
      return payload.replaceAll(ownEndpoint, endpoint);
    },
  );
  await app.ready();
  await Promise.all([makeTopic(app, 'pages'), makeTopic(app, 'updates')]);
  const server: Server = app.server;
  const [handle] = server.listeners('request');
  if (typeof handle !== 'function') throw new Error('fauxqs has no request handler');
  server.removeAllListeners('request');
  server.on(
    'request',
    withDelay((request, response) => void Reflect.apply(handle, server, [request, response])),
  );
  return { server, port, close: async () => closeSync(file) };
}

runPart(start);

/** The load generator: a process of its own, told by messages what to send. */
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { assertNever } from '../../domain/assert-never.ts';
import { escalationStart } from '../../contracts/temporal-names.ts';
import { indexAttributes, indexNames } from '../../store/table-definition.ts';
import { HttpLane, requestText } from './http-lane.ts';
import {
  requestSchema,
  type HttpTemplate,
  type Job,
  type LoopResult,
  type OpenedResult,
  type TimingsResult,
} from './jobs.ts';
import { LineCount } from './line-count.ts';
import { openEscalations } from './open-escalations.ts';
import { closedLoop, paced, type Timings } from './pace.ts';
import { seedRecords } from './seed-records.ts';
import { theClient, theStore } from './targets.ts';

const updateName = 'touch';
const startTimeoutMs = 2_000;

function at<T>(list: readonly T[], index: number): T {
  const value = list[index % list.length];
  if (value === undefined) throw new Error('an empty list');
  return value;
}

function filledIn(text: string, index: number): string {
  return text.replaceAll('$i', String(index));
}

function httpSender(origin: string, template: HttpTemplate, lanes: number) {
  const { hostname, port, host } = new URL(origin);
  const connections = Array.from({ length: lanes }, () => new HttpLane(hostname, Number(port)));
  return {
    send: async (index: number, lane: number): Promise<string> => {
      const { bodies } = template;
      const request = {
        method: template.method,
        path: filledIn(at(template.paths, index), index),
        bearer: at(template.bearers, index),
        ...(bodies === undefined ? {} : { body: filledIn(at(bodies, index), index) }),
      };
      const answer = await at(connections, lane).send(requestText(host, request));
      if (answer.status >= 300) throw new Error(`status ${answer.status} ${answer.body.slice(0, 60)}`);
      return answer.body;
    },
    close: () => connections.forEach((lane) => lane.close()),
  };
}

const escalationIdIn = /"(?:escalationId|id)":"(esc_[0-9A-Z]+)"/;

async function runHttp(job: Extract<Job, { kind: 'http' }>): Promise<TimingsResult> {
  const sender = httpSender(job.origin, job.template, job.concurrency);
  const ids: string[] = [];
  const timings = await paced(job, async (index, lane) => {
    const body = await sender.send(index, lane);
    if (job.keepIds === true) ids[index] = escalationIdIn.exec(body)?.[1] ?? '';
  });
  sender.close();
  return { ...timings, ids };
}

const filler = 'x'.repeat(500);

async function runRawTable(job: Extract<Job, { kind: 'put-item' | 'add-to-item' | 'query' }>): Promise<Timings> {
  const { db, tableName: TableName } = theStore();
  if (job.kind === 'put-item')
    return paced(job, async (index) => {
      await db.send(new PutCommand({ TableName, Item: { pk: `${job.prefix}${index}`, sk: 'RAW', body: filler } }));
    });
  if (job.kind === 'add-to-item') {
    const Key = { pk: job.key, sk: 'RAW' };
    await db.send(new GetCommand({ TableName, Key }));
    return paced(job, async () => {
      await db.send(
        new UpdateCommand({ TableName, Key, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': 1 } }),
      );
    });
  }
  return paced(job, async () => {
    const answer = await db.send(
      new QueryCommand({
        TableName,
        IndexName: indexNames.byState,
        KeyConditionExpression: '#p = :p',
        ExpressionAttributeNames: { '#p': indexAttributes.statePartition },
        ExpressionAttributeValues: { ':p': job.partition },
        Limit: job.limit,
      }),
    );
    if (answer.Items?.length !== job.limit) throw new Error(`${answer.Items?.length} items`);
  });
}

async function runStart(job: Extract<Job, { kind: 'start-workflow' }>): Promise<TimingsResult> {
  const client = await theClient();
  const ids: string[] = [];
  const timings = await paced(job, async (index) => {
    const workflowId = `${job.prefix}${index}`;
    const priorityKey = job.priorities === undefined ? undefined : at(job.priorities, index);
    await client.workflow.start(job.workflow, {
      taskQueue: job.taskQueue,
      workflowId,
      args: [at(job.args, index)],
      workflowTaskTimeout: startTimeoutMs,
      ...(priorityKey === undefined ? {} : { priority: { priorityKey } }),
    });
    ids[index] = workflowId;
  });
  return { ...timings, ids };
}

async function runUpdates(job: Extract<Job, { kind: 'update-workflow' }>): Promise<Timings> {
  const client = await theClient();
  return paced(job, async (index) => {
    await client.workflow.getHandle(at(job.ids, index)).executeUpdate(updateName);
  });
}

async function runLoop(job: Extract<Job, { kind: 'http-loop' | 'workflow-loop' }>): Promise<LoopResult> {
  const lines = new LineCount(job.doneFile);
  const before = lines.count();
  const countDone = (): number => lines.count() - before;
  try {
    if (job.kind === 'workflow-loop') {
      const client = await theClient();
      let index = 0;
      return await closedLoop(
        job,
        async () => {
          index += 1;
          const { args: _args, ...options } = escalationStart(`${job.prefix}${index}`, 'sev3');
          await client.workflow.start(job.workflow, { ...options, taskQueue: job.taskQueue, args: [] });
        },
        countDone,
      );
    }
    const lanes = Array.from({ length: job.inFlight }, (_, number) => number);
    const sender = httpSender(job.origin, job.template, job.inFlight);
    let index = 0;
    const result = await closedLoop(
      job,
      async () => {
        const lane = lanes.pop();
        if (lane === undefined) throw new Error('more under way than lanes');
        index += 1;
        try {
          await sender.send(index, lane);
        } finally {
          lanes.push(lane);
        }
      },
      countDone,
    );
    sender.close();
    return result;
  } finally {
    lines.close();
  }
}

async function run(job: Job): Promise<TimingsResult | LoopResult | OpenedResult> {
  switch (job.kind) {
    case 'http':
      return runHttp(job);
    case 'put-item':
    case 'add-to-item':
    case 'query':
      return { ...(await runRawTable(job)), ids: [] };
    case 'start-workflow':
      return runStart(job);
    case 'update-workflow':
      return { ...(await runUpdates(job)), ids: [] };
    case 'http-loop':
    case 'workflow-loop':
      return runLoop(job);
    case 'open-escalations':
      return openEscalations(job.policy, job.due, job.concurrency);
    case 'seed-records':
      return { ...(await seedRecords(job.from, job.until, job.nowMs)), ids: [] };
    default:
      return assertNever(job);
  }
}

process.on('message', (message) => {
  const { id, job } = requestSchema.parse(message);
  run(job).then(
    (result) => process.send?.({ id, result }),
    (error: unknown) =>
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }),
  );
});
// Without whoever told it what to do there is nothing to do.
process.on('disconnect', () => process.exit(0));

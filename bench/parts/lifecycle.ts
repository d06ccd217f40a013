import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { freePort } from '../../local/tools/ports.ts';
import { environmentOf } from '../../contracts/env.ts';
import { startMeter, type MeterCounts } from '../../store/metering-proxy.ts';
import { BenchStack } from '../bench-stack.ts';
import { atMost, figure, type Figure } from '../figure.ts';
import { pagesOf } from '../pages.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { billableActions, type BillableActions } from '../temporal-actions.ts';
import { withClient } from './common.ts';

/** Like the default policy in what it asks of people, with a first tier that gives up after three seconds. */
const policy = `
policy: bench
severities:
  sev1: { rcaRequired: true, repageIdleAfter: 30m }
  sev2: { rcaRequired: true, repageIdleAfter: 1h }
  sev3: { rcaRequired: true, repageIdleAfter: 8h }
  sev4: { rcaRequired: true }
tiers:
  - { name: Desk, targets: [schedule:desk], acknowledgeWithin: { sev1: 3s, sev2: 3s, sev3: 3s, sev4: 3s } }
  - { name: Duty manager, targets: [schedule:duty-manager], acknowledgeWithin: { sev1: 5m, sev2: 15m, sev3: 2h, sev4: 8h } }
repeats: 1
fallback: [team:duty-managers]
clocks:
  acknowledge: { warnAt: [80], onBreach: [page-tier], severities: { sev1: { within: 15m }, sev2: { within: 30m }, sev3: { within: 4h }, sev4: { within: 1d } } }
  first_update: { warnAt: [75], severities: { sev1: { within: 30m }, sev2: { within: 1h }, sev3: { within: 8h, calendar: support-singapore }, sev4: { within: 2d, calendar: support-singapore } } }
  resolve: { warnAt: [50, 80], pausable: true, severities: { sev1: { within: 4h }, sev2: { within: 12h }, sev3: { within: 27h, calendar: support-singapore }, sev4: { within: 72h, calendar: support-singapore } } }
  rca: { warnAt: [80], severities: { sev1: { within: 45h, calendar: support-singapore }, sev2: { within: 90h, calendar: support-singapore }, sev3: { within: 90h, calendar: support-singapore }, sev4: { within: 90h, calendar: support-singapore } } }
`;

const recordSchema = z.object({ id: z.string(), tier: z.number(), state: z.string() });

interface Life {
  readonly actions: BillableActions;
  readonly historyEvents: number;
  readonly workflowTasks: number;
  readonly counts: MeterCounts;
  readonly published: number;
  readonly invocations: number;
}

/** One escalation from its intake to its end, with everything that is paid for counted on the way. */
export async function lifecycle(run: PartRun): Promise<PartOutcome> {
  const dynamodbPort = await freePort(new Set());
  const meter = await startMeter(`http://127.0.0.1:${dynamodbPort}`);
  // The reconciler's own writes are no part of a lifecycle.
  const metered = environmentOf({ dynamodbEndpoint: meter.endpoint, reconcileEveryMs: '0' });
  const bench = await BenchStack.start({
    run,
    ports: { dynamodb: dynamodbPort },
    partEnv: { gateway: metered, worker: metered },
    policies: { 'bench.yaml': policy },
  });
  try {
    // The first life pays for what is read once and kept.
    await live(bench, () => meter.counts(), 'first');
    meter.reset();
    const life = await live(bench, () => meter.counts(), 'second');
    return { figures: figuresOf(life), notes: notesOf(life) };
  } finally {
    await bench.dispose();
    await meter.close();
  }
}

function figuresOf(life: Life): readonly Figure[] {
  return [
    figure('lifecycle.actions', 'billable Temporal actions', life.actions.total, 'count', {
      goal: atMost(40, 'count'),
    }),
    figure('lifecycle.write-units', 'write units', life.counts.writeUnits, 'count', { goal: atMost(70, 'count') }),
    figure('lifecycle.read-units', 'read units', life.counts.readUnits, 'count'),
    figure('lifecycle.history-events', 'events in the history', life.historyEvents, 'count'),
    figure('lifecycle.workflow-tasks', 'workflow tasks', life.workflowTasks, 'count'),
    figure('lifecycle.published', 'SNS publishes', life.published, 'count'),
    figure('lifecycle.invocations', 'Lambda invocations', life.invocations, 'count'),
  ];
}

function listed(by: Readonly<Record<string, number>>): string {
  return Object.entries(by)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function notesOf({ actions, counts }: Life): readonly string[] {
  return [
    `actions: ${listed(actions.by)}`,
    `write units: ${listed(counts.writeUnitsBy)}`,
    `requests to the table: ${listed(counts.requests)}`,
  ];
}

/** Create, wait for the second tier, acknowledge, investigate, note, resolve, hand in and approve the RCA, close. */
async function live(bench: BenchStack, counts: () => MeterCounts, key: string): Promise<Life> {
  const { accessToken } = await bench.stack.token('responder');
  const approver = (await bench.stack.token('programme_manager')).accessToken;
  let invocations = 0;
  const ask = async (method: 'GET' | 'POST', path: string, body?: object, bearer = accessToken): Promise<unknown> => {
    invocations += 1;
    const response = await fetch(`${bench.origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const publishedBefore = bench.stack.published().length;
  const created = recordSchema.parse(
    await ask('POST', '/v1/escalations', {
      title: 'Parcels marked delivered that never came',
      description: 'Carrier scans say delivered; buyers say otherwise.',
      channel: 'external',
      category: 'logistics',
      severity: 'sev2',
      policy: 'bench',
      dedupKey: key,
    }),
  );
  const path = `/v1/escalations/${created.id}`;
  // The page of the second tier is the automatic escalation; its outcome is in the log a moment later.
  while (!pagesOf(bench.stack).some((page) => page.escalationId === created.id && page.tier === 2)) await sleep(50);
  await sleep(500);
  await ask('POST', `${path}/acknowledge`, {});
  await ask('POST', `${path}/start-investigation`, {});
  await ask('POST', `${path}/note`, { text: 'The carrier has lost a truck; it has been found.' });
  await ask('POST', `${path}/resolve`, { code: 'fixed', summary: 'The parcels were delivered on the next day.' });
  await ask('POST', `${path}/submit-rca`, { text: 'A scanner reported a batch too early.' });
  await ask('POST', `${path}/approve-rca`, {}, approver);
  const closed = recordSchema.parse(await ask('POST', `${path}/close`, {}));
  if (closed.state !== 'closed') throw new Error(`the escalation ended as ${closed.state}`);
  const { events } = await withClient(bench, (client) => client.workflow.getHandle(created.id).fetchHistory());
  const history = events ?? [];
  return {
    actions: billableActions(history),
    historyEvents: history.length,
    workflowTasks: history.filter((event) => event.workflowTaskCompletedEventAttributes != null).length,
    counts: counts(),
    published: bench.stack.published().length - publishedBefore,
    invocations,
  };
}

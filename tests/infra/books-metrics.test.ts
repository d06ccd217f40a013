import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { createReconcilerActivities } from '../../activities/reconciler-activities.ts';
import { environmentOf } from '../../contracts/env.ts';
import { createLogger } from '../../contracts/logger.ts';
import { metricNamespace, metrics } from '../../contracts/metrics.ts';
import { emptyMemory } from '../../contracts/reconciliation.ts';
import { ofType, synthesised, type CloudTemplate } from '../support/cloud-template.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';

let service: CloudTemplate;
let dynamo: TestDynamo;
beforeAll(async () => {
  ({ service } = synthesised());
  dynamo = await startDynamo();
}, 180_000);
afterAll(() => dynamo?.close());

/** The log lines with which a run of the reconciler ends. */
async function linesOfARun(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const lines: string[] = [];
  const client: Pick<Client, 'workflow'> = {
    get workflow(): never {
      throw new Error('publishing asks nothing of Temporal');
    },
  };
  const books = createReconcilerActivities({
    store: dynamo.store,
    client,
    logger: createLogger({ component: 'worker', write: (line) => void lines.push(line) }),
  });
  await books.publishBooks({
    startedAtMs: 1,
    finishedAtMs: 2,
    lost: { found: 5, repaired: 2, left: 3 },
    orphaned: { found: 7, repaired: 7, left: 0 },
    stuck: { found: 11, repaired: 10, left: 1 },
    checked: { open: 0, items: 0, audited: 0 },
    notes: [],
    memory: emptyMemory,
  });
  return lines.map((line) => JSON.parse(line));
}

/** What a CloudWatch metric filter makes of log lines: `{ $.code = "x" }` chooses, `$.count` or a number is the value. */
function valuesOf(name: string, lines: readonly Readonly<Record<string, unknown>>[]): readonly (readonly unknown[])[] {
  return ofType(service, 'AWS::Logs::MetricFilter').flatMap(([, { Properties }]) => {
    const [change] = [Properties['MetricTransformations']].flat();
    if (typeof change !== 'object' || change === null) return [];
    if (Reflect.get(change, 'MetricName') !== name || Reflect.get(change, 'MetricNamespace') !== metricNamespace)
      return [];
    const [, field = '', wanted] = /^\{ \$\.(\w+) = "([^"]+)" \}$/.exec(String(Properties['FilterPattern'])) ?? [];
    const value = String(Reflect.get(change, 'MetricValue'));
    const chosen = lines.filter((line) => line[field] === wanted);
    return [chosen.map((line) => (value.startsWith('$.') ? line[value.slice(2)] : Number(value)))];
  });
}

const everyMs = 60_000;

function alarms(): readonly Readonly<Record<string, unknown>>[] {
  return ofType(service, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
}

describe('what the reconciler logs', () => {
  it('is what the metric filters of the cloud make `Lost`, `Orphaned` and `Stuck` from', async () => {
    const lines = await linesOfARun();
    for (const [name, value] of [
      [metrics.lost.name, 3],
      [metrics.orphaned.name, 7],
      [metrics.stuck.name, 11],
    ] as const) {
      const values = valuesOf(name, lines);
      expect(values.length).toBeGreaterThan(0);
      for (const each of values) expect([name, each]).toEqual([name, [value]]);
    }
  });

  it('raises an alarm when something is lost or stuck, and is logged at the level of the workers', () => {
    const watched = alarms().map((alarm) => alarm['MetricName']);
    for (const { name } of [metrics.lost, metrics.stuck]) expect(watched).toContain(name);
    const task = JSON.stringify(ofType(service, 'AWS::ECS::TaskDefinition'));
    expect(task).not.toContain(Object.keys(environmentOf({ logLevel: '' }))[0]);
  });

  it('raises an alarm when it stops coming', () => {
    const silence = alarms().find(
      (alarm) => alarm['MetricName'] === metrics.lost.name && alarm['TreatMissingData'] === 'breaching',
    );
    expect(silence).toMatchObject({
      Statistic: 'SampleCount',
      ComparisonOperator: 'LessThanOrEqualToThreshold',
      Threshold: 0,
    });
  });

  it('comes in every period of an alarm that needs more than one', () => {
    const several = alarms().filter(
      (alarm) => String(alarm['Namespace']) === metricNamespace && Number(alarm['EvaluationPeriods']) > 1,
    );
    const names: readonly string[] = [metrics.lost.name, metrics.stuck.name];
    const ofBooks = several.filter((alarm) => names.includes(String(alarm['MetricName'])));
    expect(ofBooks.length).toBeGreaterThan(1);
    for (const alarm of ofBooks) expect(Number(alarm['Period'])).toBeGreaterThanOrEqual((2 * everyMs) / 1_000);
  });

  it('comes once a minute in the cloud', () => {
    const [name = ''] = Object.keys(environmentOf({ reconcileEveryMs: '' }));
    const tasks = ofType(service, 'AWS::ECS::TaskDefinition');
    expect(tasks).toHaveLength(1);
    expect(JSON.stringify(tasks)).toContain(JSON.stringify({ Name: name, Value: String(everyMs) }));
  });
});

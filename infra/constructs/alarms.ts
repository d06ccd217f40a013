/* oxlint-disable no-new -- a construct attaches itself to its scope when it is made */
import { Duration } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { metricNamespace, metrics, type LogMetric, type MetricKey } from '../../contracts/metrics.ts';
import type { LambdaName } from '../../contracts/routes.ts';
import type { TierlineTable } from './table.ts';
import type { Topics } from './topics.ts';

/** `critical` wakes somebody; `warning` can wait for the morning. */
export type AlarmSeverity = 'critical' | 'warning';

export interface AlarmsOptions {
  readonly topics: Topics;
  readonly table: TierlineTable;
  readonly api: apigateway.HttpApi;
  readonly functions: ReadonlyMap<LambdaName, lambda.Function>;
  readonly logGroups: readonly logs.LogGroup[];
  readonly workers: ecs.FargateService;
}

interface AlarmRule {
  readonly name: string;
  readonly severity: AlarmSeverity;
  /** Section of `docs/runbook.md` that says what to do. */
  readonly section: string;
  readonly says: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  readonly periods: number;
  /** Silence is trouble too. */
  readonly silenceBreaches?: boolean;
}

const runbook = 'docs/runbook.md';

/** Every alarm of the platform, by severity, each with the section of the runbook that answers it. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, options: AlarmsOptions) {
    super(scope, id);
    this.#countLogs(options.logGroups);
    for (const rule of [...this.#bookRules(), ...this.#partRules(options)]) this.#raise(rule, options.topics);
  }

  /** Makes metrics of log lines, for each log that may hold them. */
  #countLogs(logGroups: readonly logs.LogGroup[]): void {
    for (const [index, logGroup] of logGroups.entries()) {
      for (const [key, each] of Object.entries<LogMetric>(metrics)) {
        new logs.MetricFilter(this, `${key}-${index}`, {
          logGroup,
          metricNamespace,
          metricName: each.name,
          filterPattern: logs.FilterPattern.stringValue('$.code', '=', each.code),
          metricValue: each.value === undefined ? '1' : `$.${each.value}`,
        });
      }
    }
  }

  #bookRules(): readonly AlarmRule[] {
    return [
      {
        name: 'Lost',
        severity: 'critical',
        section: 'an-escalation-is-lost',
        says: 'An accepted intake has no escalation.',
        metric: ownMetric('lost', 'Maximum'),
        threshold: 1,
        periods: 1,
      },
      {
        name: 'Stuck',
        severity: 'critical',
        section: 'an-escalation-is-stuck',
        says: 'An open escalation has no workflow or no wake-up.',
        // Twice the time from one run of the reconciler to the next, so that no period is without one.
        metric: ownMetric('stuck', 'Maximum', Duration.minutes(2)),
        threshold: 1,
        periods: 2,
      },
      {
        name: 'BooksUnchecked',
        severity: 'warning',
        section: 'nobody-checks-the-books',
        says: 'The reconciler has told nothing for a while: what is lost or stuck would not be seen.',
        metric: ownMetric('lost', 'SampleCount', Duration.minutes(5)),
        threshold: 0,
        periods: 2,
        silenceBreaches: true,
      },
      {
        name: 'TemporalUnreachable',
        severity: 'critical',
        section: 'temporal-is-away',
        says: 'Workers do not reach Temporal: nothing escalates.',
        metric: ownMetric('temporalUnreachable', 'Sum'),
        threshold: 1,
        periods: 2,
      },
      {
        name: 'WorkerFailed',
        severity: 'warning',
        section: 'workers-are-down',
        says: 'A worker ended because of an error.',
        metric: ownMetric('workerFailed', 'Sum'),
        threshold: 1,
        periods: 1,
      },
      {
        name: 'RequestFailed',
        severity: 'warning',
        section: 'requests-fail',
        says: 'Requests end in errors nobody expected.',
        metric: ownMetric('requestFailed', 'Sum'),
        threshold: 5,
        periods: 1,
      },
      {
        name: 'PendingPollFailed',
        severity: 'warning',
        section: 'the-table-is-away-or-slow',
        says: 'Workers can not read what waits for them.',
        metric: ownMetric('pendingPollFailed', 'Sum'),
        threshold: 10,
        periods: 2,
      },
      {
        name: 'StartLeftPending',
        severity: 'warning',
        section: 'temporal-is-away',
        says: 'Intakes do not get their workflow started at once.',
        metric: ownMetric('startLeftPending', 'Sum'),
        threshold: 50,
        periods: 3,
      },
    ];
  }

  #partRules(options: AlarmsOptions): readonly AlarmRule[] {
    const { api, functions, table, topics, workers } = options;
    return [
      {
        name: 'WorkersDown',
        severity: 'critical',
        section: 'workers-are-down',
        says: 'No worker reports: nothing escalates.',
        metric: workers.metricCpuUtilization({ statistic: 'SampleCount', period: Duration.minutes(1) }),
        threshold: 0,
        periods: 3,
        silenceBreaches: true,
      },
      {
        name: 'ApiFails',
        severity: 'critical',
        section: 'requests-fail',
        says: 'More than one request in twenty fails.',
        metric: new cloudwatch.MathExpression({
          expression: 'IF(count > 20, 100 * errors / count, 0)',
          usingMetrics: { errors: api.metricServerError(), count: api.metricCount() },
          period: Duration.minutes(1),
        }),
        threshold: 5,
        periods: 3,
      },
      {
        name: 'ApiSlow',
        severity: 'warning',
        section: 'requests-are-slow',
        says: 'One request in a hundred takes longer than 3 s.',
        metric: api.metricLatency({ statistic: 'p99', period: Duration.minutes(5) }),
        threshold: 3_000,
        periods: 3,
      },
      {
        name: 'TableThrottles',
        severity: 'warning',
        section: 'the-table-is-away-or-slow',
        says: 'The table refuses writes or reads.',
        metric: table.table.metricThrottledRequestsForOperations({
          operations: [
            dynamodb.Operation.GET_ITEM,
            dynamodb.Operation.BATCH_GET_ITEM,
            dynamodb.Operation.QUERY,
            dynamodb.Operation.PUT_ITEM,
            dynamodb.Operation.UPDATE_ITEM,
            dynamodb.Operation.BATCH_WRITE_ITEM,
          ],
          period: Duration.minutes(1),
        }),
        threshold: 10,
        periods: 3,
      },
      {
        name: 'PagesNotDelivered',
        severity: 'critical',
        section: 'pages-are-not-delivered',
        says: 'SNS could not deliver pages.',
        metric: topics.pages.metricNumberOfNotificationsFailed({ period: Duration.minutes(1) }),
        threshold: 1,
        periods: 1,
      },
      ...[...functions].map(([name, handler]): AlarmRule => ({
        name: `LambdaThrottled-${name}`,
        severity: 'warning',
        section: 'requests-are-slow',
        says: `The Lambda ${name} is at its limit of instances.`,
        metric: handler.metricThrottles({ period: Duration.minutes(1) }),
        threshold: 1,
        periods: 3,
      })),
    ];
  }

  #raise(rule: AlarmRule, topics: Topics): void {
    const alarm = new cloudwatch.Alarm(this, rule.name, {
      alarmDescription: `${rule.severity}: ${rule.says} ${runbook}#${rule.section}`,
      metric: rule.metric,
      threshold: rule.threshold,
      evaluationPeriods: rule.periods,
      comparisonOperator: rule.silenceBreaches
        ? cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        : cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: rule.silenceBreaches
        ? cloudwatch.TreatMissingData.BREACHING
        : cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(rule.severity === 'critical' ? topics.criticalAlarms : topics.warningAlarms);
    alarm.addAlarmAction(action);
    if (rule.severity === 'critical') alarm.addOkAction(action);
  }
}

function ownMetric(
  key: MetricKey,
  statistic: 'Sum' | 'Maximum' | 'SampleCount',
  period = Duration.minutes(1),
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: metricNamespace,
    metricName: metrics[key].name,
    statistic,
    period,
  });
}

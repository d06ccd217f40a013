import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { errors } from '../../contracts/errors.ts';
import { roles } from '../../contracts/roles.ts';
import { lambdaNames, routeList, routesOf, type LambdaName } from '../../contracts/routes.ts';
import { toCreateTableInput } from '../../store/table-definition.ts';
import {
  ofType,
  references,
  statements,
  synthesised,
  type CloudTemplate,
  type Resource,
} from '../support/cloud-template.ts';

let state: CloudTemplate;
let service: CloudTemplate;

beforeAll(() => {
  ({ state, service } = synthesised());
}, 180_000);

function only(from: CloudTemplate, type: string): Resource {
  const [first, ...more] = ofType(from, type);
  if (first === undefined || more.length > 0) throw new Error(`${type}: ${more.length + 1} in place of one`);
  return first[1];
}

function functionOf(name: LambdaName): Resource {
  const found = ofType(service, 'AWS::Lambda::Function').find(([id]) => id.startsWith(`Lambdas${name}`));
  if (found === undefined) throw new Error(`no function ${name}`);
  return found[1];
}

function actionsOf(name: LambdaName): readonly string[] {
  return statements(service)
    .filter((each) => each.role.startsWith(`Lambdas${name}role`))
    .flatMap((each) => each.Action);
}

function byName(a: { readonly AttributeName: string }, b: { readonly AttributeName: string }): number {
  return a.AttributeName < b.AttributeName ? -1 : 1;
}

describe('the table in the cloud', () => {
  it('is the one of the definition', () => {
    const input = toCreateTableInput('any');
    const { Properties } = only(state, 'AWS::DynamoDB::Table');
    expect(Properties).toMatchObject({ KeySchema: input.KeySchema, BillingMode: input.BillingMode });
    expect(Properties['GlobalSecondaryIndexes']).toEqual(input.GlobalSecondaryIndexes);
    expect([...JSON.parse(JSON.stringify(Properties['AttributeDefinitions']))].toSorted(byName)).toEqual(
      input.AttributeDefinitions.toSorted(byName),
    );
  });

  it('can be restored to any second, forgets what has expired, is encrypted, and is not deleted by accident', () => {
    const table = only(state, 'AWS::DynamoDB::Table');
    expect(table.Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: true,
    });
    expect(table.DeletionPolicy).toBe('Retain');
  });
});

describe('the topics', () => {
  it('are encrypted and take nothing that is not', () => {
    for (const [, topic] of ofType(state, 'AWS::SNS::Topic')) expect(topic.Properties).toHaveProperty('KmsMasterKeyId');
    expect(ofType(state, 'AWS::SNS::TopicPolicy')).toHaveLength(ofType(state, 'AWS::SNS::Topic').length);
    for (const [, each] of ofType(state, 'AWS::SNS::TopicPolicy')) {
      expect(JSON.stringify(each.Properties)).toContain('"aws:SecureTransport":"false"');
    }
  });
});

describe('the API', () => {
  it('has every route of the route table and no other', () => {
    const keys = ofType(service, 'AWS::ApiGatewayV2::Route').map(([, each]) => String(each.Properties['RouteKey']));
    expect(keys.toSorted()).toEqual(routeList.map((route) => `${route.method} ${route.path}`).toSorted());
  });

  it('checks tokens itself exactly on the routes that take nothing else', () => {
    for (const [, { Properties }] of ofType(service, 'AWS::ApiGatewayV2::Route')) {
      const route = routeList.find((each) => `${each.method} ${each.path}` === Properties['RouteKey']);
      expect([route?.id, Properties['AuthorizationType']]).toEqual([route?.id, route?.auth === 'jwt' ? 'JWT' : 'NONE']);
      if (route?.auth === 'jwt') expect(Properties).toHaveProperty('AuthorizerId');
    }
    expect(only(service, 'AWS::ApiGatewayV2::Authorizer').Properties).toMatchObject({ AuthorizerType: 'JWT' });
  });

  it('sends each route to the Lambda that it names', () => {
    const integrations = new Map(ofType(service, 'AWS::ApiGatewayV2::Integration'));
    for (const [, { Properties }] of ofType(service, 'AWS::ApiGatewayV2::Route')) {
      const route = routeList.find((each) => `${each.method} ${each.path}` === Properties['RouteKey']);
      const [integration = ''] = references(Properties['Target']);
      const [target = ''] = references(integrations.get(integration)?.Properties['IntegrationUri']);
      expect(target.startsWith(`Lambdas${route?.lambda}`)).toBe(true);
    }
  });

  it('throttles each route as the route table says', () => {
    const settings = only(service, 'AWS::ApiGatewayV2::Stage').Properties['RouteSettings'];
    for (const route of routeList) {
      expect(settings).toHaveProperty([`${route.method} ${route.path}`], {
        ThrottlingRateLimit: route.throttle.ratePerSecond,
        ThrottlingBurstLimit: route.throttle.burst,
        DetailedMetricsEnabled: true,
      });
    }
    expect(errors.rate_limited.status).toBe(429);
  });

  it('logs requests without addresses, agents, users or paths with ids', () => {
    const log = JSON.stringify(only(service, 'AWS::ApiGatewayV2::Stage').Properties['AccessLogSettings']);
    for (const personal of ['sourceIp', 'userAgent', 'authorizer', '.path', 'identity', 'claims']) {
      expect(log).not.toContain(personal);
    }
    expect(log).toContain('routeKey');
  });
});

describe('each Lambda', () => {
  it('runs on the newest runtime, on ARM, as long as its slowest route may take', () => {
    for (const name of lambdaNames) {
      expect(functionOf(name).Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Timeout: Math.max(...routesOf(name).map((route) => route.timeoutSeconds)),
      });
    }
  });

  it('may do what its routes name, and nothing else', () => {
    for (const name of lambdaNames) {
      const touches = new Set(routesOf(name).flatMap((route) => route.touches));
      const expected = [
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        ...(touches.has('table_read')
          ? ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Query']
          : []),
        ...(touches.has('table_write')
          ? ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem']
          : []),
      ];
      expect([name, new Set(actionsOf(name))]).toEqual([name, new Set(expected)]);
    }
  });

  it('that only reads can write nothing and knows no way to Temporal', () => {
    expect(actionsOf('query').filter((action) => /Put|Update|Delete|Write|sns|secrets/.test(action))).toEqual([
      'logs:PutLogEvents',
    ]);
    expect(JSON.stringify(functionOf('query').Properties['Environment'])).not.toContain('TEMPORAL');
    expect(JSON.stringify(functionOf('command').Properties['Environment'])).toContain('TEMPORAL_ADDRESS');
  });
});

describe('rights', () => {
  it('name their actions in full', () => {
    for (const each of [...statements(state), ...statements(service)]) {
      for (const action of each.Action) expect(action).not.toContain('*');
    }
  });

  it('name their resources, but for the one call that knows none', () => {
    const everywhere = statements(service).filter((each) => each.Effect === 'Allow' && each.Resource.includes('*'));
    expect(everywhere.flatMap((each) => each.Action)).toEqual(['ecr:GetAuthorizationToken']);
    expect(statements(state)).toEqual([]);
  });

  it('come from no ready-made policy', () => {
    for (const [, role] of ofType(service, 'AWS::IAM::Role'))
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('to publish belong to the workers alone', () => {
    const publishers = statements(service).filter((each) => each.Action.includes('sns:Publish'));
    expect(publishers.map((each) => each.role.startsWith('WorkersTask'))).toEqual([true]);
  });

  it('never include a scan', () => {
    expect(JSON.stringify(service)).not.toContain('dynamodb:Scan');
  });
});

describe('the workers', () => {
  it('take the API key from its secret and keep it out of the definition', () => {
    const [container] = containersOf(only(service, 'AWS::ECS::TaskDefinition'));
    expect(JSON.stringify(container?.['Secrets'])).toContain('TEMPORAL_API_KEY');
    expect(JSON.stringify(container?.['Environment'])).not.toContain('TEMPORAL_API_KEY');
    expect(container).toMatchObject({ ReadonlyRootFilesystem: true });
  });

  it('can be reached by nobody', () => {
    const group = only(service, 'AWS::EC2::SecurityGroup').Properties;
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(ofType(service, 'AWS::EC2::SecurityGroupIngress')).toEqual([]);
    expect(JSON.stringify(group['SecurityGroupEgress'])).toContain('7233');
  });
});

function containersOf(task: Resource): readonly Record<string, unknown>[] {
  const listed = task.Properties['ContainerDefinitions'];
  return Array.isArray(listed) ? listed : [];
}

describe('sign-in', () => {
  it('has a group for each role, a client without a secret, and no way to sign oneself up', () => {
    const groups = ofType(state, 'AWS::Cognito::UserPoolGroup').map(([, each]) => each.Properties['GroupName']);
    expect(new Set(groups)).toEqual(new Set(roles));
    expect(only(service, 'AWS::Cognito::UserPoolClient').Properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      PreventUserExistenceErrors: 'ENABLED',
    });
    expect(only(state, 'AWS::Cognito::UserPool').Properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      DeletionProtection: 'ACTIVE',
    });
  });
});

describe('the console', () => {
  it('comes from a bucket that only its distribution reads, under the policy of the local gateway', () => {
    expect(only(service, 'AWS::S3::Bucket').Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
    expect(ofType(service, 'AWS::CloudFront::OriginAccessControl')).toHaveLength(1);
    const headers = JSON.stringify(only(service, 'AWS::CloudFront::ResponseHeadersPolicy').Properties);
    expect(headers).toContain("default-src 'none'; script-src 'self'");
    expect(headers).toContain('AccessControlMaxAgeSec');
  });

  it('shares its address with the API, whose answers are never kept at the edge', () => {
    const distribution = JSON.stringify(only(service, 'AWS::CloudFront::Distribution').Properties);
    for (const route of routeList) {
      expect(route.path.startsWith('/v1/') || route.path === '/openapi.json').toBe(true);
    }
    expect(distribution).toContain('"PathPattern":"/v1/*"');
    expect(distribution).toContain('"PathPattern":"/openapi.json"');
  });
});

describe('alarms', () => {
  const runbook = join(__dirname, '../../docs/runbook.md');

  it('each name a section of the runbook that is there, and tell somebody', () => {
    expect(existsSync(runbook)).toBe(true);
    const sections = [...readFileSync(runbook, 'utf8').matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    const alarms = ofType(service, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(10);
    for (const [id, { Properties }] of alarms) {
      const [, severity, section] =
        /^(critical|warning): .+ docs\/runbook\.md#([a-z-]+)$/.exec(String(Properties['AlarmDescription'])) ?? [];
      expect([id, sections.includes(section ?? '')]).toEqual([id, true]);
      const topic = JSON.stringify(Properties['AlarmActions']);
      expect(topic).toContain(severity === 'critical' ? 'CriticalAlarms' : 'WarningAlarms');
    }
  });

  it('stand on metrics that are made', () => {
    const made = new Set(
      ofType(service, 'AWS::Logs::MetricFilter').map(([, each]) =>
        JSON.stringify(each.Properties['MetricTransformations']).replace(/.*"MetricName":"(\w+)".*/, '$1'),
      ),
    );
    for (const [, { Properties }] of ofType(service, 'AWS::CloudWatch::Alarm')) {
      if (Properties['Namespace'] === 'Tierline') expect(made).toContain(Properties['MetricName']);
    }
  });
});

/** What a look at the template is for: without hashes of code, and without what follows from the route table and is tested above. */
function steady(template: CloudTemplate): unknown {
  const perRoute = ['AWS::ApiGatewayV2::Route', 'AWS::Lambda::Permission', 'AWS::ApiGatewayV2::Stage'];
  const kept = Object.entries(template.Resources).filter(([, each]) => !perRoute.includes(each.Type));
  const text = JSON.stringify({ ...template, Resources: Object.fromEntries(kept) });
  return JSON.parse(
    text.replaceAll(/[0-9a-f]{64}\.zip/g, 'CODE.zip').replaceAll(/Tierline: \d+ routes/g, 'Tierline: n routes'),
  );
}

describe('the templates', () => {
  it.each(['state', 'service'] as const)('can be deployed in some order: %s', (name) => {
    const resources = (name === 'state' ? state : service).Resources;
    const needs = new Map(
      Object.entries(resources).map(([id, each]) => [
        id,
        [...references(each.Properties), ...[each.DependsOn ?? []].flat()].filter((other) => other in resources),
      ]),
    );
    const placed = new Set<string>();
    for (let before = -1; before !== placed.size;) {
      before = placed.size;
      for (const [id, others] of needs) if (others.every((other) => placed.has(other))) placed.add(id);
    }
    expect([...needs.keys()].filter((id) => !placed.has(id))).toEqual([]);
  });

  it('are as they were last looked at', () => {
    expect(steady(state)).toMatchSnapshot('state');
    expect(steady(service)).toMatchSnapshot('service');
  });
});

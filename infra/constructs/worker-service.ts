import { CfnParameter, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentOf } from '../../contracts/env.ts';
import type { TemporalAccess } from './temporal-access.ts';
import type { TierlineTable } from './table.ts';
import type { Topics } from './topics.ts';

export interface WorkerServiceOptions {
  readonly table: TierlineTable;
  readonly topics: Topics;
  readonly temporal: TemporalAccess;
  readonly publicUrl: string;
}

/**
 * The workers: they poll Temporal, so nothing reaches them from outside. Two, so that one can be replaced; a killed one
 * costs its workflows two seconds. Their image is built from `infra/worker.Dockerfile` and pushed to the repository here.
 */
export class WorkerService extends Construct {
  readonly service: ecs.FargateService;
  readonly logGroup: logs.LogGroup;
  readonly repository: ecr.Repository;

  constructor(scope: Construct, id: string, options: WorkerServiceOptions) {
    super(scope, id);
    const count = new CfnParameter(this, 'Count', {
      description: 'How many workers run; 0 until the first image is pushed',
      type: 'Number',
      default: 2,
      minValue: 0,
    });
    const imageTag = new CfnParameter(this, 'ImageTag', {
      description: 'Tag of the image that the workers run',
      allowedPattern: '^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$',
    });
    // Names that a person types at a deployment.
    count.overrideLogicalId('WorkerCount');
    imageTag.overrideLogicalId('WorkerImageTag');
    this.repository = new ecr.Repository(this, 'Images', {
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      lifecycleRules: [{ maxImageCount: 20 }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.logGroup = new logs.LogGroup(this, 'Log', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const vpc = this.#network();
    const task = this.#task(options, imageTag.valueAsString);
    this.service = new ecs.FargateService(this, 'Service', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition: task,
      desiredCount: count.valueAsNumber,
      assignPublicIp: true,
      securityGroups: [this.#outboundOnly(vpc)],
      circuitBreaker: { rollback: true },
      minHealthyPercent: 50,
      maxHealthyPercent: 200,
    });
  }

  #task(options: WorkerServiceOptions, imageTag: string): ecs.FargateTaskDefinition {
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: 1024,
      memoryLimitMiB: 2048,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    const container = task.addContainer('worker', {
      image: ecs.ContainerImage.fromEcrRepository(this.repository, imageTag),
      logging: ecs.LogDrivers.awsLogs({ logGroup: this.logGroup, streamPrefix: 'worker' }),
      readonlyRootFilesystem: true,
      // Longer than the worker's own grace for what it has begun.
      stopTimeout: Duration.seconds(60),
      environment: {
        ...options.temporal.environment,
        ...environmentOf({
          table: options.table.table.tableName,
          pagesTopicArn: options.topics.pages.topicArn,
          updatesTopicArn: options.topics.updates.topicArn,
          publicUrl: options.publicUrl,
          nodeEnv: 'production',
          // Each run costs Temporal actions: once a minute is as often as anybody looks at an alarm.
          reconcileEveryMs: '60000',
        }),
      },
      secrets: apiKeySecret(options.temporal),
    });
    task.addVolume({ name: 'tmp' });
    container.addMountPoints({ containerPath: '/tmp', sourceVolume: 'tmp', readOnly: false });
    options.table.grantRead(task.taskRole);
    options.table.grantWrite(task.taskRole);
    options.topics.grantPublish(task.taskRole);
    return task;
  }

  /** Public subnets without a way in: a NAT gateway would cost more than the workers. */
  #network(): ec2.Vpc {
    return new ec2.Vpc(this, 'Network', {
      maxAzs: 2,
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'workers', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 }],
      gatewayEndpoints: { dynamodb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB } },
    });
  }

  #outboundOnly(vpc: ec2.Vpc): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'OutboundOnly', { vpc, allowAllOutbound: false });
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'AWS');
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(7233), 'Temporal Cloud');
    return group;
  }
}

function apiKeySecret(temporal: TemporalAccess): Record<string, ecs.Secret> {
  const names = Object.keys(environmentOf({ temporalApiKey: '' }));
  return Object.fromEntries(names.map((name) => [name, ecs.Secret.fromSecretsManager(temporal.apiKey)]));
}

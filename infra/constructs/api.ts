import { RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { routeList, type LambdaName, type Method } from '../../contracts/routes.ts';

const methods: Readonly<Record<Method, apigateway.HttpMethod>> = {
  GET: apigateway.HttpMethod.GET,
  POST: apigateway.HttpMethod.POST,
  DELETE: apigateway.HttpMethod.DELETE,
};

/**
 * One line for each request: which route, how it ended, how long it took. No address, no path with its ids, no agent and
 * no user: who did what stands in the escalation's own log.
 */
const accessLogFormat = JSON.stringify({
  at: '$context.requestTimeEpoch',
  requestId: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  responseBytes: '$context.responseLength',
  errorType: '$context.error.responseType',
});

/** The HTTP API: every route of the route table, in front of the Lambda that it names. */
export class Api extends Construct {
  readonly api: apigateway.HttpApi;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.api = new apigateway.HttpApi(this, 'Api', { description: 'Tierline', createDefaultStage: false });
  }

  /** Host of the API, without a path. */
  get host(): string {
    return `${this.api.apiId}.execute-api.${this.api.stack.region}.${this.api.stack.urlSuffix}`;
  }

  /**
   * Puts every route before its Lambda. Once: when the clients are known whose tokens are let in.
   * @throws Error when a route names a Lambda that is not there
   */
  addRoutes(
    functions: ReadonlyMap<LambdaName, lambda.IFunction>,
    tokens: { readonly issuer: string; readonly clientIds: readonly string[] },
  ): void {
    const authorizer = new HttpJwtAuthorizer('Tokens', tokens.issuer, { jwtAudience: [...tokens.clientIds] });
    const integrations = new Map<LambdaName, HttpLambdaIntegration>();
    for (const [name, handler] of functions) {
      integrations.set(name, new HttpLambdaIntegration(`${name}-integration`, handler));
    }
    const routes = routeList.flatMap((route) => {
      const integration = integrations.get(route.lambda);
      if (integration === undefined) throw new Error(`the route ${route.id} has no Lambda ${route.lambda}`);
      return this.api.addRoutes({
        path: route.path,
        methods: [methods[route.method]],
        integration,
        // Keys are no tokens: where they are let in, the handler checks both.
        ...(route.auth === 'jwt' ? { authorizer } : {}),
      });
    });
    this.#addStage(routes);
  }

  #addStage(routes: readonly apigateway.HttpRoute[]): void {
    const accessLog = new logs.LogGroup(this, 'AccessLog', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const stage = new apigateway.CfnStage(this, 'Stage', {
      apiId: this.api.apiId,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: accessLog.logGroupArn, format: accessLogFormat },
      defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 200, detailedMetricsEnabled: true },
      routeSettings: Object.fromEntries(
        routeList.map((route) => [
          `${route.method} ${route.path}`,
          {
            ThrottlingRateLimit: route.throttle.ratePerSecond,
            ThrottlingBurstLimit: route.throttle.burst,
            DetailedMetricsEnabled: true,
          },
        ]),
      ),
    });
    // A setting for a route that is not there yet is refused.
    for (const route of routes) stage.node.addDependency(route);
  }
}

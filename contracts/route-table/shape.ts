import type { PersonCommandType } from '../../domain/escalation/commands.ts';
import type { Role } from '../roles.ts';

export const lambdaNames = ['intake', 'query', 'command', 'admin'] as const;
export type LambdaName = (typeof lambdaNames)[number];

export const methods = ['GET', 'POST', 'DELETE'] as const;
export type Method = (typeof methods)[number];

/**
 * Who may knock: anyone, the bearer of an access token of the issuer, the bearer of an integration key, or either.
 * A gateway can check only tokens, so it lets the last two through: the handler checks all of them itself.
 */
export const authKinds = ['public', 'jwt', 'jwt_or_key', 'key'] as const;
export type AuthKind = (typeof authKinds)[number];

/** What a route's handler reaches, for least-privilege grants; `table_write` does not include `table_read`. */
export const touchKinds = ['table_read', 'table_write', 'temporal'] as const;
export type Touch = (typeof touchKinds)[number];

/** Requests for all callers together, at the gateway. Each caller has a smaller share: see `lambdas/http/lambda.ts`. */
export interface Throttle {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface RouteShape {
  readonly id: string;
  readonly method: Method;
  /** With parameters in braces, as OpenAPI and API Gateway write them. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly tag: 'escalations' | 'commands' | 'intake' | 'keys' | 'policies' | 'on-call' | 'about';
  readonly auth: AuthKind;
  /** Any one of them suffices; empty for public routes. */
  readonly roles: readonly Role[];
  readonly lambda: LambdaName;
  /** Decoded bytes; 0 where the route takes no body. */
  readonly maxBodyBytes: number;
  /** The Lambda's own limit; an HTTP API gives up after 30 s. */
  readonly timeoutSeconds: number;
  readonly touches: readonly Touch[];
  readonly throttle: Throttle;
  /** How many requests of its caller's share one of this route takes up; 1 where it is not said. */
  readonly weight?: number;
  /** Its sender gives up at 429: where the desk is busy it answers 503. */
  readonly retriedAt5xxOnly?: true;
  /** For the routes of `/v1/escalations/{id}/<command>`. */
  readonly command?: PersonCommandType;
}

/** What routes of one kind have in common. */
export const KIB = 1024;
export const readers = [
  'responder',
  'account_manager',
  'programme_manager',
  'leader',
] as const satisfies readonly Role[];
export const reading = { maxBodyBytes: 0, timeoutSeconds: 10, throttle: { ratePerSecond: 500, burst: 1000 } } as const;
export const taking = { timeoutSeconds: 20, throttle: { ratePerSecond: 1000, burst: 2000 } } as const;
export const administering = { timeoutSeconds: 10, throttle: { ratePerSecond: 20, burst: 40 } } as const;

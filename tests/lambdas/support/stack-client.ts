import type { TemporaryStack } from '../../../local/temporary-stack.ts';
import { waitUntil } from '../../../local/tools/wait.ts';
import { checkContract } from './api.ts';

export interface StackAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The API of a running stack, as one person sees it. Every answer is held against the contract. */
export class StackClient {
  private constructor(
    private readonly origin: string,
    private readonly token: string,
  ) {}

  static async of(stack: TemporaryStack, who: string): Promise<StackClient> {
    const { accessToken } = await stack.token(who);
    return StackClient.withToken(stack, accessToken);
  }

  static withToken(stack: TemporaryStack, token: string): StackClient {
    return new StackClient(new URL(stack.addresses.api).origin, token);
  }

  async call(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<StackAnswer> {
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const type = response.headers.get('content-type') ?? '';
    const parsed = checkContract(method, path, response.status, type, await response.text());
    if (!isRecord(parsed)) throw new Error('the API answers with objects');
    return { status: response.status, headers: response.headers, body: parsed };
  }

  async get(path: string): Promise<Record<string, unknown>> {
    const answer = await this.call('GET', path);
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}`);
    return answer.body;
  }

  post(path: string, body: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<StackAnswer> {
    return this.call('POST', path, body, headers);
  }

  /** Files an escalation; answers with its path. */
  async file(escalation: object): Promise<string> {
    const { status, body } = await this.post('/v1/escalations', escalation);
    if (status !== 201) throw new Error(`filing was answered ${status}`);
    return `/v1/escalations/${String(body['id'])}`;
  }

  /** Waits until what a path shows is as wanted. */
  async until(
    path: string,
    holds: (body: Record<string, unknown>) => boolean,
    timeoutMs = 30_000,
  ): Promise<Record<string, unknown>> {
    let last: Record<string, unknown> = {};
    const met = await waitUntil(async () => {
      last = await this.get(path);
      return holds(last);
    }, timeoutMs);
    if (!met) throw new Error(`${path} stayed at ${JSON.stringify(last).slice(0, 500)}`);
    return last;
  }
}

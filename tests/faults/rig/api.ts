import * as z from 'zod';
import type { PersonCommandType } from '../../../domain/escalation/commands.ts';

/** What an attempt at the API came to. */
export type Attempt =
  | { readonly kind: 'answered'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  /** No answer: it may or may not have been done. */
  | { readonly kind: 'unanswered' };

const anyObject = z.record(z.string(), z.unknown());

/** Calls the API of a running stack as one person. */
export class Api {
  constructor(
    private readonly root: string,
    private readonly token: string,
    private readonly timeoutMs = 12_000,
  ) {}

  async post(path: string, key: string, body?: object): Promise<Attempt> {
    try {
      const response = await fetch(`${this.root}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.token}`,
          'idempotency-key': key,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      const text = await response.text();
      return { kind: 'answered', status: response.status, body: anyObject.parse(text === '' ? {} : JSON.parse(text)) };
    } catch {
      return { kind: 'unanswered' };
    }
  }

  create(key: string, body: object): Promise<Attempt> {
    return this.post('/escalations', key, body);
  }

  command(escalationId: string, type: PersonCommandType, key: string, body?: object): Promise<Attempt> {
    return this.post(`/escalations/${escalationId}/${type}`, key, body);
  }
}

/** Whether the same request may be sent again: nothing was promised, or the outcome is not known yet. */
export function isUnsettled(attempt: Attempt): boolean {
  return attempt.kind === 'unanswered' || attempt.status === 202 || attempt.status === 429 || attempt.status >= 500;
}

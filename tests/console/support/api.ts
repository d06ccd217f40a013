import * as z from 'zod';
import type { TemporaryStack } from '../../../local/temporary-stack.ts';

const idOnly = z.object({ id: z.string() });

/** Calls the API as a demo person, beside the browser. Answers with the status and the body. */
export async function callApi(
  stack: TemporaryStack,
  person: string,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const { accessToken } = await stack.token(person);
  const response = await fetch(`${stack.addresses.api}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** Files an escalation and answers with its id. */
export async function file(stack: TemporaryStack, escalation: object, person = 'dana'): Promise<string> {
  const answer = await callApi(stack, person, '/escalations', {
    channel: 'customer_contact',
    category: 'logistics',
    severity: 'sev3',
    ...escalation,
  });
  if (answer.status !== 201) throw new Error(`filing was answered with ${answer.status}`);
  return idOnly.parse(answer.body).id;
}

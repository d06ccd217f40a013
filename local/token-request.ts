import * as z from 'zod';
import { controlPaths } from './names.ts';
import { UserError } from './tools/user-error.ts';

const answerSchema = z.object({
  access_token: z.string(),
  expires_in: z.number(),
  person: z.string(),
  role: z.string(),
});
const unknownSchema = z.object({ people: z.array(z.object({ id: z.string(), role: z.string() })) });

export interface Token {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly person: string;
  readonly role: string;
}

export interface TokenRequest {
  readonly issuer: string;
  /** Secret of the data folder of the stack. */
  readonly secret: string;
  /** A role, or the id of a demo person. */
  readonly who: string;
  readonly expiresInSeconds?: number | undefined;
}

/** Asks the local issuer for an access token. Throws a `UserError` that lists who there is when `who` is unknown. */
export async function requestToken(request: TokenRequest): Promise<Token> {
  const response = await fetch(`${request.issuer}${controlPaths.token}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${request.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      who: request.who,
      ...(request.expiresInSeconds === undefined ? {} : { expiresInSeconds: request.expiresInSeconds }),
    }),
  });
  if (response.status === 404) {
    const { people } = unknownSchema.parse(await response.json());
    const roles = [...new Set(people.map(({ role }) => role))];
    throw new UserError(
      `There is no role or person ${request.who}.`,
      `Roles: ${roles.join(', ')}. People: ${people.map(({ id }) => id).join(', ')}.`,
    );
  }
  if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
  const answer = answerSchema.parse(await response.json());
  return {
    accessToken: answer.access_token,
    expiresInSeconds: answer.expires_in,
    person: answer.person,
    role: answer.role,
  };
}

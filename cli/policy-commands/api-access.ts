import { migrated } from '../../contracts/schemas/policy-changes.ts';
import { problem } from '../../contracts/problem.ts';
import type { ResponseOf } from '../../contracts/schemas/responses.ts';
import { knownSecrets } from '../../local/data-folder.ts';
import { readRunFile } from '../../local/run-file.ts';
import { requestToken } from '../../local/token-request.ts';
import { dataDir } from '../../local/tools/folders.ts';
import { isSameProcess } from '../../local/tools/process-identity.ts';
import { UsageError } from '../run-command.ts';

/** Where the API is, and the bearer token of who asks. */
export interface ApiAccess {
  readonly origin: string;
  readonly token: string;
}

export type MovedEscalation = ResponseOf<'migrateEscalations'>['items'][number];

/** Escalations that one request moves. */
const atOnce = 50;

/** The desk that runs on this data folder, as its programme manager. @throws UsageError where none runs */
export async function localAccess(): Promise<ApiAccess> {
  const folder = dataDir();
  const run = readRunFile(folder);
  const secrets = knownSecrets(folder);
  if (!run || !secrets || !isSameProcess(run.pid, run.identity)) {
    throw new UsageError('no desk runs here: name one with --api and TIERLINE_TOKEN');
  }
  const { issuer, api } = run.addresses;
  const { accessToken } = await requestToken({ issuer, secret: secrets.token, who: 'programme_manager' });
  return { origin: new URL(api).origin, token: accessToken };
}

/** Moves escalations through the API. @throws Error with what the API says where it refuses the request as a whole */
export async function moveEscalations(
  { origin, token }: ApiAccess,
  name: string,
  version: number,
  ids: readonly string[],
): Promise<readonly MovedEscalation[]> {
  const items: MovedEscalation[] = [];
  for (let index = 0; index < ids.length; index += atOnce) {
    const response = await fetch(`${origin}/v1/policies/${encodeURIComponent(name)}/migrate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version, ids: ids.slice(index, index + atOnce) }),
    });
    const body: unknown = await response.json();
    if (!response.ok) {
      const { title, detail } = problem.parse(body);
      throw new Error(`the API answered ${response.status}: ${detail ?? title}`);
    }
    items.push(...migrated.parse(body).items);
  }
  return items;
}

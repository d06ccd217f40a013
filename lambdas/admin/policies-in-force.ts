import type { ForecastSet } from '../../contracts/policy/compare-forecasts.ts';
import type { PolicyProblem } from '../../contracts/policy/parse.ts';
import type { PublishedDocument } from '../../contracts/policy/published.ts';
import type { Store } from '../../store/client.ts';
import { listPolicies, readPolicy } from '../../store/policies.ts';
import { ApiError } from '../http/api-error.ts';
import { readFiles } from './policies.ts';

export interface PolicyReadPorts {
  readonly store: Store;
  readonly onCall: { document(): Promise<PublishedDocument> };
}

/** The policies in force with the directory and the routing in force. */
export async function setInForce({ store, onCall }: PolicyReadPorts): Promise<ForecastSet & PublishedDocument> {
  const [document, published] = await Promise.all([onCall.document(), listPolicies(store)]);
  const policies = await Promise.all(published.map(({ name, version }) => readPolicy(store, name, version)));
  return { ...document, policies: policies.flatMap((policy) => (policy === null ? [] : [{ policy }])) };
}

type Files = Parameters<typeof readFiles>[0]['files'];

/** The set that these files make. @throws ApiError invalid_request with every error of the files at its line and column */
export function setOfFiles(files: Files, nowMs: number): ForecastSet {
  const loaded = readFiles({ files }, nowMs);
  if (loaded.ok) return loaded.set;
  throw new ApiError('invalid_request', { issues: loaded.errors.map(issueOf) });
}

function issueOf(problem: PolicyProblem) {
  const { file, line, column, message, fix } = problem;
  return { path: ['body', 'files', file, line, column], code: 'invalid_policy', message: `${message}; ${fix}` };
}

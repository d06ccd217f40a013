import { canonicalJson, sha256 } from '../contracts/ids.ts';
import { checkPolicySet } from '../contracts/policy/check.ts';
import { problemOf } from '../contracts/policy/finding-text.ts';
import { loadPolicySet, type LoadedPolicy, type PolicySet } from '../contracts/policy/load.ts';
import type { PolicyProblem } from '../contracts/policy/parse.ts';
import { documentToPublish } from '../contracts/policy/published.ts';
import type { Store } from './client.ts';
import { publishDirectory, readLatestDirectory } from './directory.ts';
import { publishPolicy, readLatestPolicyVersion } from './policies.ts';

/** What became of one policy, or of the directory with its routing. */
export interface PublicationStep {
  readonly name: string;
  readonly version: number;
  /** False where the version in force has this very content. */
  readonly changed: boolean;
}

export type Publication =
  | { readonly ok: true; readonly policies: readonly PublicationStep[]; readonly directory: PublicationStep }
  | { readonly ok: false; readonly errors: readonly PolicyProblem[] };

interface By {
  readonly actorId: string;
  readonly nowMs: number;
}

/** Somebody else may publish at the same time; each try takes the version after theirs. */
const tries = 5;

/**
 * Reads a folder of policies and makes what has changed in it the versions in force. Versions are immutable: what is
 * unchanged keeps its version, so this can run at every start.
 *
 * @returns all errors of the files, or else those that the check has found, and then nothing was published
 */
export async function publishPolicyFolder(store: Store, folder: string, by: By): Promise<Publication> {
  const loaded = loadPolicySet(folder, by.nowMs);
  if (!loaded.ok) return loaded;
  const { findings } = checkPolicySet(loaded.set, by.nowMs);
  const errors = findings.filter((finding) => finding.level === 'error');
  if (errors.length > 0) return { ok: false, errors: errors.map((finding) => problemOf(loaded.set, finding)) };
  return publishPolicySet(store, loaded.set, by);
}

/**
 * Publishes a set that has been read and checked. The directory comes first: a policy must find its schedules.
 * @throws Error when others keep publishing the same policy at the same time
 */
export async function publishPolicySet(store: Store, set: PolicySet, by: By): Promise<Publication> {
  const directory = await publishDocument(store, set, by);
  const policies: PublicationStep[] = [];
  for (const loaded of set.policies) policies.push(await publishOne(store, loaded, by));
  return { ok: true, policies, directory };
}

/**
 * Makes one policy the version in force, unless it is already.
 * @throws Error when others keep publishing the same policy at the same time
 */
export async function publishOne(
  store: Store,
  { policy, text }: Pick<LoadedPolicy, 'policy' | 'text'>,
  by: By,
): Promise<PublicationStep> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const latest = await readLatestPolicyVersion(store, policy.name);
    if (latest?.hash === policy.hash) return { name: policy.name, version: latest.version, changed: false };
    const version = (latest?.version ?? 0) + 1 + attempt;
    const result = await publishPolicy(store, { ...policy, version }, { ...by, source: text });
    if (result.kind !== 'version_taken') return { name: policy.name, version, changed: true };
  }
  throw new Error(`policy ${policy.name} is being published by others at the same time: publish again`);
}

async function publishDocument(store: Store, set: PolicySet, by: By): Promise<PublicationStep> {
  const latest = await readLatestDirectory(store);
  const document = documentToPublish(
    { directory: set.directory, routing: set.routingDefinition },
    latest === null ? null : latest.document,
  );
  const hash = sha256(canonicalJson(document));
  const inForce = latest?.published;
  if (inForce?.hash === hash) return { name: 'directory', version: inForce.version, changed: false };
  const version = (inForce?.version ?? 0) + 1;
  await publishDirectory(store, { version, hash, publishedAtMs: by.nowMs, publishedBy: by.actorId }, document);
  return { name: 'directory', version, changed: true };
}

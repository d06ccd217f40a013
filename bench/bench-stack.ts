import { mkdtempSync, rmSync, writeFileSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { environmentOf } from '../contracts/env.ts';
import { places } from '../local/data-folder.ts';
import type { PartName } from '../local/names.ts';
import { startTemporaryStack, type TemporaryStack } from '../local/temporary-stack.ts';
import { checkout } from '../local/tools/folders.ts';
import { createStore, storeConfigFrom } from '../store/client.ts';
import { publishPolicyFolder } from '../store/publish-policies.ts';
import { LoadGenerator } from './load/generator.ts';
import type { HttpTemplate } from './load/jobs.ts';
import type { CpuByProcess, PartRun } from './part.ts';
import { cpuMsOf } from './process-usage.ts';
import { RawWorker } from './raw/process.ts';

export interface BenchStackOptions {
  readonly run: PartRun;
  readonly parts?: readonly PartName[];
  /** Whether the bare workflows have a worker too. */
  readonly raw?: boolean;
  readonly partEnv?: Readonly<Partial<Record<PartName, Readonly<Record<string, string>>>>>;
  readonly ports?: Readonly<Record<string, number>>;
  /** YAML of more policies, by file name. */
  readonly policies?: Readonly<Record<string, string>>;
}

const keySchema = z.object({ token: z.string() });

const running = new Set<BenchStack>();

/** Ends whatever was started and not disposed of: after a part that took too long, or when the benchmark is stopped. */
export async function disposeAll(): Promise<void> {
  await Promise.all([...running].map((bench) => bench.dispose()));
}

/** A stack of its own for one part of the benchmark, with a load generator and, if asked, the bare workflows' worker. */
export class BenchStack {
  private constructor(
    readonly stack: TemporaryStack,
    readonly load: LoadGenerator,
    readonly raw: RawWorker | undefined,
    readonly rawDoneFile: string,
    private readonly folder: string,
  ) {}

  static async start(options: BenchStackOptions): Promise<BenchStack> {
    const { run } = options;
    const folder = mkdtempSync(join(tmpdir(), 'tierline-bench-'));
    const stack = await startTemporaryStack({
      ...(options.parts === undefined ? {} : { parts: options.parts }),
      ...(options.ports === undefined ? {} : { ports: options.ports }),
      env: environmentOf({ logLevel: 'warn' }),
      partEnv: withProfiles(options.partEnv ?? {}, run.profileDir),
      startTimeoutMs: 240_000,
    });
    const env = { ...stack.env };
    const rawDoneFile = join(folder, 'raw-done.txt');
    const raw = options.raw === true ? await RawWorker.start(env, rawDoneFile) : undefined;
    const bench = new BenchStack(stack, new LoadGenerator(env), raw, rawDoneFile, folder);
    running.add(bench);
    if (options.policies !== undefined) await bench.#publish(options.policies);
    return bench;
  }

  get origin(): string {
    return this.stack.addresses.console;
  }

  get publishedFile(): string {
    return places(this.stack.dataDir).published;
  }

  /** A bearer token for an integration. */
  async integrationToken(source = 'bench'): Promise<string> {
    const { accessToken } = await this.stack.token('programme_manager');
    const response = await fetch(`${this.origin}/v1/integration-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ source, label: 'benchmark' }),
    });
    return keySchema.parse(await response.json()).token;
  }

  /** An intake by a machine, each with a dedup key of its own: `$i` is the number of the request. */
  async intakeTemplate(prefix: string, more: Readonly<Record<string, string>> = {}): Promise<HttpTemplate> {
    const body = {
      action: 'trigger',
      dedupKey: `${prefix}-$i`,
      title: 'Parcels marked delivered that never came, run $i',
      category: 'logistics',
      description: 'Carrier scans say delivered; buyers say otherwise.',
      ...more,
    };
    return {
      method: 'POST',
      paths: ['/v1/intake/events'],
      bodies: [JSON.stringify(body)],
      bearers: [await this.integrationToken()],
    };
  }

  /** Processor time of every process meanwhile, by name. */
  async cpuDuring<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly cpuMs: CpuByProcess }> {
    const before = this.#cpu();
    const result = await work();
    const after = this.#cpu();
    return {
      result,
      cpuMs: Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)])),
    };
  }

  async dispose(): Promise<void> {
    if (!running.delete(this)) return;
    this.load.close();
    await this.raw?.close();
    await this.stack.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #cpu(): Record<string, number> {
    const parts = Object.entries(this.stack.run().parts).map(([name, { pid }]) => [name, cpuMsOf(pid)] as const);
    const own = [['load', cpuMsOf(this.load.pid)] as const];
    return Object.fromEntries([
      ...parts,
      ...own,
      ...(this.raw ? [['raw-worker', cpuMsOf(this.raw.pid)] as const] : []),
    ]);
  }

  /** Adds policies to those of the checkout. */
  async #publish(policies: Readonly<Record<string, string>>): Promise<void> {
    const copy = join(this.folder, 'policies');
    cpSync(join(checkout, 'policies'), copy, { recursive: true });
    for (const [name, text] of Object.entries(policies)) writeFileSync(join(copy, name), text);
    const store = createStore({ ...storeConfigFrom(this.stack.env), credentials: localCredentials });
    const published = await publishPolicyFolder(store, copy, { actorId: 'bench', nowMs: Date.now() });
    store.close();
    if (!published.ok)
      throw new Error(`the policies of the benchmark are not valid: ${JSON.stringify(published.errors[0])}`);
  }
}

export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

function withProfiles(
  partEnv: NonNullable<BenchStackOptions['partEnv']>,
  profileDir: string | undefined,
): NonNullable<BenchStackOptions['partEnv']> {
  if (profileDir === undefined) return partEnv;
  const profiled = (part: PartName) => ({
    ...partEnv[part],
    NODE_OPTIONS: `--require ${join(checkout, 'bench', 'profile.cjs')}`,
    TIERLINE_BENCH_PROFILE_DIR: join(profileDir, part),
  });
  return {
    ...partEnv,
    gateway: profiled('gateway'),
    worker: profiled('worker'),
    sns: profiled('sns'),
  };
}

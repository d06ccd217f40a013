import { resolve } from 'node:path';
import { environmentOf } from '../contracts/env.ts';
import { SupervisedPart } from './child.ts';
import { choosePorts } from './choose-ports.ts';
import {
  lastLogLine,
  lockDataFolder,
  noteTemporalServer,
  places,
  prepareDataFolder,
  secretsOf,
} from './data-folder.ts';
import { controlPaths, isWorker, type PartName, type Ports, type WorkerPart } from './names.ts';
import { endOrphans } from './orphans.ts';
import { addressesOf, isExternal, partSpec, stackEnvironment, type StackPlan } from './part-specs.ts';
import { publishedMessages, type Published } from './published.ts';
import { writeRunFile, type Addresses, type PartState, type RunFile } from './run-file.ts';
import { seedPolicies } from './seed-policies.ts';
import { buildConsole } from './tools/console-build.ts';
import { identityOf } from './tools/process-identity.ts';
import { findTemporalServer } from './tools/temporal-server.ts';
import { oneLine, UserError } from './tools/user-error.ts';
import { waitUntil } from './tools/wait.ts';
import { cachedWorkflowBundle } from './tools/workflow-bundle.ts';
import type { Stack, StackOptions } from './stack.ts';
import { requestToken, type Token } from './token-request.ts';

export type { Stack, StackOptions } from './stack.ts';

/**
 * Starts the whole stack on a data folder and answers when every part works. Throws a `UserError`, a sentence with its
 * remedy, for what a person can put right: a taken port, a folder in use, a missing tool, a full disk.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = resolve(options.dataDir);
  const progress = options.progress ?? (() => undefined);
  prepareDataFolder(dataDir);
  const lock = lockDataFolder(dataDir);
  const stack = new RunningStack(options, dataDir, () => lock.release(), progress);
  try {
    await Promise.race([stack.start(), aborted(options.abort)]);
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

function asksOthers(part: SupervisedPart): boolean {
  return isWorker(part.spec.name) || part.spec.name === 'gateway';
}

/** Rejects when the signal is given; otherwise says nothing, ever. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new UserError('The stack was stopped while it started.', '')), {
      once: true,
    });
  });
}

class RunningStack implements Stack {
  readonly dataDir: string;
  private plan: StackPlan | undefined;
  private chosen: Addresses | undefined;
  private readonly parts = new Map<PartName, SupervisedPart>();
  private temporalPath: string | undefined;
  private isReady = false;
  private cannotSave = false;
  private ending: Promise<void> | undefined;
  private readonly startedAtMs = Date.now();
  private readonly identity = identityOf(process.pid) ?? '';

  constructor(
    private readonly options: StackOptions,
    dataDir: string,
    private readonly release: () => void,
    private readonly progress: (line: string) => void,
  ) {
    this.dataDir = dataDir;
  }

  get addresses(): Addresses {
    if (!this.chosen) throw new Error('the stack has not started');
    return this.chosen;
  }

  private get thePlan(): StackPlan {
    if (!this.plan) throw new Error('the stack has not started');
    return this.plan;
  }

  get ports(): Ports {
    return this.thePlan.ports;
  }

  get env(): Readonly<Record<string, string>> {
    return stackEnvironment(this.thePlan, this.addresses);
  }

  async start(): Promise<void> {
    const { options, dataDir } = this;
    const orphans = await endOrphans(dataDir);
    if (orphans.length > 0) this.progress(`Ended what an earlier run had left: ${orphans.join(', ')}.`);
    const env = { ...process.env, ...options.env };
    const workers = Array.from({ length: options.workers ?? 1 }, (_, index): WorkerPart =>
      index === 0 ? 'worker' : `worker-${index + 1}`,
    );
    const ports = await choosePorts(dataDir, workers, options.ports ?? {}, env, options.usualPort ?? false);
    this.plan = { dataDir, ports, env, workers, secrets: secretsOf(dataDir), partEnv: options.partEnv ?? {} };
    this.chosen = addressesOf(this.plan);
    this.saveRun();

    const wanted = this.wantedParts();
    const has = (part: PartName): boolean => wanted.includes(part);
    for (const part of ['dynamodb', 'sns', 'issuer', 'gateway'] as const) if (has(part)) this.launch(part);
    await Promise.all([
      has('temporal') ? this.launchTemporal() : undefined,
      options.policies === false || !(has('dynamodb') || isExternal('dynamodb', env))
        ? undefined
        : this.publishPolicies(),
      options.console ? buildConsole(this.progress) : undefined,
      this.launchWorkers(wanted.filter((part) => isWorker(part))),
    ]);
    await this.ready(options.startTimeoutMs ?? 120_000);
    this.isReady = true;
    this.saveRun();
  }

  private wantedParts(): readonly PartName[] {
    const { env, workers } = this.thePlan;
    const all: readonly PartName[] = ['temporal', 'dynamodb', 'sns', 'issuer', 'gateway', ...workers];
    return (this.options.parts ?? all).filter((part) => !isExternal(part, env));
  }

  private async launchTemporal(): Promise<void> {
    const server = await findTemporalServer({ progress: this.progress });
    noteTemporalServer(this.dataDir, server.versions.server);
    this.temporalPath = server.path;
    this.launch('temporal');
  }

  private async launchWorkers(workers: readonly PartName[]): Promise<void> {
    if (workers.length === 0) return;
    const bundle = environmentOf({ workflowBundle: await cachedWorkflowBundle(this.progress) });
    for (const worker of workers) this.launch(worker, bundle);
  }

  private async publishPolicies(): Promise<void> {
    const database = this.parts.get('dynamodb');
    if (database)
      await waitUntil(() => database.state === 'up' || database.hasGivenUp || this.ending !== undefined, 60_000, 20);
    if (this.ending || database?.hasGivenUp) return;
    await seedPolicies(this.dataDir, this.env);
  }

  private launch(
    name: PartName,
    env: Readonly<Record<string, string>> = {},
    over: Readonly<Record<string, string>> = {},
  ): void {
    if (this.ending) return;
    const spec = partSpec(this.thePlan, name, this.addresses, this.temporalPath);
    const part = new SupervisedPart(
      { ...spec, env: { ...env, ...spec.env, ...over } },
      () => this.saveRun(),
      (ended, how, againInMs) => {
        const what = againInMs === undefined ? 'it is not started again' : `it is started again in ${againInMs} ms`;
        if (!this.ending) this.progress(`${ended} ended (${how}); ${what}.`);
      },
    );
    this.parts.set(name, part);
    part.start();
  }

  private partOf(name: PartName): SupervisedPart {
    const part = this.parts.get(name);
    if (!part) throw new Error(`this stack has no part ${name}`);
    return part;
  }

  run(): RunFile {
    return {
      pid: process.pid,
      identity: this.identity,
      startedAtMs: this.startedAtMs,
      ready: this.isReady,
      addresses: this.addresses,
      ports: Object.fromEntries(
        Object.entries(this.ports).flatMap(([name, port]) => (port === undefined ? [] : [[name, port]])),
      ),
      parts: Object.fromEntries([...this.parts].map(([name, part]) => [name, part.record])),
    };
  }

  /** A full disk must not end the supervisor: it says so once and goes on, and the parts come back when there is room. */
  private saveRun(): void {
    try {
      writeRunFile(this.dataDir, this.run());
      this.cannotSave = false;
    } catch (error) {
      if (!this.cannotSave) this.progress(oneLine(error));
      this.cannotSave = true;
    }
  }

  state(part: PartName): PartState {
    return this.partOf(part).state;
  }

  pid(part: PartName): number | null {
    return this.partOf(part).pid;
  }

  async kill(name: PartName, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const part = this.partOf(name);
    const { pid } = part;
    part.signal(signal);
    await waitUntil(() => part.pid !== pid, 10_000, 5);
  }

  async down(name: PartName, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.partOf(name).hold(signal);
  }

  async up(name: PartName, env?: Readonly<Record<string, string>>): Promise<void> {
    const old = this.partOf(name);
    if (env) {
      // Two under one name would share its port, and only the older one would be seen.
      await old.hold('SIGTERM');
      this.launch(name, {}, { ...old.spec.env, ...env });
    } else old.start();
    await this.ready();
  }

  async slow(part: 'sns' | 'issuer', delayMs: number): Promise<void> {
    const { addresses } = this;
    const url = `${addresses[part]}${controlPaths.delay}`;
    const response = await fetch(url, { method: 'PUT', body: JSON.stringify({ delayMs }) });
    if (response.status !== 204) throw new Error(`${part} answered ${response.status}`);
  }

  async ready(timeoutMs = 60_000): Promise<void> {
    const waiting = (): SupervisedPart[] =>
      [...this.parts.values()].filter((part) => part.state !== 'up' && part.state !== 'held');
    const isOver = (): boolean =>
      waiting().length === 0 || [...this.parts.values()].some((part) => part.hasGivenUp) || this.ending !== undefined;
    await waitUntil(isOver, timeoutMs, 20);
    if (this.ending) throw new UserError('The stack was stopped while it started.', '');
    const [late] = [...this.parts.values()].filter((part) => part.hasGivenUp).concat(waiting());
    if (!late) return;
    const { name } = late.spec;
    const line = lastLogLine(this.dataDir, name);
    throw new UserError(
      `${name} did not start: ${line ?? 'it says nothing'}`,
      `(${places(this.dataDir).logs}/${name}.log)`,
    );
  }

  token(roleOrPerson: string, expiresInSeconds?: number): Promise<Token> {
    return requestToken({
      issuer: this.addresses.issuer,
      secret: this.thePlan.secrets.token,
      who: roleOrPerson,
      expiresInSeconds,
    });
  }

  published(): readonly Published[] {
    return publishedMessages(this.dataDir);
  }

  stop(): Promise<void> {
    this.ending ??= this.end(async () => {
      // What asks others for work ends before those that answer.
      const parts = [...this.parts.values()];
      await Promise.all(parts.filter((part) => asksOthers(part)).map((part) => part.stop()));
      await Promise.all(parts.filter((part) => !asksOthers(part)).map((part) => part.stop()));
    });
    return this.ending;
  }

  crash(): Promise<void> {
    this.ending ??= this.end(async () => {
      await Promise.all([...this.parts.values()].map((part) => part.hold('SIGKILL')));
    });
    return this.ending;
  }

  private async end(how: () => Promise<void>): Promise<void> {
    try {
      await how();
    } finally {
      this.isReady = false;
      if (this.plan) this.saveRun();
      this.release();
    }
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { environmentOf } from '../../../contracts/env.ts';
import { queryNames } from '../../../contracts/temporal-names.ts';
import type { Escalation } from '../../../domain/escalation/state.ts';
import type { StackOptions } from '../../../local/supervisor.ts';
import { freePort } from '../../../local/tools/ports.ts';
import { waitUntil } from '../../../local/tools/wait.ts';
import { startTemporaryStack, type TemporaryStack } from '../../../local/temporary-stack.ts';
import { createStore, storeConfigFrom, type Store } from '../../../store/client.ts';
import { Api } from './api.ts';
import type { Published } from './books.ts';
import { publishFaultPolicy } from './policy.ts';
import { openSlowLine, type SlowLine } from './slow-line.ts';

type DeskOptions = Omit<StackOptions, 'dataDir' | 'ports' | 'partEnv'>;

/** A whole stack of real parts with what tests need to drive it and to look behind it. */
export class Desk {
  readonly #faultFolder = mkdtempSync(join(tmpdir(), 'tierline-faults-'));
  #faultFiles = 0;

  private constructor(
    private running: TemporaryStack,
    private readonly options: Omit<StackOptions, 'dataDir'>,
    /** Between gateway and workers and the store. */
    readonly storeLine: SlowLine,
    readonly store: Store,
    readonly api: Api,
    /** For what a responder may not do: cancel. */
    private readonly manager: Api,
    /** Who the API's caller is. */
    readonly callerId: string,
    readonly temporal: Client,
  ) {}

  /** Starts a stack, puts the test policy in force and signs in. */
  static async open(options: DeskOptions = {}): Promise<Desk> {
    const dynamodb = await freePort(new Set());
    const storeLine = await openSlowLine(dynamodb);
    const slowed = environmentOf({ dynamodbEndpoint: storeLine.endpoint });
    const partEnv = { gateway: slowed, worker: slowed, 'worker-2': slowed };
    const stackOptions = { ...options, ports: { dynamodb }, partEnv };
    const stack = await startTemporaryStack(stackOptions).catch(async (error: unknown) => {
      await storeLine.close();
      throw error;
    });
    try {
      const store = createStore({
        ...storeConfigFrom(stack.env),
        endpoint: stack.addresses.dynamodb ?? '',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      });
      await publishFaultPolicy(store);
      const token = await stack.token('responder', 6 * 3_600);
      const manager = await stack.token('programme_manager', 6 * 3_600);
      const connection = await Connection.connect({
        address: stack.addresses.temporal,
        channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 500 },
      });
      const temporal = new Client({ connection, namespace: stack.addresses.temporalNamespace });
      const api = new Api(stack.addresses.api, token.accessToken);
      return new Desk(
        stack,
        stackOptions,
        storeLine,
        store,
        api,
        new Api(stack.addresses.api, manager.accessToken),
        token.person,
        temporal,
      );
    } catch (error) {
      await stack.dispose();
      await storeLine.close();
      throw error;
    }
  }

  get stack(): TemporaryStack {
    return this.running;
  }

  /** A file that a process makes when it dies at its fault point. */
  newFaultFile(): string {
    this.#faultFiles += 1;
    return join(this.#faultFolder, String(this.#faultFiles));
  }

  /** Kills every process of the stack at once and starts it again on its folder, at the same addresses. */
  async powerCut(): Promise<void> {
    const { dataDir } = this.running;
    const isAlone = this.running.state('worker-2') === 'held';
    await this.running.crash();
    this.running = await startTemporaryStack({ ...this.options, dataDir });
    if (isAlone) await this.running.down('worker-2');
  }

  /** Cancels an escalation that has not ended. Throws when that does not come about within half a minute. */
  async cancel(escalationId: string): Promise<void> {
    const key = `cancel-${escalationId}`;
    const isDone = async (): Promise<boolean> => {
      const answer = await this.manager.command(escalationId, 'cancel', key, { reason: 'The test is over.' });
      // 409: it has ended before.
      return answer.kind === 'answered' && (answer.status === 200 || answer.status === 409);
    };
    if (!(await waitUntil(isDone, 30_000, 200))) throw new Error(`${escalationId} can't be cancelled`);
  }

  /** What the escalation's workflow believes; throws when it does not answer. */
  stateOf(escalationId: string): Promise<Escalation | null> {
    return this.temporal.withDeadline(Date.now() + 10_000, () =>
      this.temporal.workflow.getHandle(escalationId).query<Escalation | null>(queryNames.state),
    );
  }

  /** Whether the escalation has a workflow that runs; throws when the server does not answer or knows of none. */
  isRunning(escalationId: string): Promise<boolean> {
    return this.temporal.withDeadline(Date.now() + 10_000, async () => {
      const { status } = await this.temporal.workflow.getHandle(escalationId).describe();
      return status.name === 'RUNNING';
    });
  }

  /** How many messages with each page's id were handed to SNS, and when the first one was. */
  publishedPages(): Published {
    const pages = new Map<string, { atMs: number; times: number }>();
    for (const { atMs, attributes } of this.stack.published()) {
      const id = attributes['id'];
      if (id === undefined || attributes['kind'] !== 'page') continue;
      const before = pages.get(id);
      pages.set(id, { atMs: before?.atMs ?? atMs, times: (before?.times ?? 0) + 1 });
    }
    return pages;
  }

  async close(): Promise<void> {
    this.store.close();
    await this.temporal.connection.close();
    await this.running.dispose();
    await this.storeLine.close();
    rmSync(this.#faultFolder, { recursive: true, force: true });
  }
}

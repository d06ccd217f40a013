import { Channel, connectivityState, type ClientOptions } from '@grpc/grpc-js';
import { Client, Connection, type Metadata } from '@temporalio/client';

export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string;
}

/** A call that took longer than it may, whatever its requests are still doing. */
export class CallTooLong extends Error {
  override readonly name = 'CallTooLong';
}

const namespaceHeader = 'temporal-namespace';

/** A connection whose requests say the namespace by themselves, so that it need not be handed on to them. */
class OneNamespace extends Connection {
  override withMetadata<R>(metadata: Metadata, request: () => Promise<R>): Promise<R> {
    const isSaid = Object.keys(metadata).every((name) => name === namespaceHeader);
    return isSaid ? request() : super.withMetadata(metadata, request);
  }
}

/**
 * A way to Temporal, whose requests have a deadline each.
 *
 * The client's own `withDeadline` and `withMetadata` hand things on by an AsyncLocalStorage. From its first use on Node
 * follows every promise of the process, which costs the gateway a tenth of its processor time (ADR 0104). So there is a
 * client for each length of time instead, all of them on the same channel.
 */
export class TemporalChannel {
  readonly #target: TemporalTarget;
  readonly #clients = new Map<number, Client>();
  readonly #openedAtMs = Date.now();
  #channel: Channel | undefined;
  #underWay = 0;
  #isRetired = false;

  /** Connects at the first call. */
  constructor(target: TemporalTarget) {
    this.#target = target;
  }

  /** How long ago this way was opened, in ms. */
  get ageMs(): number {
    return Date.now() - this.#openedAtMs;
  }

  /** Whether the last attempt to connect failed. A call fails at once then, and nothing of it is sent. */
  get isCut(): boolean {
    return this.#channel?.getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE;
  }

  /**
   * @param requestMs how long each request of the call may take, in ms: one of few values, each has a client that is kept
   * @param callMs how long all of its requests together may take, in ms
   * @throws CallTooLong after `callMs`; the client's error for a request that took too long or failed
   */
  async within<T>(requestMs: number, call: (client: Client) => Promise<T>, callMs = requestMs): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new CallTooLong(`no answer within ${callMs} ms`)), callMs);
    });
    this.#underWay += 1;
    const answer = call(this.#client(requestMs));
    answer.then(this.#ended, this.#ended);
    try {
      return await Promise.race([answer, tooLong]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#channel?.close();
  }

  /**
   * Closes it when the calls under way have ended, at once where there are none: what is left open goes on connecting
   * for as long as its server is away.
   * @param atMostMs calls that take longer than this are cut off, in ms
   */
  retire(atMostMs: number): void {
    this.#isRetired = true;
    if (this.#underWay === 0) this.close();
    else setTimeout(() => this.close(), atMostMs).unref();
  }

  readonly #ended = (): void => {
    this.#underWay -= 1;
    if (this.#isRetired && this.#underWay === 0) this.close();
  };

  #client(requestMs: number): Client {
    const known = this.#clients.get(requestMs);
    if (known !== undefined) return known;
    const { address, namespace, apiKey } = this.#target;
    const options: ClientOptions = {
      // A server that is back is found within a second; left alone the client waits up to two minutes.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
      // Otherwise a channel that takes the place of another goes on with its socket, however dead that is.
      'grpc.use_local_subchannel_pool': 1,
      channelFactoryOverride: (to, credentials, channelOptions) =>
        (this.#channel ??= new Channel(to, credentials, channelOptions)),
      callInvocationTransformer: (request) => ({
        ...request,
        callOptions: { ...request.callOptions, deadline: Date.now() + requestMs },
      }),
    };
    const connection = OneNamespace.lazy({
      address,
      connectTimeout: 3_000,
      channelArgs: options,
      // What may be tried again is decided by the caller, not by the client's own retries of up to ten times.
      interceptors: [],
      metadata: { [namespaceHeader]: namespace },
      ...(apiKey === undefined ? {} : { apiKey, tls: true }),
    });
    const client = new Client({ namespace, connection });
    this.#clients.set(requestMs, client);
    return client;
  }
}

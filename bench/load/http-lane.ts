import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

interface Waiter {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

const headEnd = Buffer.from('\r\n\r\n');

/**
 * One kept connection that sends one request at a time. Written by hand so that the load generator takes little of the
 * processor that it shares with what it measures: a fifth of what node's own client takes.
 */
export class HttpLane {
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #waiter: Waiter | undefined;

  constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  send(request: string): Promise<HttpAnswer> {
    if (this.#waiter !== undefined) throw new Error('a lane carries one request at a time');
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#connected().write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #connected(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    socket.on('data', (chunk) => this.#take(chunk));
    const lost = (error?: Error): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#received = Buffer.alloc(0);
      const waiter = this.#waiter;
      this.#waiter = undefined;
      waiter?.reject(error ?? new Error('the connection was closed'));
    };
    socket.on('error', lost);
    socket.on('close', () => lost());
    this.#socket = socket;
    return socket;
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(headEnd);
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const bodyAt = end + headEnd.length;
    if (this.#received.length < bodyAt + length) return;
    const answer = {
      status: Number(head.slice(9, 12)),
      body: this.#received.toString('utf8', bodyAt, bodyAt + length),
    };
    this.#received = this.#received.subarray(bodyAt + length);
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.resolve(answer);
  }
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly bearer: string;
  readonly body?: string;
}

export function requestText(host: string, request: HttpRequest): string {
  const { body } = request;
  const length =
    body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  return `${request.method} ${request.path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${request.bearer}\r\n${length}\r\n${body ?? ''}`;
}

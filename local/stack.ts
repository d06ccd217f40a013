import type { PartName, Ports } from './names.ts';
import type { Published } from './published.ts';
import type { Addresses, PartState, RunFile } from './run-file.ts';
import type { Token } from './token-request.ts';

export interface StackOptions {
  /** Holds all state; made when it is missing. */
  readonly dataDir: string;
  /** Ports that must be these; the others are remembered from the last time, else free ones. */
  readonly ports?: Ports;
  /** The gateway's port is PORT, else 4700, as for `npm start`. Tests leave it free. */
  readonly usualPort?: boolean;
  /** Besides the environment of this process; goes to every part. */
  readonly env?: Readonly<Record<string, string>>;
  /** For single parts, such as a fault point of one worker. */
  readonly partEnv?: Readonly<Partial<Record<PartName, Readonly<Record<string, string>>>>>;
  /** All by default. */
  readonly parts?: readonly PartName[];
  /** How many workers: `worker`, `worker-2`, … One by default. */
  readonly workers?: number;
  /** Builds the console where it is missing or old. Off by default. */
  readonly console?: boolean;
  /** Puts the policies of the checkout in force. On by default. */
  readonly policies?: boolean;
  /** Told what takes long and what ended unasked. */
  readonly progress?: (line: string) => void;
  readonly startTimeoutMs?: number;
  /** Ends the start: what has begun is ended in order, and the promise is rejected. */
  readonly abort?: AbortSignal;
}

export interface Stack {
  readonly addresses: Addresses;
  readonly ports: Ports;
  readonly dataDir: string;
  /** The environment that reaches the parts: endpoints, names and local credentials. */
  readonly env: Readonly<Record<string, string>>;
  /** Processes as they are now; also kept in `run.json`. */
  run(): RunFile;
  state(part: PartName): PartState;
  pid(part: PartName): number | null;
  /** Kills a part; the supervisor starts it again at once. */
  kill(part: PartName, signal?: NodeJS.Signals): Promise<void>;
  /** Kills a part and keeps it down until `up`. */
  down(part: PartName, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a part that was put down and waits until it works; another environment for it may be given. */
  up(part: PartName, env?: Readonly<Record<string, string>>): Promise<void>;
  /** Makes each answer of `sns` or `issuer` that much later, until it is restarted or set to 0. */
  slow(part: 'sns' | 'issuer', delayMs: number): Promise<void>;
  /** Waits until every part that is not held down works. Throws when one gave up or the time is over. */
  ready(timeoutMs?: number): Promise<void>;
  /** An access token of the local issuer for a role or a person. */
  token(roleOrPerson: string, expiresInSeconds?: number): Promise<Token>;
  /** Everything published to the local topics since the folder was made. */
  published(): readonly Published[];
  /** Ends every part in order and gives the folder free. */
  stop(): Promise<void>;
  /** Kills every part at once, as a power cut would; the folder is free afterwards. */
  crash(): Promise<void>;
}

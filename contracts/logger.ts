import { setting } from './env.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof levels)[number];

/**
 * Everything that a log line may hold: a closed list, so that neither personal data nor a secret gets into it by
 * accident. Ids are opaque; free text, titles, tokens, dedup keys and bodies have no field here.
 */
export interface LogFields {
  readonly escalationId?: string;
  readonly commandId?: string;
  readonly requestId?: string;
  readonly route?: string;
  readonly callerId?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly errorCode?: string;
  readonly errorName?: string;
  readonly errorMessage?: string;
  readonly stack?: string;
  readonly keyId?: string;
  readonly source?: string;
  readonly seq?: number;
  readonly count?: number;
  readonly pageId?: string;
}

export interface Logger {
  /** @param code what happened, in dotted lower case: `request.done`, `workflow.start_failed` */
  debug(code: string, fields?: LogFields): void;
  info(code: string, fields?: LogFields): void;
  warn(code: string, fields?: LogFields): void;
  error(code: string, fields?: LogFields): void;
  /** A logger that adds these fields to each line. */
  with(fields: LogFields): Logger;
}

interface LoggerOptions {
  readonly component: string;
  readonly write?: (line: string) => void;
  readonly nowMs?: () => number;
  readonly level?: string;
}

interface Sink {
  readonly component: string;
  readonly write: (line: string) => void;
  readonly nowMs: () => number;
  /** The place of the least level that is written. */
  readonly least: number;
}

/** A class, so that the logger that each request has for itself costs one object. */
class JsonLogger implements Logger {
  readonly #sink: Sink;
  readonly #base: LogFields;

  constructor(sink: Sink, base: LogFields) {
    this.#sink = sink;
    this.#base = base;
  }

  debug(code: string, fields?: LogFields): void {
    this.#log('debug', code, fields);
  }

  info(code: string, fields?: LogFields): void {
    this.#log('info', code, fields);
  }

  warn(code: string, fields?: LogFields): void {
    this.#log('warn', code, fields);
  }

  error(code: string, fields?: LogFields): void {
    this.#log('error', code, fields);
  }

  with(fields: LogFields): Logger {
    return new JsonLogger(this.#sink, { ...this.#base, ...fields });
  }

  #log(level: Level, code: string, fields: LogFields = {}): void {
    const { component, write, nowMs, least } = this.#sink;
    if (levels.indexOf(level) < least) return;
    const head = { at: new Date(nowMs()).toISOString(), level, component, code };
    write(JSON.stringify({ ...head, ...this.#base, ...fields }));
  }
}

/** The logger: one JSON object a line, to standard output. */
export function createLogger(options: LoggerOptions): Logger {
  const { component, nowMs = Date.now } = options;
  const write = options.write ?? ((line: string): void => void process.stdout.write(`${line}\n`));
  const least = levels.findIndex((level) => level === (options.level ?? setting('logLevel')));
  return new JsonLogger({ component, write, nowMs, least }, {});
}

const longestMessage = 300;

/** The fields of something thrown, and of what caused it; its message is cut, its stack keeps the frames alone. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const messages: string[] = [];
  for (let cause: unknown = error; cause instanceof Error && messages.length < 4; cause = cause.cause) {
    messages.push(messages.length === 0 ? cause.message : `${cause.name}: ${cause.message}`);
  }
  const frames = (error.stack ?? '').split('\n').filter((row) => row.startsWith('    at '));
  return {
    errorName: error.name,
    errorMessage: messages.join(' <- ').slice(0, longestMessage),
    stack: frames
      .slice(0, 6)
      .map((row) => row.trim())
      .join(' | '),
  };
}

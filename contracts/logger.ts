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

/** The logger: one JSON object a line, to standard output. */
export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? ((line: string): void => void process.stdout.write(`${line}\n`));
  const nowMs = options.nowMs ?? Date.now;
  const least = levels.findIndex((level) => level === (options.level ?? setting('logLevel')));
  const make = (base: LogFields): Logger => {
    const log = (level: Level, code: string, fields: LogFields = {}): void => {
      if (levels.indexOf(level) < least) return;
      const head = { at: new Date(nowMs()).toISOString(), level, component: options.component, code };
      write(JSON.stringify({ ...head, ...base, ...fields }));
    };
    return {
      debug: (code, fields) => log('debug', code, fields),
      info: (code, fields) => log('info', code, fields),
      warn: (code, fields) => log('warn', code, fields),
      error: (code, fields) => log('error', code, fields),
      with: (fields) => make({ ...base, ...fields }),
    };
  };
  return make({});
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

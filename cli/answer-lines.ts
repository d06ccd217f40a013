import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const BATCH_CHARACTERS = 64 * 1024;

/**
 * Answers JSON lines: one request a line in, one answer a line out, in the same order, as they come.
 *
 * A line that is no JSON or that `answer` refuses by throwing becomes `{"error": "…"}`, and the others go on. A request may be
 * wrapped as `{"input": …}`. Blank lines are passed over.
 *
 * @returns how many lines were answered by an error
 */
export async function answerLines(
  input: Readable,
  output: Writable,
  answer: (request: unknown) => unknown,
): Promise<number> {
  let errors = 0;
  let batch = '';
  const flush = async (): Promise<void> => {
    const text = batch;
    batch = '';
    if (text !== '' && !output.write(text)) await once(output, 'drain');
  };
  const lines = createInterface({ input, crlfDelay: Infinity });
  let idle: NodeJS.Immediate | null = null;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    let reply: unknown;
    try {
      reply = answer(unwrap(JSON.parse(line)));
    } catch (error) {
      errors += 1;
      reply = { error: error instanceof SyntaxError ? `not JSON: ${error.message}` : messageOf(error) };
    }
    batch += `${JSON.stringify(reply)}\n`;
    if (batch.length >= BATCH_CHARACTERS) await flush();
    // A caller that waits for each answer before it asks again must not wait for a full batch.
    else
      idle ??= setImmediate(() => {
        idle = null;
        void flush();
      });
  }
  await flush();
  return errors;
}

function unwrap(request: unknown): unknown {
  if (typeof request === 'object' && request !== null && 'input' in request && !('kind' in request))
    return request.input;
  return request;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import * as z from 'zod';
import { places } from './data-folder.ts';

/** A message as a publisher gave it to SNS. */
const publishedSchema = z.object({
  atMs: z.number(),
  topicArn: z.string(),
  snsMessageId: z.string(),
  message: z.string(),
  attributes: z.record(z.string(), z.string()),
});
export type Published = z.infer<typeof publishedSchema>;

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Attributes of a message in the query protocol: `MessageAttributes.entry.1.Name`, `….1.Value.StringValue`. */
function attributesOf(body: Readonly<Record<string, unknown>>, prefix: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (let index = 1; ; index += 1) {
    const name = body[`${prefix}MessageAttributes.entry.${index}.Name`];
    if (typeof name !== 'string') return attributes;
    attributes[name] = text(body[`${prefix}MessageAttributes.entry.${index}.Value.StringValue`]);
  }
}

/** The lines of the file for one answered request; empty when it published nothing. */
export function publishedLine(request: unknown, answer: string, atMs: number): string {
  if (typeof request !== 'object' || request === null) return '';
  const body: Readonly<Record<string, unknown>> = { ...request };
  const topicArn = text(body['TopicArn']);
  const ids = [...answer.matchAll(/<MessageId>([^<]+)<\/MessageId>/g)].map((match) => match[1] ?? '');
  const line = (prefix: string, snsMessageId: string): string =>
    `${JSON.stringify({ atMs, topicArn, snsMessageId, message: text(body[`${prefix}Message`]), attributes: attributesOf(body, prefix) })}\n`;
  if (body['Action'] === 'Publish') return line('', ids[0] ?? '');
  if (body['Action'] !== 'PublishBatch') return '';
  return ids.map((id, index) => line(`PublishBatchRequestEntries.member.${index + 1}.`, id)).join('');
}

/** The file of what was published to the local topics, read as it grows: what has been told is not read again. */
export class PublishedLog {
  readonly #path: string;
  #offset = 0;

  constructor(dataDir: string) {
    this.#path = places(dataDir).published;
  }

  /** What was published since the last question, oldest first. */
  more(): readonly Published[] {
    if (!existsSync(this.#path)) return [];
    const file = openSync(this.#path, 'r');
    try {
      const piece = Buffer.alloc(Math.max(0, fstatSync(file).size - this.#offset));
      const read = piece.subarray(0, readSync(file, piece, 0, piece.length, this.#offset));
      // What follows the last line break is being written, or was cut off by a kill and answered to nobody.
      const whole = read.subarray(0, read.lastIndexOf('\n') + 1);
      this.#offset += whole.length;
      const lines = whole.toString('utf8').split('\n').slice(0, -1);
      return lines.map((line) => publishedSchema.parse(JSON.parse(line)));
    } finally {
      closeSync(file);
    }
  }
}

/** Everything that was published to the local topics since the data folder was made, oldest first. */
export function publishedMessages(dataDir: string): readonly Published[] {
  return new PublishedLog(dataDir).more();
}

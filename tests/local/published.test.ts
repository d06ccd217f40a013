import { afterAll, describe, expect, test } from '@jest/globals';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { places } from '../../local/data-folder.ts';
import { PublishedLog, publishedLine, publishedMessages } from '../../local/published.ts';

const lineOf = (text: string): string =>
  publishedLine(
    { Action: 'Publish', TopicArn: 'arn:aws:sns:eu-central-1:000000000000:pages', Message: text },
    '<MessageId>m-1</MessageId>',
    1_700_000_000_000,
  );

describe('the file of what was published', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tierline-published-'));
  const { published } = places(dataDir);
  mkdirSync(dirname(published), { recursive: true });

  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test('tells each message once as the file grows, a line that is being written with the next question', () => {
    const log = new PublishedLog(dataDir);
    const texts = (): readonly string[] => log.more().map(({ message }) => message);
    expect(texts()).toEqual([]);
    appendFileSync(published, lineOf('one') + lineOf('zwölf'));
    expect(texts()).toEqual(['one', 'zwölf']);
    expect(texts()).toEqual([]);
    const cut = Buffer.from(lineOf('fünf'));
    // In the middle of a character.
    const at = cut.indexOf('ü') + 1;
    appendFileSync(published, cut.subarray(0, at));
    expect(texts()).toEqual([]);
    appendFileSync(published, Buffer.concat([cut.subarray(at), Buffer.from(lineOf('six'))]));
    expect(texts()).toEqual(['fünf', 'six']);
    expect(publishedMessages(dataDir).map(({ message }) => message)).toEqual(['one', 'zwölf', 'fünf', 'six']);
  });
});

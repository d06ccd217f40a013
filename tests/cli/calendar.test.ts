import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { answerLines } from '../../cli/answer-lines.ts';
import { formatDuration, parseDuration } from '../../cli/duration-text.ts';
import { runCli } from './run-cli.ts';

const OFFICE = { timezone: 'Europe/London', hours: { mon: [['09:00', '17:00']] } };
const deadline = (durationSeconds: unknown): unknown => ({
  kind: 'deadline',
  calendar: OFFICE,
  start: '2024-05-13T08:00:00Z',
  durationSeconds,
});

describe('the calendar command', () => {
  let folder = '';
  let file = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'calendar-'));
    file = join(folder, 'office.yaml');
    writeFileSync(join(folder, 'days.ics'), ICS);
    writeFileSync(
      file,
      'name: office\ntimezone: Europe/London\nhours: {mon: [["09:00", "23:59"]]}\nholidayFiles: [days.ics]\n',
    );
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('answers each line, a bad one by an error that leaves the others alone', () => {
    const lines = [
      JSON.stringify(deadline(3600)),
      '{"kind": ',
      '',
      JSON.stringify({
        input: { kind: 'elapsed', calendar: OFFICE, from: '2024-05-13T00:00:00Z', to: '2024-05-21T00:00:00+01:00' },
      }),
      JSON.stringify(deadline(-1)),
      JSON.stringify({ kind: 'sunrise' }),
      JSON.stringify({ ...Object(deadline(0)), calendar: { timezone: 'Mars/Base', hours: {} } }),
      JSON.stringify({ ...Object(deadline(60)), calendar: { ...OFFICE, hours: {} } }),
    ];
    const { status, stdout } = runCli('calendar', ['--jsonl'], `${lines.join('\r\n')}\n`);
    const answers: unknown[] = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(status).toBe(0);
    expect(answers).toEqual([
      { dueAt: '2024-05-13T09:00:00Z' },
      { error: expect.stringContaining('not JSON') },
      { seconds: 57_600 },
      { error: expect.stringContaining('durationSeconds') },
      { error: expect.stringContaining('kind') },
      { error: 'calendar.timezone: unknown time zone: Mars/Base' },
      { dueAt: null },
    ]);
  });

  it('prints opening hours with what looks wrong, a deadline, and elapsed time', () => {
    const hours = runCli('calendar', [file, '--from', '2024-05-13', '--days', '14']).stdout;
    expect(hours).toContain('2024-05-13 09:00 to 2024-05-13 23:59   14h59m  2024-05-13T08:00:00Z');
    expect(hours).not.toContain('2024-05-20');
    expect(hours).toContain('the end of a day is 24:00');
    expect(runCli('calendar', [file, '--from', '2024-05-13T12:00', '--for', '1h30m']).stdout).toBe(
      '2024-05-13 13:30 (2024-05-13T12:30:00Z)\n',
    );
    const pause = '2024-05-13T12:00/2024-05-13T12:20';
    const elapsed = runCli('calendar', [file, '--from', '2024-05-13', '--to', '2024-05-13T13:00', '--pause', pause]);
    expect(elapsed.stdout).toBe('3h40m\n');
  });

  it('explains itself and what it does not understand', () => {
    expect(runCli('calendar', ['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('--jsonl') });
    expect(runCli('calendar', ['--nonsense'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--help') });
    expect(runCli('calendar', [join(folder, 'none.yaml')])).toMatchObject({ status: 1, stdout: '' });
  });
});

describe('lines of JSON', () => {
  it('are answered as they come, before the input ends', async () => {
    const input = new PassThrough();
    const written: string[] = [];
    const done = new PassThrough();
    const output = new Writable({
      write(chunk: Buffer, _encoding, callback) {
        written.push(chunk.toString());
        done.emit('written');
        callback();
      },
    });
    const first = new Promise((resolve) => {
      done.once('written', resolve);
    });
    const answering = answerLines(input, output, (request) => ({ got: request }));
    input.write('{"a": 1}\n');
    await first;
    expect(written).toEqual(['{"got":{"a":1}}\n']);
    input.end('{"b": 2}\nnonsense');
    expect(await answering).toBe(1);
    expect(written.join('')).toMatch(/^\{"got":\{"a":1\}\}\n\{"got":\{"b":2\}\}\n\{"error":"not JSON: .*"\}\n$/);
  });
});

describe('lengths of time', () => {
  it.each([
    ['4h30m', 16_200_000],
    ['90m', 5_400_000],
    ['2d', 172_800_000],
    ['45s', 45_000],
    ['', null],
    ['4', null],
    ['1m1h', null],
  ])('%p is %p ms', (text, lengthMs) => {
    expect(parseDuration(text)).toBe(lengthMs);
  });

  it('are written without days', () => {
    expect([0, 59_000, 3_600_000, 90_061_000].map(formatDuration)).toEqual(['0m', '59s', '1h', '25h1m1s']);
  });
});

const ICS = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//test//EN',
  'BEGIN:VEVENT',
  'UID:1',
  'DTSTART;VALUE=DATE:20240520',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');

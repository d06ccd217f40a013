import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { runCli } from './run-cli.ts';

const SCHEDULE = `
name: desk
timezone: Europe/London
layers: [{rotations: [{type: daily, startLocal: 2024-05-13T09:00, users: [ana, ben]}]}]
overrides: [{person: cem, from: 2024-05-14T12:00, until: 2024-05-14T13:00}]
leave: [{person: ana, from: 2024-05-15T09:00, until: 2024-05-15T10:00}]
`;
const PEOPLE = `
- {id: ana, contacts: [{channel: sms, address: "+440000"}]}
- {id: ben}
`;

describe('the on-call command', () => {
  let folder = '';
  let file = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'on-call-'));
    file = join(folder, 'desk.yaml');
    writeFileSync(file, SCHEDULE);
    writeFileSync(join(folder, 'people.yaml'), PEOPLE);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('answers each line, a bad one by an error that leaves the others alone', () => {
    const rotation = {
      type: 'daily',
      shiftLength: 1,
      startLocal: '2024-05-13T09:00',
      timezone: 'UTC',
      users: ['A', 'B'],
    };
    const at = ['2024-05-13T08:59:59Z', '2024-05-13T09:00:00Z', '2024-05-14T09:00:00Z'];
    const lines = [
      JSON.stringify({ kind: 'rotation', rotation, at }),
      JSON.stringify({ kind: 'rotation', rotation: { ...rotation, users: [] }, at }),
      JSON.stringify({ kind: 'rotation', rotation, at: ['now'] }),
      JSON.stringify({ input: { kind: 'rotation', rotation, at: [] } }),
    ];
    const { status, stdout } = runCli('on-call', ['--jsonl'], `${lines.join('\n')}\n`);
    expect(status).toBe(0);
    const answers: unknown[] = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(answers).toEqual([
      { onCall: [[], ['A'], ['B']] },
      { error: expect.stringContaining('rotation.users') },
      { error: expect.stringContaining('at.0: not an instant') },
      { onCall: [] },
    ]);
  });

  it('says who is on call and who is next', () => {
    const { stdout } = runCli('on-call', [file, '--at', '2024-05-14T12:30']);
    expect(stdout).toBe(
      '2024-05-14 12:30 (2024-05-14T11:30:00Z): cem (override)\nnext handoff 2024-05-14 13:00: ben\n',
    );
  });

  it('prints the final schedule with gaps, conflicts and people whom nothing reaches', () => {
    const { stdout } = runCli('on-call', [
      file,
      '--from',
      '2024-05-14',
      '--days',
      '2',
      '--people',
      join(folder, 'people.yaml'),
    ]);
    expect(stdout.split('\n')).toEqual([
      'desk in Europe/London',
      '  2024-05-14 00:00 to 2024-05-14 09:00       9h  ana',
      '  2024-05-14 09:00 to 2024-05-14 12:00       3h  ben',
      '  2024-05-14 12:00 to 2024-05-14 13:00       1h  cem (override)',
      '  2024-05-14 13:00 to 2024-05-15 09:00      20h  ben',
      '  2024-05-15 10:00 to 2024-05-16 00:00      14h  ana',
      'gap: 2024-05-15 09:00 to 2024-05-15 10:00       1h  nobody is on call',
      'conflict: 2024-05-14 12:00 to 2024-05-14 13:00       1h  unknown person: cem',
      'conflict: 2024-05-15 09:00 to 2024-05-15 10:00       1h  on leave: ana in layer 1',
      'warning: ben: no contacts',
      'warning: cem: not defined',
      '',
    ]);
  });

  it('writes iCalendar', () => {
    const { stdout } = runCli('on-call', [file, '--from', '2024-05-14', '--days', '1', '--ics']);
    expect(stdout).toMatch(/^BEGIN:VCALENDAR\r\n/);
    expect(stdout).toContain('DTSTART:20240514T110000Z\r\nDTEND:20240514T120000Z');
  });

  it('explains itself and what it does not understand', () => {
    expect(runCli('on-call', ['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('--jsonl') });
    expect(runCli('on-call', ['--at', 'now'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--help') });
  });
});

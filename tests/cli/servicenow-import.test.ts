import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { splitCsvLine } from '../../cli/import/csv.ts';
import { importIncident, type ImportedIncident } from '../../cli/import/incident-log.ts';
import { importPolicy, readIncidents, type ReadIncidents } from '../../cli/import/read-incidents.ts';
import { recordOf } from '../../domain/escalation/record.ts';
import { readHistory } from '../../domain/policy/backtest/history.ts';
import { putEndedEscalations } from '../../store/import-escalations.ts';
import { readLog } from '../../store/log.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';

const header =
  'number,incident_state,sys_updated_by,opened_at,sys_updated_at,contact_type,category,subcategory,priority,assignment_group,assigned_to,problem_id,closed_code,made_sla';
/** A whole life: raised, assigned, waiting, resolved, reopened, closed. */
const life = [
  'INC1,New,u1,29/2/2016 01:16,29/2/2016 01:20,Phone,c5,s7,3,g1,?,?,6,true',
  'INC1,New,u1,29/2/2016 01:16,29/2/2016 01:30,Phone,c5,s7,2,g1,u2,?,6,true',
  'INC1,Active,u2,29/2/2016 01:16,29/2/2016 02:00,Phone,c5,s7,2,g1,u2,?,6,true',
  'INC1,Awaiting User Info,u2,29/2/2016 01:16,29/2/2016 03:00,Phone,c5,s7,2,g1,u2,?,6,true',
  'INC1,Active,u2,29/2/2016 01:16,1/3/2016 03:00,Phone,c5,s7,2,g1,u2,?,6,true',
  'INC1,Active,u2,29/2/2016 01:16,1/3/2016 03:30,Phone,c5,s7,2,g2,u3,?,6,true',
  'INC1,Resolved,u3,29/2/2016 01:16,1/3/2016 04:00,Phone,c5,s7,2,g2,u3,?,6,true',
  'INC1,Active,u3,29/2/2016 01:16,1/3/2016 05:00,Phone,c5,s7,2,g2,u3,?,6,true',
  'INC1,Resolved,u3,29/2/2016 01:16,1/3/2016 06:00,Phone,c5,s7,2,g2,u3,?,6,true',
  'INC1,Closed,u9,29/2/2016 01:16,6/3/2016 06:00,Phone,c5,s7,2,g2,u3,?,6,true',
];
const folder = mkdtempSync(join(tmpdir(), 'tierline-import-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(lines: readonly string[], gzip = false): Promise<ReadIncidents> {
  const file = join(folder, gzip ? 'log.csv.gz' : 'log.csv');
  const text = `${[header, ...lines].join('\n')}\n`;
  writeFileSync(file, gzip ? gzipSync(text) : text);
  return readIncidents(file, 'UTC');
}

async function imported(lines: readonly string[]): Promise<ImportedIncident> {
  const { incidents, errors } = await read(lines);
  expect(errors).toEqual([]);
  const [rows] = incidents;
  if (rows === undefined) throw new Error('no incident was read');
  return importIncident(rows, { ...importPolicy().policy, version: 1 });
}

describe('reading a ServiceNow log', () => {
  it('splits fields in quotes', () => {
    expect(splitCsvLine('a,"b, c","d ""e""",,f')).toEqual(['a', 'b, c', 'd "e"', '', 'f']);
    expect(splitCsvLine('a,')).toEqual(['a', '']);
  });

  it('reads plain and gzipped files, and leaves out incidents that are still open', async () => {
    expect((await read(life)).incidents).toHaveLength(1);
    expect((await read(life, true)).incidents).toHaveLength(1);
    expect(await read(life.slice(0, 7))).toMatchObject({ incidents: [], open: 1, rows: 7 });
  });

  it('tells of every error of a line and goes on with the others', async () => {
    const { errors, incidents } = await read([
      ...life,
      'INC2,-100,u1,31/2/2016 01:16,29/2/2016 01:20,Phone,c5,s7,9,g1,?,?,6,true',
      'INC3,New',
    ]);
    expect(errors.map((error) => [error.line, error.column])).toEqual([
      [12, 'incident_state'],
      [12, 'priority'],
      [12, 'opened_at'],
      [13, ''],
    ]);
    expect(incidents).toHaveLength(1);
  });

  it('fails with a sentence where the file is not there', async () => {
    await expect(readIncidents(join(folder, 'none.csv.gz'), 'UTC')).rejects.toThrow(/no such file/);
  });
});

describe('an imported incident', () => {
  it('is a closed escalation whose log tells what people did and when', async () => {
    const { events, state, refused } = await imported(life);
    const told = events
      .filter((event) => event.actor.kind === 'person')
      .map((event) => `${new Date(event.atMs).toISOString().slice(5, 16)} ${event.type}`);
    expect(told.filter((line) => !/page|tier|clock/.test(line))).toEqual([
      '02-29T01:30 severity.changed',
      '02-29T01:30 escalation.acknowledged',
      '02-29T01:30 escalation.assigned',
      '02-29T02:00 investigation.started',
      '02-29T03:00 escalation.paused',
      '03-01T03:00 escalation.resumed',
      '03-01T03:30 escalation.assigned',
      '03-01T04:00 escalation.resolved',
      '03-01T05:00 escalation.reopened',
      '03-01T06:00 escalation.resolved',
      '03-06T06:00 escalation.closed',
    ]);
    expect(state).toMatchObject({
      status: 'closed',
      severity: 'sev2',
      reopenings: 1,
      assignee: 'servicenow-user-u3',
      team: 'servicenow-group-g2',
    });
    expect(refused).toEqual([]);
  });

  it('claims no page that was not sent and no promise that was not made', async () => {
    const { events } = await imported(life);
    expect(events.filter((event) => event.type === 'page.sent')).toEqual([]);
    const outcomes = events.filter((event) => event.type === 'page.suppressed');
    expect(outcomes.length).toBe(events.filter((event) => event.type === 'page.requested').length);
    expect(outcomes.every((event) => event.reason === 'imported')).toBe(true);
    expect(events.filter((event) => event.type === 'clock.started')).toEqual([]);
  });

  it('keeps free text out of the log', async () => {
    const { events, texts } = await imported(life);
    expect(texts.map((text) => text.text)).toEqual([
      'INC1: c5, s7',
      'Imported from the ServiceNow log of INC1. Closed with code 6. Its own SLA was made.',
    ]);
    expect(JSON.stringify(events)).not.toMatch(/INC1|c5/);
  });

  it('has the same id and events however often it is read, and the core reproduces its log', async () => {
    const [once, again] = [await imported(life), await imported(life)];
    expect(again).toEqual(once);
    const history = readHistory(
      once.escalationId,
      once.events,
      { ...importPolicy().policy, version: 1 },
      { calendars: {}, calendarPins: {} },
    );
    expect(history.mismatches).toEqual([]);
  });
});

describe('writing imported incidents', () => {
  let dynamo: TestDynamo;
  beforeAll(async () => {
    dynamo = await startDynamo();
  });
  afterAll(() => dynamo.close());

  it('puts each once, and leaves it alone when the import runs again', async () => {
    const policy = { ...importPolicy().policy, version: 1 };
    const lives = Array.from({ length: 12 }, (_, index) =>
      life.map((line) => line.replace('INC1', `INC${index + 10}`)),
    );
    const ended = await Promise.all(
      lives.map(async (lines, index) => {
        const file = join(folder, `many-${index}.csv`);
        writeFileSync(file, `${[header, ...lines].join('\n')}\n`);
        const [rows] = (await readIncidents(file, 'UTC')).incidents;
        const incident = importIncident(rows ?? [], policy);
        return {
          record: recordOf(incident.escalationId, incident.state, policy, {}),
          events: incident.events,
          texts: incident.texts,
          title: incident.texts[0]?.text ?? '',
        };
      }),
    );
    expect(await putEndedEscalations(dynamo.store, ended)).toEqual({ written: 12, present: 0 });
    expect(await putEndedEscalations(dynamo.store, ended)).toEqual({ written: 0, present: 12 });
    const [first] = ended;
    if (first === undefined) throw new Error('nothing was imported');
    const log = await readLog(dynamo.store, first.record.id);
    expect(log?.events).toEqual(first.events);
    expect(log?.head).toMatchObject({ title: 'INC10: c5, s7', record: { state: 'closed', severity: 'sev2' } });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { commandRoles, roles, type Role } from '../../contracts/roles.ts';
import { personCommandTypes, type PersonCommandType } from '../../domain/escalation/commands.ts';
import { file, startApi, type TestApi } from './support/api.ts';
import { groupsOf } from './support/tokens.ts';
import { listPolicies, publishPolicy, readLatestPolicy } from '../../store/policies.ts';

/** What brings a new escalation to where each command is possible. */
const acknowledged: readonly PersonCommandType[] = ['acknowledge'];
const resolved: readonly PersonCommandType[] = ['acknowledge', 'resolve'];
const before: Readonly<Partial<Record<PersonCommandType, readonly PersonCommandType[]>>> = {
  'start-investigation': acknowledged,
  'hand-off': acknowledged,
  'de-escalate': [...acknowledged, 'escalate', ...acknowledged],
  pause: acknowledged,
  resume: ['acknowledge', 'pause'],
  reopen: resolved,
  'submit-rca': resolved,
  'approve-rca': [...resolved, 'submit-rca'],
  close: resolved,
};

const bodies: Readonly<Partial<Record<PersonCommandType, object>>> = {
  assign: { assignee: 'mei' },
  'hand-off': { to: 'mei', note: 'over to you' },
  escalate: { reason: 'nobody moves' },
  'de-escalate': { reason: 'it is under control' },
  'change-severity': { severity: 'sev1', reason: 'worse than it looked' },
  note: { text: 'a note' },
  'send-update': { audience: 'internal', text: 'we are on it' },
  pause: { reason: 'waiting_for_customer', until: '2100-01-01T00:00:00Z' },
  resolve: { code: 'fixed', summary: 'mended' },
  reopen: { reason: 'it is back' },
  'submit-rca': { text: 'a loose screw' },
  cancel: { reason: 'filed twice' },
};

/** Escalations start under the second version of their policy. */
const firstVersion = 1;

function bodyOf(command: PersonCommandType, nowMs: number): object {
  if (command === 'migrate-policy') return { version: firstVersion };
  if (command === 'pause') return { ...bodies.pause, until: new Date(nowMs + 3_600_000).toISOString() };
  return bodies[command] ?? {};
}

describe('the matrix of role and command', () => {
  let api: TestApi;
  let tokens: Record<Role, string>;
  let preparer: string;

  beforeAll(async () => {
    api = await startApi();
    const signed = await Promise.all(roles.map((role) => api.tokens.of(`person-${role}`, ...groupsOf(role))));
    const of = (role: Role): string => signed[roles.indexOf(role)] ?? '';
    tokens = {
      responder: of('responder'),
      account_manager: of('account_manager'),
      programme_manager: of('programme_manager'),
      leader: of('leader'),
      integration: of('integration'),
    };
    preparer = await api.tokens.of('preparer', 'responder', 'programme_manager');
    const names = (await listPolicies(api.store)).map(({ name }) => name);
    for (const name of names) {
      const policy = await readLatestPolicy(api.store, name);
      if (policy !== null)
        await publishPolicy(api.store, { ...policy, version: firstVersion + 1 }, { actorId: 't', nowMs: 0 });
    }
  });
  afterAll(() => api.close());

  const cells = roles.flatMap((role) => personCommandTypes.map((command) => ({ role, command })));

  it.each(cells)('$role / $command', async ({ role, command }) => {
    // The integration's own source is the one that it may see.
    const filer = role === 'integration' ? tokens.integration : preparer;
    const path = await file(api, filer, { accountId: 'acme' });
    for (const step of before[command] ?? []) {
      const prepared = await api.post(`${path}/${step}`, preparer, bodyOf(step, api.clock.nowMs));
      expect(prepared.status).toBe(200);
    }
    const seqBefore = (await api.get(path, preparer)).body['seq'];

    const answer = await api.post(`${path}/${command}`, tokens[role], bodyOf(command, api.clock.nowMs));

    const allowed = commandRoles[command].includes(role);
    expect({ status: answer.status, code: answer.body['code'] }).toEqual(
      allowed ? { status: 200, code: undefined } : { status: 403, code: 'not_permitted' },
    );
    if (!allowed) expect((await api.get(path, preparer)).body['seq']).toBe(seqBefore);
  });

  it('has a cell for each role and command', () => {
    expect(cells).toHaveLength(roles.length * personCommandTypes.length);
    expect(Object.keys(commandRoles).toSorted()).toEqual([...personCommandTypes].toSorted());
  });
});

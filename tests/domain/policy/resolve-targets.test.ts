import { describe, expect, it } from '@jest/globals';

import { turnOfPage } from '../../../domain/escalation/page-id.ts';
import { resolveRecipients, resolveTargets } from '../../../domain/policy/resolve-targets.ts';
import type { Directory, DirectoryPerson } from '../../../domain/policy/directory.ts';

function person(id: string, channels: DirectoryPerson['contacts']): [string, DirectoryPerson] {
  return [id, { id, name: id, team: null, timezone: null, contacts: channels }];
}
const sns = { channel: 'sns', address: 'x', delayMs: 0, enabled: true } as const;
const sms = { channel: 'sms', address: '1', delayMs: 120_000, enabled: true } as const;

const directory: Directory = {
  coveredFromMs: 0,
  coveredUntilMs: 1_000,
  people: Object.fromEntries([
    person('ana', [sms, sns]),
    person('ben', [sns]),
    person('cy', [{ ...sns, enabled: false }]),
    person('dee', []),
  ]),
  teams: {
    desk: { id: 'desk', name: 'Desk', members: ['ana', 'dee', 'ben'] },
    silent: { id: 'silent', name: 'Silent', members: ['cy', 'dee'] },
  },
  schedules: {
    days: {
      name: 'Days',
      coveredFromMs: 0,
      coveredUntilMs: 1_000,
      stretches: [
        {
          startMs: 0,
          endMs: 500,
          onCall: [{ personId: 'ana', cause: 'rotation', layer: null, rotation: null, inPlaceOf: null }],
        },
        {
          startMs: 600,
          endMs: 1_000,
          onCall: [{ personId: 'ghost', cause: 'rotation', layer: null, rotation: null, inPlaceOf: null }],
        },
      ],
      gaps: [[500, 600]],
      conflicts: [],
    },
  },
};

describe('resolving the targets of a page', () => {
  it('finds a person, a whole team and whoever is on call, each once', () => {
    expect(resolveRecipients(directory, [{ kind: 'person', id: 'ben' }], 0)).toEqual(['ben']);
    expect(
      resolveRecipients(
        directory,
        [
          { kind: 'schedule', id: 'days' },
          { kind: 'team', id: 'desk' },
        ],
        499,
      ),
    ).toEqual(['ana', 'ben']);
  });

  it('finds nobody in a gap, outside of the coverage and behind unknown names', () => {
    expect(resolveRecipients(directory, [{ kind: 'schedule', id: 'days' }], 500)).toEqual([]);
    expect(resolveRecipients(directory, [{ kind: 'schedule', id: 'days' }], 1_000)).toEqual([]);
    expect(
      resolveRecipients(
        directory,
        [
          { kind: 'team', id: 'none' },
          { kind: 'person', id: 'none' },
        ],
        0,
      ),
    ).toEqual([]);
  });

  it('finds nobody behind the names that every object has', () => {
    for (const id of ['__proto__', 'constructor', 'toString']) {
      for (const kind of ['person', 'team', 'schedule'] as const)
        expect(resolveRecipients(directory, [{ kind, id }], 0)).toEqual([]);
    }
  });

  it('leaves out those whom nothing reaches, and names them', () => {
    const resolved = resolveTargets(
      directory,
      [
        { kind: 'team', id: 'silent' },
        { kind: 'schedule', id: 'days' },
      ],
      700,
    );
    expect(resolved).toEqual({ recipients: [], unreachable: ['cy', 'dee', 'ghost'] });
  });

  it('gives the contacts in the order of their delays, as absolute instants', () => {
    const [recipient] = resolveTargets(directory, [{ kind: 'person', id: 'ana' }], 100).recipients;
    expect(recipient?.attempts.map(({ channel, atMs }) => [channel, atMs])).toEqual([
      ['sns', 100],
      ['sms', 120_100],
    ]);
  });

  it('pages the members of a team in turn, one more with each page, and passes over those whom nothing reaches', () => {
    const inTurn = [0, 1, 2].map((turn) =>
      resolveRecipients(directory, [{ kind: 'team', id: 'desk', inTurn: true }], 0, turn),
    );
    expect(inTurn).toEqual([['ana'], ['ben'], ['ana']]);
    expect(turnOfPage('esc_1#2#5')).toBe(4);
    expect(turnOfPage('odd')).toBe(0);
  });
});

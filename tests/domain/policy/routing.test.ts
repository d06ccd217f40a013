import { describe, expect, it } from '@jest/globals';

import { route, type RoutingFacts, type RoutingTable } from '../../../domain/policy/routing.ts';

const table: RoutingTable = {
  rules: [
    {
      name: 'injuries',
      when: { titleWords: ['electric shock', 'Recall'] },
      set: { category: 'safety', severityAtLeast: 'sev1' },
    },
    { name: 'safety', when: { category: ['safety'] }, set: { policy: 'safety', team: 'trust' } },
    { name: 'vip', when: { accountClass: ['strategic'] }, set: { severityAtLeast: 'sev2', team: 'vip' } },
    {
      name: 'alerts',
      when: { channel: ['monitoring'], source: ['alertmanager'] },
      set: { severity: 'sev4', team: 'ops' },
    },
    { name: 'urgent', when: { severity: ['sev1'] }, set: { team: 'urgent' } },
  ],
  defaults: {
    policy: 'default',
    team: 'desk',
    severity: 'sev3',
    severityByCategory: { fraud: 'sev2', other: 'sev4' },
    severityByChannel: { leadership: 'sev2', quality: 'sev4' },
  },
};

const facts: RoutingFacts = {
  channel: 'customer_contact',
  category: 'logistics',
  source: 'api',
  accountClass: null,
  title: 'Parcels are late',
};

describe('routing', () => {
  it('uses the defaults where no rule matches', () => {
    expect(route(table, facts)).toEqual({
      policy: 'default',
      team: 'desk',
      severity: 'sev3',
      category: 'logistics',
      rules: [],
    });
  });

  it('takes the more urgent of the defaults by category and channel', () => {
    expect(route(table, { ...facts, category: 'other', channel: 'leadership' }).severity).toBe('sev2');
    expect(route(table, { ...facts, category: 'fraud', channel: 'quality' }).severity).toBe('sev2');
    expect(route(table, { ...facts, channel: 'quality' }).severity).toBe('sev4');
  });

  it('sets each field by the first matching rule that names it, and says which rules those were', () => {
    const routed = route(table, { ...facts, category: 'safety', accountClass: 'strategic' });
    expect(routed).toEqual({
      policy: 'safety',
      team: 'trust',
      severity: 'sev2',
      category: 'safety',
      rules: ['safety', 'vip'],
    });
  });

  it('keeps what the caller asked for, but raises a severity that a rule does not let pass', () => {
    const asked = { ...facts, policy: 'drill', team: 'mine', severity: 'sev4' } as const;
    expect(route(table, asked)).toMatchObject({ policy: 'drill', team: 'mine', severity: 'sev4' });
    expect(route(table, { ...asked, accountClass: 'strategic' })).toMatchObject({ severity: 'sev2', team: 'mine' });
    expect(route(table, { ...asked, severity: 'sev1', accountClass: 'strategic' }).severity).toBe('sev1');
  });

  it('finds whole words and phrases of the title without regard to case', () => {
    expect(route(table, { ...facts, title: 'Product RECALL: heaters' })).toMatchObject({
      category: 'safety',
      severity: 'sev1',
    });
    expect(route(table, { ...facts, title: 'An electric  shock, again' }).category).toBe('safety');
    expect(route(table, { ...facts, title: 'Nobody recalled the shock' }).category).toBe('logistics');
  });

  it('needs every condition of a rule', () => {
    expect(route(table, { ...facts, channel: 'monitoring' }).team).toBe('desk');
    expect(route(table, { ...facts, channel: 'monitoring', source: 'alertmanager' })).toMatchObject({
      team: 'ops',
      severity: 'sev4',
    });
    expect(route(table, { ...facts, severity: 'sev1' }).team).toBe('urgent');
    expect(route(table, { ...facts, title: 'recall' }).rules).toEqual(['injuries']);
  });

  it('matches on any field that is known when it comes in', () => {
    const given: RoutingFacts = {
      ...facts,
      accountClass: 'key',
      account: 'bluefin',
      policy: 'safety',
      team: 'ops',
      severity: 'sev2',
    };
    const conditions: readonly RoutingTable['rules'][number]['when'][] = [
      { channel: ['customer_contact'] },
      { category: ['logistics'] },
      { source: ['api'] },
      { accountClass: ['key'] },
      { account: ['bluefin'] },
      { policy: ['safety'] },
      { team: ['ops'] },
      { severity: ['sev2'] },
      { titleWords: ['parcels'] },
    ];
    const others: RoutingFacts = {
      channel: 'quality',
      category: 'other',
      source: 'form',
      accountClass: null,
      title: 'Something else',
    };
    for (const when of conditions) {
      const one: RoutingTable = { ...table, rules: [{ name: 'it', when, set: { severityAtLeast: 'sev1' } }] };
      expect([when, route(one, given).rules]).toEqual([when, ['it']]);
      expect([when, route(one, others).rules]).toEqual([when, []]);
    }
  });
});

import { describe, expect, it } from '@jest/globals';

import { callerOf, groupsClaim } from '../../contracts/claims.ts';
import { maySee } from '../../contracts/roles.ts';

/** As Amazon Cognito writes the claims of an access token. */
const cognito = {
  sub: '6f1a3b52-0c1d-4f63-9d0a-2b8f3f1c7e11',
  iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example',
  client_id: 'tierline-console',
  origin_jti: '0e4f0b64-6f6b-4d62-9a36-0a6d2c1a9a55',
  event_id: 'b2b0ad1c-57c4-4d2e-8b5c-6cb0f3f1a0aa',
  token_use: 'access',
  scope: 'openid',
  auth_time: 1_800_000_000,
  exp: 1_800_003_600,
  iat: 1_800_000_000,
  jti: '9d6b2c9e-2f1f-4c0f-9b43-8a3c1f6d1c77',
  username: 'dana',
  [groupsClaim]: ['account_manager', 'account:acme', 'account:zenith', 'team:seller-success', 'eu-west-1_pool_saml'],
};

describe('the reading of an access token', () => {
  it("takes roles, accounts and team from Cognito's groups, and the name of the user as the id", () => {
    expect(callerOf(cognito)).toEqual({
      id: 'dana',
      roles: ['account_manager'],
      accounts: ['acme', 'zenith'],
      team: 'seller-success',
      source: null,
    });
  });

  it("takes the subject where there is no user name, as in the local issuer's tokens", () => {
    expect(
      callerOf({ sub: 'oliver', client_id: 'tierline-cli', [groupsClaim]: ['responder', 'team:escalation-desk'] }),
    ).toEqual({
      id: 'oliver',
      roles: ['responder'],
      accounts: [],
      team: 'escalation-desk',
      source: null,
    });
  });

  it('gives a machine that signs in a source of its own', () => {
    expect(callerOf({ sub: 'svc', [groupsClaim]: ['integration', 'source:zabbix'] })?.source).toBe('zabbix');
    expect(callerOf({ sub: 'svc', [groupsClaim]: ['integration'] })?.source).toBe('client-svc');
  });

  it('gives nobody a role that no group names', () => {
    for (const groups of [
      undefined,
      [],
      ['admin', 'Responder', 'responder '],
      'responder',
      [7, null, {}],
      { 0: 'responder' },
    ]) {
      expect(callerOf({ sub: 'x', [groupsClaim]: groups })?.roles).toEqual([]);
    }
  });

  it.each([
    [{}],
    [{ sub: 7 }],
    [{ sub: '' }],
    [{ sub: 'a b' }],
    [{ sub: 'a\nb' }],
    [{ sub: 'x'.repeat(129) }],
    [{ username: ['a'] }],
  ])('knows nobody by %j', (claims) => {
    expect(callerOf(claims)).toBeNull();
  });
});

describe('who may know of an escalation', () => {
  const who = { id: 'x', roles: [], accounts: ['acme'], team: null, source: null } as const;

  it('is everybody of the desk', () => {
    for (const role of ['responder', 'programme_manager', 'leader'] as const) {
      expect(maySee({ ...who, roles: [role], accounts: [] }, { accountId: 'acme', source: 'api' })).toBe(true);
    }
  });

  it('is an account manager for an account of theirs', () => {
    const manager = { ...who, roles: ['account_manager'] } as const;
    expect(maySee(manager, { accountId: 'acme', source: 'api' })).toBe(true);
    expect(maySee(manager, { accountId: 'zenith', source: 'api' })).toBe(false);
    expect(maySee(manager, { accountId: null, source: 'api' })).toBe(false);
  });

  it('is an integration for what came through its source', () => {
    const machine = { ...who, roles: ['integration'], source: 'probe' } as const;
    expect(maySee(machine, { accountId: 'acme', source: 'probe' })).toBe(true);
    expect(maySee(machine, { accountId: 'acme', source: 'api' })).toBe(false);
  });

  it('is nobody without a role, whatever accounts they name', () => {
    expect(maySee(who, { accountId: 'acme', source: 'api' })).toBe(false);
  });
});

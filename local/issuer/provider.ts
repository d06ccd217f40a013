import { join } from 'node:path';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { clientIds } from '../names.ts';
import { accessClaims, accessTokenSeconds, apiScope } from './access-token.ts';
import { FileAdapter, IssuerStore } from './file-adapter.ts';
import { signingAlgorithm, type SigningKey } from './keys.ts';
import { messagePage, signOutPage } from './pages.ts';
import { groupsOf, type DemoPerson } from './people.ts';

export interface IssuerOptions {
  readonly issuer: string;
  readonly port: number;
  readonly folder: string;
  readonly key: SigningKey;
  readonly people: readonly DemoPerson[];
  readonly cookieSecret: string;
  /** Origins of the console, the first of which is its address. */
  readonly consoleOrigins: readonly string[];
}

/** There is one API; every access token is for it. */
const apiResource = 'urn:tierline:api';

export function interactionPath(uid: string): string {
  return `/sign-in/${uid}`;
}

/** The OIDC issuer of the local stack: code flow with PKCE for the console, access tokens in the form of Cognito's. */
export function createProvider(options: IssuerOptions): { readonly provider: Provider; readonly store: IssuerStore } {
  const store = new IssuerStore(join(options.folder, 'sessions.json'));
  const personOf = (id: string | undefined): DemoPerson | undefined =>
    options.people.find((person) => person.id === id);

  const configuration: Configuration = {
    adapter: (model: string) => new FileAdapter(model, store),
    clients: [
      {
        client_id: clientIds.console,
        // A native client is asked for consent at every sign-in, and could never renew its session quietly.
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: options.consoleOrigins.map((origin) => `${origin}/callback`),
        post_logout_redirect_uris: options.consoleOrigins.map((origin) => `${origin}/`),
      },
    ],
    jwks: { keys: [options.key] },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'cognito:groups'], email: ['email'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    responseTypes: ['code'],
    clientBasedCORS: (_ctx, origin) => options.consoleOrigins.includes(origin),
    cookies: {
      keys: [options.cookieSecret],
      // Cookies know no ports: two stacks on one machine must not take each other's.
      names: {
        session: `tierline_session_${options.port}`,
        interaction: `tierline_interaction_${options.port}`,
        resume: `tierline_resume_${options.port}`,
      },
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      IdToken: accessTokenSeconds,
      Session: 14 * 86_400,
      Grant: 14 * 86_400,
      RefreshToken: 14 * 86_400,
      Interaction: 3_600,
    },
    interactions: { url: (_ctx, interaction) => interactionPath(interaction.uid) },
    findAccount: (_ctx, id) => {
      const person = personOf(id);
      if (!person) return undefined;
      return {
        accountId: person.id,
        claims: () => ({
          sub: person.id,
          name: person.name,
          preferred_username: person.id,
          email: `${person.id}@tierline.example`,
          'cognito:groups': groupsOf(person),
        }),
      };
    },
    // The console belongs to the desk: nobody is asked whether it may act for them.
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      if (!client || !session?.accountId) return undefined;
      const known = session.grantIdFor(client.clientId);
      const existing = known === undefined ? undefined : await ctx.oidc.provider.Grant.find(known);
      if (existing) return existing;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(`${apiScope} offline_access`);
      grant.addResourceScope(apiResource, apiScope);
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiResource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: apiScope,
          audience: apiResource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: accessTokenSeconds,
          jwt: { sign: { alg: signingAlgorithm } },
        }),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx: KoaContextWithOIDC, form: string) => {
          ctx.body = signOutPage(form);
        },
        postLogoutSuccessSource: (ctx: KoaContextWithOIDC) => {
          ctx.body = messagePage('Signed out', 'You have signed out of Tierline.');
        },
      },
    },
    formats: {
      customizers: {
        jwt: (_ctx, token, jwt) => {
          const person = 'accountId' in token ? personOf(token.accountId) : undefined;
          if (!person || !jwt.payload) return;
          const { iat, exp, jti, scope } = jwt.payload;
          const issuedAtSeconds = Number(iat);
          const claims = accessClaims(person, {
            issuer: options.issuer,
            clientId: String(token.clientId),
            scope: typeof scope === 'string' ? scope : apiScope,
            jti: String(jti),
            issuedAtSeconds,
            expiresAtSeconds: Number(exp),
            signedInAtSeconds: issuedAtSeconds,
          });
          // This library signs no token without an audience. API Gateway compares one with the client ids.
          jwt.payload = { ...claims, aud: token.clientId };
        },
      },
    },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = messagePage('Sign-in did not work', out.error_description ?? out.error);
    },
  };

  const provider = new Provider(options.issuer, configuration);
  provider.on('server_error', (_ctx, error) => process.stderr.write(`${error.stack ?? error.message}\n`));
  return { provider, store };
}

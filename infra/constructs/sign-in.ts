/* oxlint-disable no-new -- a construct attaches itself to its scope when it is made */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { roles } from '../../contracts/roles.ts';

/** Who may come in: a user pool whose groups are the roles. Accounts and teams are groups too (`contracts/claims.ts`). */
export class SignIn extends Construct {
  readonly pool: cognito.UserPool;
  /** As tokens name it. */
  readonly issuer: string;
  readonly #domain: cognito.UserPoolDomain;

  constructor(scope: Construct, id: string, options: { readonly domainPrefix: string }) {
    super(scope, id);
    this.pool = new cognito.UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { username: true, email: true },
      signInCaseSensitive: false,
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: { minLength: 14 },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const role of roles) {
      new cognito.UserPoolGroup(this, `Group-${role}`, { userPool: this.pool, groupName: role });
    }
    this.#domain = this.pool.addDomain('Domain', { cognitoDomain: { domainPrefix: options.domainPrefix } });
    this.issuer = `https://cognito-idp.${Stack.of(this).region}.amazonaws.com/${this.pool.userPoolId}`;
  }

  /** Origins that a browser speaks to while it signs in: the keys and the pages of the issuer. */
  get origins(): string {
    return `https://cognito-idp.${Stack.of(this).region}.amazonaws.com ${this.#domain.baseUrl()}`;
  }

  /** The console as a client: no secret, a code with PKCE, tokens for an hour. */
  addConsole(scope: Construct, consoleUrl: string): cognito.UserPoolClient {
    return new cognito.UserPoolClient(scope, 'ConsoleClient', {
      userPool: this.pool,
      generateSecret: false,
      authFlows: {},
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      supportedIdentityProviders: [cognito.UserPoolClientIdentityProvider.COGNITO],
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL, cognito.OAuthScope.PROFILE],
        callbackUrls: [`${consoleUrl}/callback`],
        logoutUrls: [`${consoleUrl}/`],
      },
    });
  }
}

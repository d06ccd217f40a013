import { createLogger } from '../../contracts/logger.ts';
import type { LambdaName } from '../../contracts/routes.ts';
import { readApiKey } from '../../store/api-keys.ts';
import type { Store } from '../../store/client.ts';
import { createTokenVerifier, tokenRulesFrom, type TokenVerifier } from './access-tokens.ts';
import { createKeyVerifier } from './integration-keys.ts';
import type { LambdaHandler, LambdaParts } from './lambda.ts';

/** What every Lambda is made of, from the environment. */
export function partsFor(name: LambdaName, store: Store): LambdaParts {
  let verifier: TokenVerifier | undefined;
  return {
    log: createLogger({ component: name }),
    nowMs: Date.now,
    authenticator: {
      // Made at the first token: the document of the API can be read where no issuer is configured.
      tokens: { verify: (token) => (verifier ??= createTokenVerifier(tokenRulesFrom())).verify(token) },
      keys: createKeyVerifier((keyId) => readApiKey(store, keyId)),
    },
  };
}

/** Builds a Lambda at its first call, so that loading its module needs no configuration. */
export function lazily(make: () => LambdaHandler): LambdaHandler {
  let made: LambdaHandler | undefined;
  return (event, context) => (made ??= make())(event, context);
}

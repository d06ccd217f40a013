import { createStore } from '../../store/client.ts';
import { bind, createLambda, type LambdaHandler, type LambdaParts } from '../http/lambda.ts';
import { lazily, partsFor } from '../http/parts.ts';
import { eraseTexts } from './erase-texts.ts';
import { createIntegrationKey, listIntegrationKeys, revokeIntegrationKey, type AdminPorts } from './keys.ts';

export function createAdminLambda(ports: AdminPorts, parts: LambdaParts): LambdaHandler {
  return createLambda(
    'admin',
    {
      createIntegrationKey: bind('createIntegrationKey', (call) => createIntegrationKey(ports, call)),
      listIntegrationKeys: bind('listIntegrationKeys', (call) => listIntegrationKeys(ports, call)),
      revokeIntegrationKey: bind('revokeIntegrationKey', (call) => revokeIntegrationKey(ports, call)),
      eraseTexts: bind('eraseTexts', (call) => eraseTexts(ports, call)),
    },
    parts,
  );
}

export const handler = lazily(() => {
  const store = createStore();
  return createAdminLambda({ store }, partsFor('admin', store));
});

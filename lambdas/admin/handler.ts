import { createStore } from '../../store/client.ts';
import { bind, createLambda, type LambdaHandler, type LambdaParts } from '../http/lambda.ts';
import { lazily, partsFor } from '../http/parts.ts';
import { eraseTexts } from './erase-texts.ts';
import { DirectoryReader } from '../../store/directory-reader.ts';
import {
  addLeave,
  addOverride,
  importSchedule,
  removeLeave,
  removeOverride,
  type OnCallAdminPorts,
} from './on-call.ts';
import { createIntegrationKey, listIntegrationKeys, revokeIntegrationKey, type AdminPorts } from './keys.ts';

import { backtestPolicies } from './backtest.ts';
import { diffPolicies } from './diff.ts';
import { previewMigrations } from './migration.ts';
import { checkPolicies, publishPolicies } from './policies.ts';

export function createAdminLambda(ports: AdminPorts & OnCallAdminPorts, parts: LambdaParts): LambdaHandler {
  return createLambda(
    'admin',
    {
      createIntegrationKey: bind('createIntegrationKey', (call) => createIntegrationKey(ports, call)),
      listIntegrationKeys: bind('listIntegrationKeys', (call) => listIntegrationKeys(ports, call)),
      revokeIntegrationKey: bind('revokeIntegrationKey', (call) => revokeIntegrationKey(ports, call)),
      checkPolicies: bind('checkPolicies', (call) => checkPolicies(ports, call)),
      publishPolicies: bind('publishPolicies', (call) => publishPolicies(ports, call)),
      backtestPolicies: bind('backtestPolicies', (call) => backtestPolicies(ports, call)),
      diffPolicies: bind('diffPolicies', (call) => diffPolicies(ports, call)),
      previewMigration: bind('previewMigration', (call) => previewMigrations(ports, call)),
      addOverride: bind('addOverride', (call) => addOverride(ports, call)),
      removeOverride: bind('removeOverride', (call) => removeOverride(ports, call)),
      importSchedule: bind('importSchedule', (call) => importSchedule(ports, call)),
      addLeave: bind('addLeave', (call) => addLeave(ports, call)),
      removeLeave: bind('removeLeave', (call) => removeLeave(ports, call)),
      eraseTexts: bind('eraseTexts', (call) => eraseTexts(ports, call)),
    },
    parts,
  );
}

export const handler = lazily(() => {
  const store = createStore();
  return createAdminLambda({ store, onCall: new DirectoryReader(store) }, partsFor('admin', store));
});

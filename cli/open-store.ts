import { isSet } from '../contracts/env.ts';
import { readRunFile } from '../local/run-file.ts';
import { dataDir } from '../local/tools/folders.ts';
import { isSameProcess } from '../local/tools/process-identity.ts';
import { createStore, storeConfigFrom, type Store, type StoreConfig } from '../store/client.ts';

/** The table that the environment names; where it names none, that of the local stack that runs on the data folder. */
export function openStore(change: Partial<StoreConfig> = {}): Store {
  const config = { ...storeConfigFrom(), ...change };
  const run = isSet('dynamodbEndpoint') ? undefined : readRunFile(dataDir());
  const endpoint = run !== undefined && isSameProcess(run.pid, run.identity) ? run.addresses.dynamodb : null;
  if (endpoint === null) return createStore(config);
  return createStore({ ...config, endpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
}

import { Client, Connection } from '@temporalio/client';
import { setting } from '../../contracts/env.ts';
import { createStore, type Store } from '../../store/client.ts';

/** Connections of the load generator, opened at first use and kept. */
let store: Store | undefined;
let client: Client | undefined;

export function theStore(): Store {
  store ??= createStore();
  return store;
}

export async function theClient(): Promise<Client> {
  client ??= new Client({
    connection: await Connection.connect({ address: setting('temporalAddress') }),
    namespace: setting('temporalNamespace'),
  });
  return client;
}

import { createStore } from '../../store/client.ts';
import { clearPending } from '../../store/commit.ts';
import { DirectoryReader } from '../../store/directory-reader.ts';
import { bind, createLambda, type LambdaHandler, type LambdaParts } from '../http/lambda.ts';
import { lazily, partsFor } from '../http/parts.ts';
import { TemporalGateway, temporalTargetFrom } from '../temporal/temporal-gateway.ts';
import { takeAlertmanager } from './alertmanager.ts';
import { createEscalation } from './create.ts';
import { takeEvent } from './events.ts';
import { latestPolicies, type IntakePorts } from './ports.ts';
import { SeenKeys } from './seen-keys.ts';
import { Starter } from './starter.ts';

export function createIntakeLambda(ports: IntakePorts, parts: LambdaParts): LambdaHandler {
  return createLambda(
    'intake',
    {
      createEscalation: bind('createEscalation', (call) => createEscalation(ports, call)),
      takeAlertmanager: bind('takeAlertmanager', (call) => takeAlertmanager(ports, call)),
      takeEvent: bind('takeEvent', (call) => takeEvent(ports, call)),
    },
    parts,
  );
}

export const handler = lazily(() => {
  const store = createStore();
  const parts = partsFor('intake', store);
  const gateway = new TemporalGateway(temporalTargetFrom());
  const directory = new DirectoryReader(store);
  return createIntakeLambda(
    {
      store,
      gateway,
      starter: new Starter({ gateway, clearPending: (id) => clearPending(store, id), nowMs: parts.nowMs }),
      seenKeys: new SeenKeys(),
      policy: latestPolicies(store, parts.nowMs),
      calendars: directory,
      document: () => directory.document(),
    },
    parts,
  );
});

import { openApiDocument } from '../../contracts/openapi.ts';
import { createStore } from '../../store/client.ts';
import { DirectoryReader } from '../../store/directory-reader.ts';
import { bind, createLambda, type LambdaHandler, type LambdaParts } from '../http/lambda.ts';
import { lazily, partsFor } from '../http/parts.ts';
import { getMe, getPolicy, listPolicies } from './about.ts';
import { getActions, getEscalation, getForecast, getLedger, getTimeline } from './by-id.ts';
import { listEscalations } from './list.ts';
import { getOnCall, getSchedule, getScheduleIcs, listLeave, listPeople } from './on-call.ts';
import { forecastPolicy } from './policy-forecast.ts';
import type { QueryPorts } from './ports.ts';
import { getReconciler } from './reconciler.ts';

export function createQueryLambda(ports: QueryPorts, parts: LambdaParts): LambdaHandler {
  let document: ReturnType<typeof openApiDocument> | undefined;
  return createLambda(
    'query',
    {
      listEscalations: bind('listEscalations', (call) => listEscalations(ports, call)),
      getEscalation: bind('getEscalation', (call) => getEscalation(ports, call)),
      getTimeline: bind('getTimeline', (call) => getTimeline(ports, call)),
      getLedger: bind('getLedger', (call) => getLedger(ports, call)),
      getForecast: bind('getForecast', (call) => getForecast(ports, call)),
      getActions: bind('getActions', (call) => getActions(ports, call)),
      listPolicies: bind('listPolicies', (call) => listPolicies(ports, call)),
      getPolicy: bind('getPolicy', (call) => getPolicy(ports, call)),
      forecastPolicy: bind('forecastPolicy', (call) => forecastPolicy(ports, call)),
      listPeople: bind('listPeople', (call) => listPeople(ports, call)),
      getOnCall: bind('getOnCall', (call) => getOnCall(ports, call)),
      getSchedule: bind('getSchedule', (call) => getSchedule(ports, call)),
      getScheduleIcs: bind('getScheduleIcs', (call) => getScheduleIcs(ports, call)),
      listLeave: bind('listLeave', (call) => listLeave(ports, call)),
      getReconciler: bind('getReconciler', (call) => getReconciler(ports, call)),
      getMe: bind('getMe', (call) => getMe(ports, call)),
      getOpenApi: bind('getOpenApi', async () => ({ status: 200, body: (document ??= openApiDocument()) })),
    },
    parts,
  );
}

export const handler = lazily(() => {
  const store = createStore();
  const directory = new DirectoryReader(store, { keepsCalendars: false });
  return createQueryLambda({ store, calendars: directory, onCall: directory }, partsFor('query', store));
});

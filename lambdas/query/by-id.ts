import { calendarsOfLog, hosted } from '../present/surroundings.ts';
import type { Caller } from '../../contracts/roles.ts';
import type { Store } from '../../store/client.ts';
import { readEventPage } from '../../store/event-pages.ts';
import { readHead, readLog, type EscalationLog } from '../../store/log.ts';
import { readTexts } from '../../store/texts.ts';
import { ApiError, invalid } from '../http/api-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { checkVisible, visibleHead } from '../http/visible.ts';
import { actionsView } from '../present/actions-view.ts';
import { forecastView } from '../present/forecast-view.ts';
import { ledgerView } from '../present/ledger-view.ts';
import { etagOf, recordView } from '../present/record-view.ts';
import { deliveriesOf, textIdsOf, timelineEntryOf } from '../present/timeline-view.ts';
import type { QueryPorts } from './ports.ts';

const defaultTimelinePage = 200;

export async function getEscalation(ports: QueryPorts, call: Call<'getEscalation'>): Promise<Reply<'getEscalation'>> {
  const { store } = ports;
  const { id } = call.input.params;
  const [found, first] = await Promise.all([
    readHead(store, id),
    readEventPage(store, id, { fromSeq: 1, untilSeq: 1, limit: 1 }),
  ]);
  const head = checkVisible(found, call.caller);
  const received = first.events[0];
  const bodyId = received?.type === 'escalation.received' ? received.body?.id : undefined;
  const texts = bodyId === undefined ? new Map() : await readTexts(store, id, [bodyId]);
  const description: string | null = bodyId === undefined ? null : (texts.get(bodyId)?.text ?? null);
  return {
    status: 200,
    body: { ...recordView(head.record, head.title), description },
    headers: { etag: etagOf(head.record) },
  };
}

export async function getTimeline(ports: QueryPorts, call: Call<'getTimeline'>): Promise<Reply<'getTimeline'>> {
  const { store } = ports;
  const { params, query } = call.input;
  const head = await visibleHead(store, call.caller, params.id);
  const untilSeq = head.record.seq;
  const limit = Number(query.limit ?? defaultTimelinePage);
  const page = await readEventPage(store, params.id, { fromSeq: startOf(query.cursor), untilSeq, limit });
  const last = page.events.at(-1)?.seq ?? untilSeq;
  // What became of the page's last pages may stand a little further on.
  const after =
    page.nextSeq === null
      ? []
      : (await readEventPage(store, params.id, { fromSeq: page.nextSeq, untilSeq, limit: 50 })).events;
  const texts = await readTexts(store, params.id, textIdsOf(page.events));
  const deliveries = deliveriesOf([...page.events, ...after]);
  return {
    status: 200,
    body: {
      entries: page.events.map((event) => timelineEntryOf(event, texts, deliveries)),
      nextCursor: page.nextSeq === null ? null : `s${last + 1}`,
    },
  };
}

/** A timeline's cursor is a place in the log: it gives nothing away and fits every caller who may see the log. */
function startOf(cursor: string | undefined): number {
  if (cursor === undefined) return 1;
  if (!/^s[1-9]\d{0,7}$/.test(cursor))
    throw new ApiError('invalid_cursor', { issues: cursorIssue().details.issues ?? [] });
  return Number(cursor.slice(1));
}

function cursorIssue(): ApiError {
  return invalid(['query', 'cursor'], 'invalid_cursor', 'is not a cursor of a timeline');
}

export async function getLedger(ports: QueryPorts, call: Call<'getLedger'>): Promise<Reply<'getLedger'>> {
  const { events } = await visibleLog(ports.store, call.caller, call.input.params.id);
  const calendars = await calendarsOfLog(ports.store, events);
  return { status: 200, body: ledgerView(events, calendars, call.nowMs) };
}

export async function getActions(ports: QueryPorts, call: Call<'getActions'>): Promise<Reply<'getActions'>> {
  const { id } = call.input.params;
  const { events } = await visibleLog(ports.store, call.caller, id);
  const { state, context } = await hosted(ports.store, ports.calendars, id, events, call.nowMs);
  return { status: 200, body: actionsView(state, call.caller, context) };
}

export async function getForecast(ports: QueryPorts, call: Call<'getForecast'>): Promise<Reply<'getForecast'>> {
  const { id } = call.input.params;
  const { events } = await visibleLog(ports.store, call.caller, id);
  const core = await hosted(ports.store, ports.calendars, id, events, call.nowMs);
  const body = await forecastView(core, (fromMs, untilMs) => ports.onCall.between(fromMs, untilMs));
  return { status: 200, body };
}

async function visibleLog(store: Store, caller: Caller, escalationId: string): Promise<EscalationLog> {
  const log = await readLog(store, escalationId);
  checkVisible(log?.head ?? null, caller);
  if (log === null) throw new ApiError('not_found');
  return log;
}

import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import type { BodyOf, QueryOf } from '../../../contracts/schemas/requests.ts';
import type { EscalationView } from '../../../contracts/schemas/escalation.ts';

/** What the console shows, by the names it uses; every type comes from the contracts. */
export type Escalation = EscalationView;
export type EscalationDetail = ResponseOf<'getEscalation'>;
export type Timeline = ResponseOf<'getTimeline'>;
export type TimelineEntry = Timeline['entries'][number];
export type Ledger = ResponseOf<'getLedger'>;
export type LedgerClock = Ledger['clocks'][number];
export type LedgerStretch = LedgerClock['stretches'][number];
export type Forecast = ResponseOf<'getForecast'>;
export type ForecastStep = Forecast['steps'][number];
export type Actions = ResponseOf<'getActions'>;
export type Me = ResponseOf<'getMe'>;
export type ListQuery = QueryOf<'listEscalations'>;
export type NewEscalation = BodyOf<'createEscalation'>;

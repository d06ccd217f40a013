import type { Store } from '../../store/client.ts';
import type { OnCallDirectory } from './on-call.ts';
import type { CurrentCalendars } from '../present/surroundings.ts';

/** What the reads of the API need. No Temporal: they answer from projections and start fast. */
export interface QueryPorts {
  readonly store: Store;
  readonly onCall: OnCallDirectory;
  readonly calendars: CurrentCalendars;
}

import { enActions } from './actions.ts';
import { enCreate } from './create.ts';
import { enEvents } from './events.ts';
import { enForecast } from './forecast.ts';
import { enHelp } from './help.ts';
import { enHome } from './home.ts';
import { enNav } from './nav.ts';
import { enOnCall } from './on-call.ts';
import { enPage } from './page.ts';
import { enPalette } from './palette.ts';
import { enPolicies } from './policies.ts';
import { enQueue } from './queue.ts';
import { enSession } from './session.ts';
import { enStates } from './states.ts';
import { enWords } from './words.ts';

/** Every English sentence of the console, by area. Values are texts or functions of what they mention. */
export const en = {
  ...enWords,
  product: 'Tierline',
  time: { d: 'd', h: 'h', min: 'min', m: 'm', s: 's', now: 'now', ago: (text: string) => `${text} ago` },
  nav: enNav,
  session: enSession,
  states: enStates,
  queue: enQueue,
  page: enPage,
  create: enCreate,
  palette: enPalette,
  help: enHelp,
  home: enHome,
  onCall: enOnCall,
  policies: enPolicies,
  forecast: enForecast,
  actions: enActions,
  events: enEvents,
};

import { enActions } from './actions.ts';
import { enCreate } from './create.ts';
import { enErase } from './erase.ts';
import { enEvents } from './events.ts';
import { enForecast } from './forecast.ts';
import { enHelp } from './help.ts';
import { enHome } from './home.ts';
import { enImport } from './import.ts';
import { enKeys } from './keys.ts';
import { enNav } from './nav.ts';
import { enOnCall } from './on-call.ts';
import { enPage } from './page.ts';
import { enPalette } from './palette.ts';
import { enPeople } from './people.ts';
import { enPolicies } from './policies.ts';
import { enQueue } from './queue.ts';
import { enSession } from './session.ts';
import { enStates } from './states.ts';
import { enWords } from './words.ts';

/** Every English sentence of the console, by area. Values are texts or functions of what they mention. */
export const en = {
  ...enWords,
  product: 'Tierline',
  time: {
    d: 'd',
    h: 'h',
    min: 'min',
    m: 'm',
    s: 's',
    now: 'now',
    within: (text: string) => `in ${text}`,
    ago: (text: string) => `${text} ago`,
  },
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
  import: enImport,
  people: enPeople,
  keys: enKeys,
  policies: enPolicies,
  forecast: enForecast,
  erase: enErase,
  actions: enActions,
  events: enEvents,
};

import { plural } from '../plural.ts';

/** Erasing what people wrote. */
export const enErase = {
  card: 'Personal data',
  cardText: 'Titles, descriptions and notes can be erased when somebody asks for it.',
  open: 'Erase texts…',
  none: 'Every text of this escalation was erased.',
  title: 'Erase texts',
  lead: 'Erased for good, everywhere they are shown. Nobody can bring them back.',
  goes: 'What goes',
  stays: 'What stays',
  staysText:
    'Every event with its time and author, every clock and its verdict: the record of what was done can still be checked.',
  all: 'All texts',
  names: { title: 'Title', body: 'Description' },
  understood: 'I know that these texts cannot be brought back',
  submit: (count: number) => (count === 0 ? 'Erase' : `Erase ${plural(count, 'text', 'texts')}`),
  done: (count: number) => `${plural(count, 'text', 'texts')} erased`,
};

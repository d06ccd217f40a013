import { en } from './en/index.ts';

/** The shape that a catalogue in another language has to fill. */
export type Catalogue = typeof en;

/** The catalogue in use. A second language becomes a choice here, and nowhere else. */
export const t: Catalogue = en;

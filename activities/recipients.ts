import type { Target } from '../domain/escalation/vocabulary.ts';

/** Finds the people behind targets at an instant. An empty answer is an answer: nobody is there. */
export interface Recipients {
  /** @param turn the number of the page, from 0: teams that take turns go by it */
  resolve(targets: readonly Target[], atMs: number, turn: number): Promise<readonly string[]>;
}

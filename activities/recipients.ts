import type { Target, UpdateAudience } from '../domain/escalation/vocabulary.ts';

/** Finds the people behind targets at an instant. An empty answer is an answer: nobody is there. */
export interface Recipients {
  /** @param turn the number of the page, from 0: teams that take turns go by it */
  /** Whom an audience means by name for an account; empty where only subscribers of the topic hear of it. */
  audience(audience: UpdateAudience, accountId: string | null): Promise<readonly string[]>;
  resolve(targets: readonly Target[], atMs: number, turn: number): Promise<readonly string[]>;
}

import type { Target } from '../domain/escalation/vocabulary.ts';

/** Finds the people behind targets at an instant. An empty answer is an answer: nobody is there. */
export interface Recipients {
  resolve(targets: readonly Target[], atMs: number): Promise<readonly string[]>;
}

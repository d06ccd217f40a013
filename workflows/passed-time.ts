/** A worker's clock may be wrong by minutes: more than this is not believed. Milliseconds. */
const mostBelievedMs = 250;

/**
 * The time that has passed since the instant which a workflow's clock shows.
 *
 * That clock stands still from the start of a task on, and of what passes within the task it learns the length of local
 * activities only. A timer counts from the end of the task: what was decided for an instant would come late by what the task took
 * besides, a tenth of a second on a busy machine. Each local activity tells the worker's clock at its end; that is
 * recorded with its result, so a replay counts the same.
 *
 * Of a wrong clock a timer comes too early by `mostBelievedMs` at most, decides nothing and is armed anew, or as late as without.
 */
export class PassedTime {
  #atMs = 0;
  #passedMs = 0;

  /** @param endedAtMs the worker's clock at the end of an activity whose result has just come, epoch ms; absent in older histories */
  note(endedAtMs: number | undefined): void {
    this.#atMs = Date.now();
    this.#passedMs = Math.min(mostBelievedMs, Math.max(0, (endedAtMs ?? 0) - this.#atMs));
  }

  /** The workflow's time with what is known to have passed since, epoch ms. */
  nowMs(): number {
    const nowMs = Date.now();
    return nowMs === this.#atMs ? nowMs + this.#passedMs : nowMs;
  }
}

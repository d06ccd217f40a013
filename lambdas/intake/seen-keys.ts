/** A hash is 64 characters long: about two megabytes. */
const mostKeys = 10_000;

/**
 * Dedup keys that came in lately, as far as this process remembers. A hint of what to try first and no more: a key that it
 * knows is likely to be open, so that counting comes before writing; for one that it does not know writing comes first.
 */
export class SeenKeys {
  readonly #keys = new Set<string>();
  readonly #most: number;

  constructor(most = mostKeys) {
    this.#most = most;
  }

  /** Remembers a key, and forgets the one that has not come in for longest. @returns whether it was known before */
  note(key: string): boolean {
    const isKnown = this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size > this.#most) {
      for (const oldest of this.#keys) {
        this.#keys.delete(oldest);
        break;
      }
    }
    return isKnown;
  }
}

import type { Store } from './client.ts';
import { StoreError } from './errors.ts';
import type { ItemKey } from './keys.ts';
import { putBatch, type RawItem } from './requests.ts';

type Item = RawItem & ItemKey;

/** The items of one caller that the table does not have yet. */
interface Caller {
  items: readonly Item[];
  attempt: number;
  /** Sent alone, because a request that it shared was found wrong. */
  isAlone: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const mostItems = 25;
const mostRequests = 2;
const mostAttempts = 6;

/**
 * Puts of callers that are under way at the same time, shared between few requests: while two are under way, whoever
 * comes waits and goes with the next. A lone caller waits for nobody.
 */
class SharedPuts {
  readonly #store: Store;
  #waiting: Caller[] = [];
  #requests = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  put(items: readonly Item[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, attempt: 1, isAlone: false, resolve, reject });
      this.#sendNext();
    });
  }

  #sendNext(): void {
    while (this.#requests < mostRequests && this.#waiting.length > 0) {
      const taken = this.#take();
      this.#requests += 1;
      void this.#send(taken).finally(() => {
        this.#requests -= 1;
        this.#sendNext();
      });
    }
  }

  /** Those at the front that fit into one request, the first in any case. */
  #take(): readonly Caller[] {
    let count = 0;
    let items = 0;
    for (const caller of this.#waiting) {
      items += caller.items.length;
      if (count > 0 && (items > mostItems || caller.isAlone)) break;
      count += 1;
      if (caller.isAlone) break;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(callers: readonly Caller[]): Promise<void> {
    try {
      const items = callers.flatMap((caller) => caller.items);
      const left = new Set(await putBatch(this.#store, items));
      for (const caller of callers) this.#goOn(caller, left);
    } catch (error) {
      const isFoundWrong = error instanceof StoreError && error.code === 'internal';
      if (isFoundWrong && callers.length > 1) {
        // Something in it can't be stored: whose it is shows when each is sent alone.
        this.#waiting.unshift(...callers.map((caller) => Object.assign(caller, { isAlone: true })));
      } else {
        for (const caller of callers) caller.reject(error);
      }
    }
  }

  #goOn(caller: Caller, left: ReadonlySet<Item>): void {
    caller.items = caller.items.filter((item) => left.has(item));
    if (caller.items.length === 0) return caller.resolve();
    caller.attempt += 1;
    if (caller.attempt > mostAttempts)
      return caller.reject(new StoreError('unavailable', 'the table left part of a batch unwritten'));
    this.#waiting.unshift(caller);
  }
}

const shared = new WeakMap<Store, SharedPuts>();

/**
 * Puts up to 25 items, whatever stood there, in a request shared with others of this process: only for keys that nobody
 * else can know yet. Not atomic, but all of them are there when it returns.
 * @throws StoreError unavailable when some of them may be missing; repeating it is safe
 */
export function putFreshShared(store: Store, items: readonly Item[]): Promise<void> {
  let puts = shared.get(store);
  if (puts === undefined) {
    puts = new SharedPuts(store);
    shared.set(store, puts);
  }
  return puts.put(items);
}

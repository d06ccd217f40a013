import type { CarriedState } from '../contracts/workflow-messages.ts';

/** Policies and calendars are few, and new ones come by the day; what is forgotten is only kept anew. */
const mostKept = 256;

type Shared = Pick<CarriedState, 'policy' | 'calendars' | 'calendarPins' | 'flags'>;

/**
 * Values that many workflows hold alike, kept once for all workflows of a worker, which share this module: of what an
 * escalation has in memory three quarters are its policy and its calendars.
 *
 * Found by their whole content and frozen, so a workflow can't tell one that is shared from one of its own, in a replay neither.
 */
export class SharedValues<T> {
  readonly #byText = new Map<string, T>();
  readonly #most: number;

  constructor(most = mostKept) {
    this.#most = most;
  }

  /** @returns an equal value, frozen: the one that is kept */
  one(value: T): T {
    const text = JSON.stringify(value);
    const kept = this.#byText.get(text) ?? frozen(value);
    this.#byText.delete(text);
    this.#byText.set(text, kept);
    if (this.#byText.size > this.#most) {
      for (const oldest of this.#byText.keys()) {
        this.#byText.delete(oldest);
        break;
      }
    }
    return kept;
  }
}

const policies = new SharedValues<Shared['policy']>();
const hours = new SharedValues<Shared['calendars'][string]>();
const pins = new SharedValues<Shared['calendarPins']>();
const flagLists = new SharedValues<Shared['flags']>();

/** What of a run's surroundings others have as well, in the place of its own. */
export function shared({ policy, calendars, calendarPins, flags }: Shared): Shared {
  return {
    policy: policies.one(policy),
    calendars: Object.fromEntries(Object.entries(calendars).map(([hash, each]) => [hash, hours.one(each)])),
    calendarPins: pins.one(calendarPins),
    flags: flagLists.one(flags),
  };
}

/**
 * The same in place: what was handed to a workflow when it began stays in its memory as long as it runs.
 * @param carried as it was decoded, held by nobody else
 */
export function share<T extends Shared>(carried: T): T {
  return Object.assign(carried, shared(carried));
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

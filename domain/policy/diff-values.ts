/** One place at which two values differ. */
export interface ValueDifference {
  /** `tiers.0.acknowledgeWithinMs.sev1`. */
  readonly path: string;
  /** Absent where only one of the two has it. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Every place at which two plain values differ, in the order of the keys. Lists are compared by position. */
export function diffValues(before: unknown, after: unknown, path = ''): readonly ValueDifference[] {
  if (Object.is(before, after)) return [];
  const [left, right] = [childrenOf(before), childrenOf(after)];
  if (left === null || right === null || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  }
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys.flatMap((key) => diffValues(left.get(key), right.get(key), path === '' ? key : `${path}.${key}`));
}

function childrenOf(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}

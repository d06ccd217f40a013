/** Makes the compiler name every switch that a new member of a union has not reached yet. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

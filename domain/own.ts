/** What a record holds under a name that came from outside; names such as `constructor` and `__proto__` find nothing. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

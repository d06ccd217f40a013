/**
 * The id that an event carries of its cause: the command and the request's hash, so that a workflow made again from the
 * log alone still knows one request from another under the same id. No imports: used within workflows.
 */
export function eventCommandId(commandId: string, bodyHash: string): string {
  return `${commandId}.${bodyHash.slice(0, 16)}`;
}

export interface CommandRef {
  readonly commandId: string;
  readonly bodyHash: string;
}

/** @returns null where the id is not one of a command */
export function parseEventCommandId(id: string): CommandRef | null {
  const dot = id.lastIndexOf('.');
  return dot < 1 ? null : { commandId: id.slice(0, dot), bodyHash: id.slice(dot + 1) };
}

/** Whether two hashes, either possibly shortened by the log, stand for the same request. */
export function sameBody(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  return length >= 16 && a.slice(0, length) === b.slice(0, length);
}

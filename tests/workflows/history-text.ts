import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;
export type History = temporal.api.history.v1.IHistory;

/** A workflow's history as text that a person can read and git can compare. */
export function historyToText(history: History): string {
  const plain = History.toObject(History.fromObject(history), { longs: String, bytes: String, enums: String });
  return `${JSON.stringify(plain, null, 1)}\n`;
}

export function historyFromText(text: string): History {
  return History.fromObject(JSON.parse(text));
}

import type { Sinks } from '@temporalio/workflow';

export interface RawActivities {
  writeLine(): Promise<void>;
  nothing(): Promise<void>;
}

export interface RawSinks extends Sinks {
  clock: { fired(dueAtMs: number, group: string): void };
}

export const rawTaskQueue = 'bench-raw';

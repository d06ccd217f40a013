import type { Figure } from './figure.ts';

export const partNames = [
  'intake',
  'storm',
  'first-page',
  'lateness',
  'lateness-10000',
  'burst',
  'list',
  'command',
  'lifecycle',
  'memory',
  'pipeline',
  'policy-check',
  'backtest',
] as const;
export type PartName = (typeof partNames)[number];

/** Milliseconds of processor time by process, of one stretch of measuring. */
export type CpuByProcess = Readonly<Record<string, number>>;

export interface PartOutcome {
  readonly figures: readonly Figure[];
  /** Where the time went: processor time by process for each stretch, and over how many operations. */
  readonly cpu?: Readonly<Record<string, { readonly operations: number; readonly cpuMs: CpuByProcess }>>;
  /** What the reader has to know about this run. */
  readonly notes?: readonly string[];
}

export interface PartRun {
  /** Small numbers, to see that everything works. */
  readonly quick: boolean;
  /** Milliseconds after which the part is given up. */
  readonly longestMs: number;
  /** Says what takes long. */
  readonly progress: (line: string) => void;
  /** Folder for profiles of the parts; absent: none are taken. */
  readonly profileDir?: string;
  /** What one part measured and another shows too. */
  readonly shared: Map<string, number>;
}

export type RunPart = (run: PartRun) => Promise<PartOutcome>;

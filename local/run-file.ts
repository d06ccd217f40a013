import * as z from 'zod';
import { places, readJsonFile, writeWhole } from './data-folder.ts';

const partStates = ['starting', 'up', 'restarting', 'held', 'stopped'] as const;
export type PartState = (typeof partStates)[number];

const partSchema = z.object({
  state: z.enum(partStates),
  /** Null while no process runs. */
  pid: z.number().nullable(),
  identity: z.string().nullable(),
  restarts: z.number(),
});
export type PartRecord = z.infer<typeof partSchema>;

const addressesSchema = z.object({
  console: z.string(),
  api: z.string(),
  openApi: z.string(),
  issuer: z.string(),
  temporal: z.string(),
  temporalUi: z.string().nullable(),
  temporalHttp: z.string().nullable(),
  temporalNamespace: z.string(),
  dynamodb: z.string().nullable(),
  sns: z.string().nullable(),
  pagesQueue: z.string().nullable(),
  updatesQueue: z.string().nullable(),
  dataDir: z.string(),
});
export type Addresses = z.infer<typeof addressesSchema>;

/** What runs on a data folder: processes, ports and addresses. Fault tests find in it what to kill. */
const runSchema = z.object({
  pid: z.number(),
  identity: z.string(),
  startedAtMs: z.number(),
  ready: z.boolean(),
  addresses: addressesSchema,
  ports: z.record(z.string(), z.number()),
  parts: z.record(z.string(), partSchema),
});
export type RunFile = z.infer<typeof runSchema>;

/** The last run on a folder, whether it still runs or not; undefined when there was none. */
export function readRunFile(dataDir: string): RunFile | undefined {
  return readJsonFile(places(dataDir).run, runSchema);
}

export function writeRunFile(dataDir: string, run: RunFile): void {
  writeWhole(places(dataDir).run, `${JSON.stringify(run, null, 2)}\n`);
}

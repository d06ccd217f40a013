import * as z from 'zod';
import type { Timings } from './pace.ts';

/** What the load generator can be told to do. Everything runs in its own process. */
const pace = { total: z.number().int(), concurrency: z.number().int(), ratePerSecond: z.number().optional() };

const httpTemplate = z.object({
  method: z.enum(['GET', 'POST']),
  /** `$i` in path and body stands for the number of the request; a list is gone through in turn. */
  paths: z.array(z.string()),
  bodies: z.array(z.string()).optional(),
  /** Used in turn. */
  bearers: z.array(z.string()),
});
export type HttpTemplate = z.infer<typeof httpTemplate>;

export const jobSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('http'),
    origin: z.string(),
    template: httpTemplate,
    keepIds: z.boolean().optional(),
    ...pace,
  }),
  z.object({ kind: z.literal('put-item'), prefix: z.string(), ...pace }),
  z.object({ kind: z.literal('add-to-item'), key: z.string(), ...pace }),
  z.object({ kind: z.literal('query'), partition: z.string(), limit: z.number().int(), ...pace }),
  z.object({
    kind: z.literal('start-workflow'),
    workflow: z.string(),
    taskQueue: z.string(),
    prefix: z.string(),
    /** One argument and one priority for each. */
    args: z.array(z.unknown()),
    priorities: z.array(z.number()).optional(),
    ...pace,
  }),
  z.object({ kind: z.literal('update-workflow'), ids: z.array(z.string()), ...pace }),
  z.object({
    kind: z.literal('http-loop'),
    origin: z.string(),
    template: httpTemplate,
    doneFile: z.string(),
    inFlight: z.number().int(),
    warmUpMs: z.number(),
    measureMs: z.number(),
  }),
  z.object({
    kind: z.literal('workflow-loop'),
    workflow: z.string(),
    taskQueue: z.string(),
    prefix: z.string(),
    doneFile: z.string(),
    inFlight: z.number().int(),
    warmUpMs: z.number(),
    measureMs: z.number(),
  }),
  z.object({
    kind: z.literal('open-escalations'),
    policy: z.string(),
    /** When each falls due, epoch ms, and how bad it is. */
    due: z.array(z.object({ atMs: z.number(), severity: z.enum(['sev1', 'sev2', 'sev3', 'sev4']) })),
    concurrency: z.number().int(),
  }),
  z.object({ kind: z.literal('seed-records'), from: z.number().int(), until: z.number().int(), nowMs: z.number() }),
]);
export type Job = z.infer<typeof jobSchema>;

export const timingsSchema = z.object({
  startedAtMs: z.number(),
  tookMs: z.number(),
  sentAtMs: z.array(z.number()),
  latencyMs: z.array(z.number()),
  failures: z.record(z.string(), z.number()),
  cpuMs: z.number(),
  /** Ids that answers named, in the order of the requests. */
  ids: z.array(z.string()),
});
export interface TimingsResult extends Timings {
  readonly ids: readonly string[];
}

export const loopSchema = z.object({
  perSecond: z.number(),
  done: z.number(),
  begun: z.number(),
  failures: z.number(),
  cpuMs: z.number(),
});
export type LoopResult = z.infer<typeof loopSchema>;

export const openedSchema = z.object({
  ids: z.array(z.string()),
  writtenMs: z.number(),
  startedMs: z.number(),
});
export type OpenedResult = Readonly<z.infer<typeof openedSchema>>;

export const requestSchema = z.object({ id: z.number(), job: jobSchema });
export const answerSchema = z.object({ id: z.number(), result: z.unknown().optional(), error: z.string().optional() });

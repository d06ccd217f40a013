import * as z from 'zod';
import type { ClockAction, Policy, SeverityRule } from '../domain/policy/policy.ts';
import {
  clockNames,
  severities,
  updateAudiences,
  type ClockName,
  type Severity,
} from '../domain/escalation/vocabulary.ts';
import { targetSchema, tierSchema } from './event-schema.ts';

/** A compiled policy as it is read back: loose, so that what a newer version knows beside is passed on unchanged. */
const ms = z.number().int();

const clockAction = z.union([
  z.looseObject({ kind: z.literal('page_tier') }),
  z.looseObject({ kind: z.literal('page'), targets: z.array(targetSchema) }),
  z.looseObject({ kind: z.literal('escalate_tier') }),
  z.looseObject({ kind: z.literal('raise_severity') }),
  z.looseObject({ kind: z.literal('tell'), audience: z.enum(updateAudiences) }),
]) satisfies z.ZodType<ClockAction>;

const clockRule = z.looseObject({
  targetMs: ms,
  calendar: z.string(),
  warnAtPercent: z.array(z.number()),
  onWarning: z.array(clockAction),
  onBreach: z.array(clockAction),
  pausable: z.boolean(),
});

const severityRule = z.looseObject({
  clocks: z.partialRecord(z.enum(clockNames), clockRule) satisfies z.ZodType<
    Partial<Record<ClockName, z.infer<typeof clockRule>>>
  >,
  rcaRequired: z.boolean(),
  repageIdleAfterMs: ms.nullable(),
}) satisfies z.ZodType<SeverityRule>;

function perSeverity<S extends z.ZodType>(schema: S): z.ZodType<Record<Severity, z.output<S>>> {
  return z.record(z.enum(severities), schema);
}

export const policySchema = z.looseObject({
  name: z.string(),
  version: z.number().int(),
  hash: z.string(),
  excludedFromMetrics: z.boolean(),
  tiers: z.array(
    z.looseObject({ tier: tierSchema, targets: z.array(targetSchema), acknowledgeWithinMs: perSeverity(ms) }),
  ),
  repeats: z.number().int(),
  fallback: z.array(targetSchema),
  severities: perSeverity(severityRule),
  volumeRules: z.array(z.looseObject({ atCount: z.number().int(), raiseTo: z.enum(severities) })),
  machineClear: z.looseObject({
    beforeAcknowledge: z.enum(['resolve', 'record']),
    duringWork: z.enum(['resolve', 'record']),
  }),
}) satisfies z.ZodType<Policy>;

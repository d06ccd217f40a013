import * as z from 'zod';

import { channels, categories, clockNames, severities } from '../../domain/escalation/vocabulary.ts';
import { accountClasses } from '../../domain/policy/routing.ts';
import { clockAction, duration, idText, instant, target } from './words.ts';

/** The form of `policies/<name>.yaml`: one policy each. */

const severityName = z.enum(severities);

/** One duration for each severity. */
const durationBySeverity = z.strictObject({ sev1: duration, sev2: duration, sev3: duration, sev4: duration });

const severityRule = z.strictObject({
  rcaRequired: z.boolean().default(false).describe('Whether closing needs an approved root cause analysis.'),
  repageIdleAfter: duration
    .optional()
    .describe('Pages the tier again when nobody has touched an acknowledged escalation for this long.'),
});

const percents = z
  .array(z.int().min(1).max(99))
  .refine((list) => list.every((percent, index) => index === 0 || percent > (list[index - 1] ?? 0)), {
    error: 'the percentages have to ascend',
  });

const clockSettings = {
  calendar: idText.describe('Business calendar that the clock counts by; "always" counts every minute.'),
  warnAt: percents.describe('Percentages of the target at which it warns, ascending.'),
  onWarning: z.array(clockAction),
  onBreach: z.array(clockAction),
};

const clockOfSeverity = z.strictObject({
  within: duration.describe('The target. An action clock may be left out of a severity altogether.'),
  calendar: clockSettings.calendar.optional(),
  warnAt: clockSettings.warnAt.optional(),
  onWarning: clockSettings.onWarning.optional(),
  onBreach: clockSettings.onBreach.optional(),
});

const clockDefinition = z.strictObject({
  calendar: clockSettings.calendar.default('always'),
  warnAt: clockSettings.warnAt.default([]),
  onWarning: clockSettings.onWarning.default([]),
  onBreach: clockSettings.onBreach.default([]),
  pausable: z.boolean().default(false).describe('Whether a pause of the escalation stops this clock too.'),
  severities: z.strictObject({
    sev1: clockOfSeverity.optional(),
    sev2: clockOfSeverity.optional(),
    sev3: clockOfSeverity.optional(),
    sev4: clockOfSeverity.optional(),
  }),
});

const targets = z.array(target).min(1);

const tierDefinition = z.strictObject({
  name: z.string().optional().describe('For people; the core knows tiers by their number.'),
  targets,
  acknowledgeWithin: durationBySeverity.describe(
    'Time for somebody of this tier to acknowledge, before the next is entered.',
  ),
});

const machineClear = z.enum(['resolve', 'record']);

const oneOrMore = <T extends z.ZodType>(item: T): z.ZodArray<T> => z.array(item).min(1);

const escalationMatch = z
  .strictObject({
    severity: oneOrMore(severityName).optional(),
    channel: oneOrMore(z.enum(channels)).optional(),
    category: oneOrMore(z.enum(categories)).optional(),
    accountClass: oneOrMore(z.enum(accountClasses)).optional(),
    team: oneOrMore(idText).optional(),
  })
  .describe('Everything named has to match; {} matches every escalation.');

const promiseDefinition = z
  .strictObject({
    when: escalationMatch,
    clock: z.enum(clockNames),
    within: duration.optional().describe('The target; what is not named here is as in the clock itself.'),
    none: z.literal(true).optional().describe('Such escalations have no such clock.'),
    calendar: clockSettings.calendar.optional(),
    warnAt: clockSettings.warnAt.optional(),
    onWarning: clockSettings.onWarning.optional(),
    onBreach: clockSettings.onBreach.optional(),
    pausable: z.boolean().optional(),
  })
  .refine(({ within, none }) => (within === undefined) !== (none === undefined), {
    error: 'a promise has either "within" or "none: true"',
  });

const maintenanceWindow = z
  .strictObject({ name: z.string().min(1), from: instant, until: instant, when: escalationMatch })
  .refine(({ from, until }) => from < until, { error: 'the window ends before it begins' });

export const policyDefinition = z.strictObject({
  policy: idText.describe('Name of the policy; its file has the same name.'),
  description: z.string().optional(),
  excludedFromMetrics: z.boolean().default(false),
  severities: z.strictObject({ sev1: severityRule, sev2: severityRule, sev3: severityRule, sev4: severityRule }),
  tiers: z.array(tierDefinition).min(1).max(4),
  repeats: z.int().min(0).max(10).describe('How often the walk starts again before the fallback is paged.'),
  fallback: targets.describe('Paged when a step reaches nobody and when the last repeat ran out.'),
  clocks: z.strictObject({
    acknowledge: clockDefinition.optional(),
    first_update: clockDefinition.optional(),
    next_update: clockDefinition.optional(),
    resolve: clockDefinition.optional(),
    rca: clockDefinition.optional(),
    action: clockDefinition.optional(),
  } satisfies Record<(typeof clockNames)[number], unknown>),
  promises: z
    .array(promiseDefinition)
    .default([])
    .describe('Other promises for some escalations; of those that match, the first that names the clock holds.'),
  quietHours: z
    .array(z.strictObject({ severities: oneOrMore(severityName), calendar: idText }))
    .default([])
    .describe(
      'Pages of these severities wait while the calendar is closed. What people ask for, and the fallback, never wait.',
    ),
  maintenance: z.array(maintenanceWindow).default([]).describe('Pages of what matches wait until the window ends.'),
  volumeRules: z
    .array(z.strictObject({ atCount: z.int().min(2), raiseTo: severityName }))
    .superRefine((rules, context) => {
      rules.forEach((rule, index) => {
        const before = rules[index - 1];
        if (before === undefined) return;
        if (rule.atCount <= before.atCount) {
          context.addIssue({ code: 'custom', path: [index, 'atCount'], message: 'the counts have to ascend' });
        }
        if (severities.indexOf(rule.raiseTo) >= severities.indexOf(before.raiseTo)) {
          const message = `the rule before has raised it to ${before.raiseTo} already`;
          context.addIssue({ code: 'custom', path: [index, 'raiseTo'], message });
        }
      });
    })
    .default([])
    .describe('Raises the severity when the occurrences of one dedup key reach a count.'),
  machineClear: z
    .strictObject({ beforeAcknowledge: machineClear.default('resolve'), duringWork: machineClear.default('record') })
    .prefault({})
    .describe('What a machine\'s "it has cleared" does.'),
});

/** The form of `policies/routing.yaml`. */
const routingRule = z.strictObject({
  name: z.string().min(1),
  when: z
    .strictObject({
      channel: oneOrMore(z.enum(channels)).optional(),
      category: oneOrMore(z.enum(categories)).optional(),
      source: oneOrMore(z.string().min(1)).optional(),
      accountClass: oneOrMore(z.enum(accountClasses)).optional(),
      account: oneOrMore(idText).optional(),
      policy: oneOrMore(idText).optional().describe('Only where the caller asked for one of these.'),
      team: oneOrMore(idText).optional().describe('Only where the caller asked for one of these.'),
      titleWords: oneOrMore(z.string().regex(/[\p{L}\p{N}]/u, { error: 'a word has letters or digits' })).optional(),
      severity: oneOrMore(severityName).optional(),
    })
    .describe('Everything named has to match; {} matches every escalation.'),
  set: z
    .strictObject({
      policy: idText.optional(),
      team: idText.optional(),
      severity: severityName.optional(),
      severityAtLeast: severityName.optional(),
      category: z.enum(categories).optional(),
    })
    .refine((set) => Object.values(set).some((value) => value !== undefined), { error: 'the rule sets nothing' }),
});

export const routingDefinition = z.strictObject({
  rules: z.array(routingRule).default([]),
  defaults: z.strictObject({
    policy: idText,
    team: idText,
    severity: severityName,
    severityByCategory: z.partialRecord(z.enum(categories), severityName).default({}),
    severityByChannel: z.partialRecord(z.enum(channels), severityName).default({}),
  }),
});

export type PolicyDefinition = z.infer<typeof policyDefinition>;
export type EscalationMatchDefinition = z.infer<typeof escalationMatch>;
export type RoutingDefinition = z.infer<typeof routingDefinition>;

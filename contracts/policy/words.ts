import * as z from 'zod';

import { parseInstant } from '../../zones/wall-time.ts';
import { parseDuration } from '../../domain/policy/duration.ts';
import type { ClockAction } from '../../domain/policy/policy.ts';
import { isOneOf, updateAudiences, type Target } from '../../domain/escalation/vocabulary.ts';

/** The small languages within the YAML: durations, targets and actions, each one string with a pattern. */

const id = '[a-z][a-z0-9-]{0,39}';
const targetForm = `(person|team|schedule|next-of):${id}`;
const targetPattern = new RegExp(`^${targetForm}$`);
const actionPattern = new RegExp(
  `^(page-tier|escalate-tier|raise-severity|page ${targetForm}|tell (${updateAudiences.join('|')}))$`,
);

/** Ids of people, teams, schedules, calendars and policies. */
export const idText = z
  .string()
  .regex(new RegExp(`^${id}$`), { error: 'an id is small letters, digits and hyphens, and begins with a letter' });

/** `30s`, `15m`, `4h`, `2d`, `1h30m`, in ms once parsed. */
export const duration = z
  .string({
    error: (issue) => (issue.input === undefined ? undefined : 'a duration is text: a number and a unit, such as 15m'),
  })
  // The pattern stands for editors; the parser behind it also refuses a duration of nothing.
  .regex(/^([0-9]{1,6}[wdhms])+$/, { error: 'not a duration', abort: true })
  .transform((text, context) => {
    const parsedMs = parseDuration(text);
    if (parsedMs !== null) return parsedMs;
    context.addIssue({ code: 'custom', message: 'not a duration' });
    return z.NEVER;
  });

/** `2026-12-01T22:00:00+08:00`, in epoch ms once parsed. */
export const instant = z.string().transform((text, context) => {
  const parsedMs = parseInstant(text);
  if (parsedMs !== null) return parsedMs;
  context.addIssue({ code: 'custom', message: 'not an instant' });
  return z.NEVER;
});

/** `person:dana`, `team:payments-risk` (everybody in it), `schedule:desk` (who is on call), `next-of:desk` (members in turn). */
export const target = z
  .string()
  .regex(targetPattern, { error: 'not a target', abort: true })
  .transform((text): Target => targetOf(text));

/** What a clock does at a warning or a breach. */
export const clockAction = z
  .string()
  .regex(actionPattern, { error: 'not an action', abort: true })
  .transform((text): ClockAction => actionOf(text));

function targetOf(text: string): Target {
  const [kind = '', name = ''] = text.split(':');
  switch (kind) {
    case 'person':
      return { kind: 'person', id: name };
    case 'schedule':
      return { kind: 'schedule', id: name };
    case 'next-of':
      return { kind: 'team', id: name, inTurn: true };
    default:
      return { kind: 'team', id: name };
  }
}

function actionOf(text: string): ClockAction {
  const [verb = '', object = ''] = text.split(' ');
  switch (verb) {
    case 'page-tier':
      return { kind: 'page_tier' };
    case 'escalate-tier':
      return { kind: 'escalate_tier' };
    case 'raise-severity':
      return { kind: 'raise_severity' };
    case 'tell':
      return { kind: 'tell', audience: isOneOf(updateAudiences, object) ? object : 'internal' };
    default:
      return { kind: 'page', targets: [targetOf(object)] };
  }
}

/** What would be right instead, by the sentence of the issue. */
export const fixes: Readonly<Record<string, string>> = {
  'not a duration': 'write a number and a unit (s, m, h, d, w): 30s, 15m, 4h, 2d, 1h30m',
  'a duration is text: a number and a unit, such as 15m':
    'write a number and a unit (s, m, h, d, w): 30s, 15m, 4h, 2d, 1h30m',
  'the percentages have to ascend': 'write them from the smallest to the largest, each once',
  'the counts have to ascend': 'write the rules from the smallest count to the largest',
  'the rule sets nothing': 'set policy, team, severity, severityAtLeast or category',
  'not an instant': 'write date, time and offset: 2026-12-01T22:00:00+08:00',
  'a promise has either "within" or "none: true"': 'write one of the two',
  'the window ends before it begins': 'exchange from and until',
  'not a target': 'write person:ID, team:ID, schedule:ID, or next-of:TEAM for its members in turn',
  'not an action': `write page-tier, escalate-tier, raise-severity, "page TARGET" or "tell AUDIENCE" (${updateAudiences.join(', ')})`,
};

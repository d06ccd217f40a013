import { assertNever } from '../../../domain/assert-never.ts';
import type { PersonCommandType } from '../../../domain/escalation/commands.ts';
import {
  isOneOf,
  pauseReasons,
  resolutionCodes,
  severities,
  updateAudiences,
} from '../../../domain/escalation/vocabulary.ts';
import type { CommandBody } from '../api/client.ts';
import { t } from '../strings/index.ts';

/** Longest texts, as the contracts have them; a test holds the two together. */
export const maxReason = 2_000;
export const maxText = 20_000;

export type FieldName =
  | 'reason'
  | 'text'
  | 'note'
  | 'summary'
  | 'assignee'
  | 'to'
  | 'team'
  | 'severity'
  | 'tier'
  | 'code'
  | 'audience'
  | 'pauseReason'
  | 'until'
  | 'version';

export type Values = Readonly<Partial<Record<FieldName, string>>>;
export type Errors = Partial<Record<FieldName, string>>;

export interface Field {
  readonly name: FieldName;
  readonly kind: 'prose' | 'person' | 'choice' | 'tier' | 'instant' | 'line';
  readonly label: string;
  readonly isRequired: boolean;
  readonly maxCharacters?: number;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
}

function labelled<T extends string>(values: readonly T[], labels: Readonly<Record<T, string>>): Field['options'] {
  return values.map((value) => ({ value, label: labels[value] }));
}

const s = t.actions;
const reason: Field = { name: 'reason', kind: 'prose', label: s.reason, isRequired: true, maxCharacters: maxReason };
const text: Field = { name: 'text', kind: 'prose', label: s.text, isRequired: true, maxCharacters: maxText };
const note: Field = { name: 'note', kind: 'prose', label: s.note, isRequired: true, maxCharacters: maxText };

/** The fields of each command's form, in order; none: it is given with one click. */
export const forms: Readonly<Record<PersonCommandType, readonly Field[]>> = {
  acknowledge: [],
  'start-investigation': [],
  assign: [{ name: 'assignee', kind: 'person', label: s.assignee, isRequired: true }],
  'hand-off': [{ name: 'to', kind: 'person', label: s.to, isRequired: true }, note],
  escalate: [reason, { name: 'tier', kind: 'tier', label: s.tier, isRequired: false }],
  'de-escalate': [reason, { name: 'tier', kind: 'tier', label: s.tier, isRequired: false }],
  'change-severity': [
    {
      name: 'severity',
      kind: 'choice',
      label: s.severity,
      isRequired: true,
      options: labelled(severities, t.severityLong),
    },
    reason,
  ],
  note: [text],
  'send-update': [
    {
      name: 'audience',
      kind: 'choice',
      label: s.audience,
      isRequired: true,
      options: labelled(updateAudiences, t.audience),
    },
    text,
  ],
  pause: [
    {
      name: 'pauseReason',
      kind: 'choice',
      label: s.pauseReason,
      isRequired: true,
      options: labelled(pauseReasons, t.pauseReason),
    },
    { name: 'until', kind: 'instant', label: s.until, isRequired: true },
    { ...note, isRequired: false },
  ],
  resume: [],
  resolve: [
    { name: 'code', kind: 'choice', label: s.code, isRequired: true, options: labelled(resolutionCodes, t.resolution) },
    { name: 'summary', kind: 'prose', label: s.summary, isRequired: true, maxCharacters: maxText },
  ],
  reopen: [reason],
  'submit-rca': [text],
  'approve-rca': [],
  close: [],
  'migrate-policy': [{ name: 'version', kind: 'line', label: s.version, isRequired: true, maxCharacters: 9 }],
  cancel: [reason],
};

/** What a person has to mend before the form can be sent; empty when nothing. */
export function checkForm(command: PersonCommandType, values: Values, nowMs: number): Errors {
  const errors: Errors = {};
  for (const field of forms[command]) {
    const value = values[field.name]?.trim() ?? '';
    if (value === '') {
      if (field.isRequired) errors[field.name] = s.required;
    } else if (field.maxCharacters !== undefined && value.length > field.maxCharacters) {
      errors[field.name] = s.tooLong(field.maxCharacters);
    } else if (field.kind === 'instant' && !(Date.parse(value) > nowMs)) {
      errors[field.name] = s.inFuture;
    }
  }
  return errors;
}

/** The command of a form that was checked; null where a choice holds something unknown. */
export function commandOf(command: PersonCommandType, values: Values): CommandBody | null {
  const get = (name: FieldName): string => values[name]?.trim() ?? '';
  const toTier = tierOf(get('tier'));
  switch (command) {
    case 'acknowledge':
    case 'start-investigation':
    case 'resume':
    case 'approve-rca':
    case 'close':
      return { command, body: {} };
    case 'assign':
      return { command, body: { assignee: get('assignee') } };
    case 'hand-off':
      return { command, body: { to: get('to'), note: get('note') } };
    case 'escalate':
    case 'de-escalate':
      return { command, body: { reason: get('reason'), ...(toTier === null ? {} : { toTier }) } };
    case 'change-severity': {
      const severity = get('severity');
      return isOneOf(severities, severity) ? { command, body: { severity, reason: get('reason') } } : null;
    }
    case 'migrate-policy': {
      const version = Number(get('version'));
      return Number.isSafeInteger(version) && version > 0 ? { command, body: { version } } : null;
    }
    case 'note':
    case 'submit-rca':
      return { command, body: { text: get('text') } };
    case 'send-update': {
      const audience = get('audience');
      return isOneOf(updateAudiences, audience) ? { command, body: { audience, text: get('text') } } : null;
    }
    case 'pause': {
      const why = get('pauseReason');
      if (!isOneOf(pauseReasons, why)) return null;
      const until = new Date(get('until')).toISOString();
      return { command, body: { reason: why, until, ...(get('note') === '' ? {} : { note: get('note') }) } };
    }
    case 'resolve': {
      const code = get('code');
      return isOneOf(resolutionCodes, code) ? { command, body: { code, summary: get('summary') } } : null;
    }
    case 'reopen':
    case 'cancel':
      return { command, body: { reason: get('reason') } };
    default:
      return assertNever(command);
  }
}

function tierOf(value: string): 1 | 2 | 3 | 4 | null {
  const tiers = [1, 2, 3, 4] as const;
  return tiers.find((tier) => String(tier) === value) ?? null;
}

import { categories, channels, isOneOf, severities } from '../../../domain/escalation/vocabulary.ts';
import type { NewEscalation } from '../api/types.ts';
import { t } from '../strings/index.ts';

/** Longest texts, as the contracts have them; a test holds the two together. */
export const maxTitle = 200;
export const maxDescription = 20_000;

export interface NewForm {
  readonly text: string;
  readonly title: string;
  readonly channel: string;
  readonly category: string;
  /** Empty: the policy decides. */
  readonly severity: string;
  readonly accountId: string;
  readonly isDrill: boolean;
}

export type NewErrors = Partial<Record<keyof NewForm, string>>;

export const emptyForm: NewForm = {
  text: '',
  title: '',
  channel: '',
  category: '',
  severity: '',
  accountId: '',
  isDrill: false,
};

/** A half-written form outlives leaving the page, in memory only: it may hold personal data. */
let kept: NewForm | null = null;

export function keptForm(): NewForm | null {
  return kept;
}

export function keepForm(form: NewForm): void {
  kept = form;
}

export function forgetForm(): void {
  kept = null;
}

/** The first line with words in it, cut to what a title may hold. */
export function titleFrom(text: string): string {
  const line = text
    .split('\n')
    .map((one) => one.replaceAll(/\p{Cc}/gu, ' ').trim())
    .find((one) => one !== '');
  return (line ?? '').slice(0, maxTitle);
}

const identifierForm = /^[\w.@:+|=/-]+$/;

/**
 * What has to be mended before it can be filed.
 * @param own the only accounts that the caller may file for; null: any, or none
 */
export function checkNew(form: NewForm, own: readonly string[] | null): NewErrors {
  const errors: NewErrors = {};
  if (form.title.trim() === '') errors.title = t.create.required;
  if (form.text.length > maxDescription) errors.text = t.create.tooLong(maxDescription);
  if (!isOneOf(channels, form.channel)) errors.channel = t.create.required;
  if (!isOneOf(categories, form.category)) errors.category = t.create.required;
  const account = form.accountId.trim();
  if (account !== '' && !identifierForm.test(account)) errors.accountId = t.create.badAccount;
  if (own !== null && !own.includes(account)) errors.accountId = t.create.required;
  return errors;
}

/** The body to send; null while a choice is missing. */
export function newEscalationOf(form: NewForm): NewEscalation | null {
  const { channel, category, severity } = form;
  if (!isOneOf(channels, channel) || !isOneOf(categories, category)) return null;
  const title = form.title.trim();
  const description = form.text.trim() === title || form.text.trim() === '' ? undefined : form.text;
  return {
    title,
    channel,
    category,
    ...(isOneOf(severities, severity) ? { severity } : {}),
    ...(description === undefined ? {} : { description }),
    ...(form.accountId.trim() === '' ? {} : { accountId: form.accountId.trim() }),
    ...(form.isDrill ? { policy: 'drill' } : {}),
  };
}

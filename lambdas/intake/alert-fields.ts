import type { Alert } from '../../contracts/schemas/intake.ts';
import { maxDescription, maxTitle } from '../../contracts/schemas/intake.ts';
import { categories, isOneOf, type Category, type Severity } from '../../domain/escalation/vocabulary.ts';

/** What monitoring systems commonly write in the label `severity`. Anything else leaves it to the routing rules. */
const severityWords: Readonly<Record<string, Severity>> = {
  sev1: 'sev1',
  p1: 'sev1',
  critical: 'sev1',
  page: 'sev1',
  emergency: 'sev1',
  sev2: 'sev2',
  p2: 'sev2',
  high: 'sev2',
  major: 'sev2',
  error: 'sev2',
  sev3: 'sev3',
  p3: 'sev3',
  warning: 'sev3',
  minor: 'sev3',
  sev4: 'sev4',
  p4: 'sev4',
  low: 'sev4',
  info: 'sev4',
  none: 'sev4',
};

const identifierPattern = /^[\w.@:+|=/-]{1,128}$/;

export interface AlertFields {
  readonly title: string;
  readonly body: string;
  readonly category: Category;
  readonly severity?: Severity;
  readonly team?: string;
  readonly accountId?: string;
  /** A name that may not be known: then the default holds. */
  readonly policy?: string;
}

/** Text of another system, fit to be shown: no control characters, no halves of surrogate pairs, not too long. */
function clean(text: string, maxCharacters: number): string {
  return text
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(/[^\P{Cc}\n\t]/gu, ' ')
    .slice(0, maxCharacters)
    .replace(/\p{Surrogate}$/u, '');
}

function oneLine(text: string): string {
  return clean(text.replaceAll(/[\s\u2028\u2029]+/gu, ' ').trim(), maxTitle).trim();
}

function label(alert: Alert, ...names: readonly string[]): string | undefined {
  return names.map((name) => alert.labels[name]).find((value) => value !== undefined && identifierPattern.test(value));
}

function titleOf(alert: Alert): string {
  const name = alert.labels['alertname'] ?? 'Alert';
  const summary = alert.annotations?.['summary'] ?? alert.annotations?.['title'];
  const where = alert.labels['service'] ?? alert.labels['instance'] ?? alert.labels['job'];
  const title = oneLine(summary ?? (where === undefined ? name : `${name}: ${where}`));
  return title === '' ? 'Alert without a name' : title;
}

function rows(set: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(set)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${value}`);
}

function bodyOf(alert: Alert): string {
  const { summary: _, description, ...others } = alert.annotations ?? {};
  const parts = [
    description ?? '',
    rows(alert.labels).join('\n'),
    rows(others).join('\n'),
    alert.startsAt === undefined ? '' : `Firing since ${alert.startsAt}`,
    alert.generatorURL === undefined || alert.generatorURL === '' ? '' : `Source: ${alert.generatorURL}`,
  ];
  return clean(parts.filter((part) => part !== '').join('\n\n'), maxDescription);
}

/** What an alert says in the words of the desk. */
export function alertFields(alert: Alert): AlertFields {
  const severity = severityWords[(alert.labels['severity'] ?? alert.labels['priority'] ?? '').toLowerCase()];
  const category = alert.labels['category'];
  const team = label(alert, 'team');
  const accountId = label(alert, 'account', 'account_id');
  const policy = label(alert, 'policy');
  return {
    title: titleOf(alert),
    body: bodyOf(alert),
    category: isOneOf(categories, category) ? category : 'service_defect',
    ...(severity === undefined ? {} : { severity }),
    ...(team === undefined ? {} : { team }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(policy === undefined ? {} : { policy }),
  };
}

import type { Alert } from '../../contracts/schemas/intake.ts';
import { maxDescription, maxTitle } from '../../contracts/schemas/intake.ts';
import { categories, isOneOf, type Category, type Severity } from '../../domain/escalation/vocabulary.ts';

/** What monitoring systems commonly write in the label `severity`. Anything else leaves it to the routing rules. */
const severityWords: ReadonlyMap<string, Severity> = new Map([
  ...(['sev1', 'p1', 'critical', 'page', 'emergency'] as const).map((word) => [word, 'sev1'] as const),
  ...(['sev2', 'p2', 'high', 'major', 'error'] as const).map((word) => [word, 'sev2'] as const),
  ...(['sev3', 'p3', 'warning', 'minor'] as const).map((word) => [word, 'sev3'] as const),
  ...(['sev4', 'p4', 'low', 'info', 'none'] as const).map((word) => [word, 'sev4'] as const),
]);

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
  const severity = severityWords.get((alert.labels['severity'] ?? alert.labels['priority'] ?? '').toLowerCase());
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

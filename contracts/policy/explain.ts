import * as z from 'zod';

import { fixes } from './words.ts';

/** A schema issue in words that help: where, what, and what would put it right. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly fix: string;
}

type Issue = z.core.$ZodIssue;

/**
 * Turns zod's issues into sentences.
 *
 * @param value what was parsed, to quote it
 * @param schema to name the keys that are known where an unknown one stands
 */
export function explainIssues(issues: readonly Issue[], value: unknown, schema: z.ZodType): readonly SchemaIssue[] {
  const form: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  return issues.flatMap((issue) => explain(issue, issue.path, value, form));
}

function explain(issue: Issue, path: readonly PropertyKey[], value: unknown, form: unknown): readonly SchemaIssue[] {
  const found = valueAt(value, path);
  const name = String(path.at(-1) ?? 'the file');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = keysAt(form, path);
        return { path: [...path, key], at: 'key', message: `"${key}" is not known here`, fix: suggest(key, known) };
      });
    case 'invalid_type':
      if (found === undefined || found === null) {
        const what = `add "${name}:" with ${article(issue.expected)}`;
        return [{ path, at: 'value', message: `"${name}" is missing`, fix: what }];
      }
      return [
        {
          path,
          at: 'value',
          message:
            fixes[issue.message] === undefined ? `${quote(found)} is not ${article(issue.expected)}` : issue.message,
          fix: fixes[issue.message] ?? `write ${article(issue.expected)}`,
        },
      ];
    case 'invalid_value': {
      const options = issue.values.map(String);
      if (found === undefined)
        return [
          {
            path,
            at: 'value',
            message: `"${name}" is missing`,
            fix: `add "${name}:" with one of ${options.join(', ')}`,
          },
        ];
      return [
        {
          path,
          at: 'value',
          message: `${quote(found)} is not one of ${options.join(', ')}`,
          fix: suggest(typeof found === 'string' ? found : quote(found), options),
        },
      ];
    }
    case 'too_small':
    case 'too_big': {
      const limit = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const unit = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '';
      return [{ path, at: 'value', message: `${limit}${unit} expected`, fix: `give ${limit}${unit}` }];
    }
    case 'invalid_key':
      return [
        {
          path,
          at: 'key',
          message: `"${name}" can't be an id`,
          fix: 'use small letters, digits and hyphens, beginning with a letter',
        },
      ];
    case 'invalid_union':
      return explainUnion(issue, path, value, form);
    default: {
      const fix = fixes[issue.message] ?? '';
      const message =
        issue.message.startsWith('not ') && fix !== '' ? `${quote(found)} is ${issue.message}` : issue.message;
      return [{ path, at: 'value', message, fix }];
    }
  }
}

/** Of a union, the branch that came furthest is the one that was meant. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: readonly PropertyKey[],
  value: unknown,
  form: unknown,
): readonly SchemaIssue[] {
  const depth = (branch: readonly Issue[]): number => Math.max(0, ...branch.map((part) => part.path.length));
  const rootType = (branch: readonly Issue[]): boolean =>
    branch.some((part) => part.path.length === 0 && (part.code === 'invalid_type' || part.code === 'invalid_value'));
  const branches = issue.errors.toSorted(
    (a, b) => Number(rootType(a)) - Number(rootType(b)) || a.length - b.length || depth(b) - depth(a),
  );
  const best = branches[0];
  if (best === undefined) {
    return [{ path, at: 'value', message: `${quote(valueAt(value, path))} is none of the possible forms`, fix: '' }];
  }
  return best.flatMap((part) => explain(part, [...path, ...part.path], value, form));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}

/** The keys that the JSON Schema knows at a path; empty where it can't tell. */
function keysAt(form: unknown, path: readonly PropertyKey[]): readonly string[] {
  let current = form;
  for (const key of path) {
    const properties = valueAt(current, ['properties', key]);
    const open: unknown = valueAt(current, ['additionalProperties']);
    current = properties ?? (typeof key === 'number' ? valueAt(current, ['items']) : open);
  }
  const properties = valueAt(current, ['properties']);
  if (typeof properties === 'object' && properties !== null) return Object.keys(properties);
  const names = valueAt(current, ['propertyNames', 'enum']);
  return Array.isArray(names) ? names.map(String) : [];
}

function article(expected: string): string {
  switch (expected) {
    case 'object':
      return 'a map of keys';
    case 'record':
      return 'a map of keys';
    case 'array':
      return 'a list';
    case 'int':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'a text';
    default:
      return `a ${expected}`;
  }
}

function quote(value: unknown): string {
  const text = asText(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** An alias may make a value a part of itself. */
function asText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch {
    return 'a value that is a part of itself';
  }
}

/** "write sev1" where one option is close, the whole list where none is. */
export function suggest(word: string, options: readonly string[]): string {
  const close = options
    .map((option) => ({ option, distance: editDistance(word.toLowerCase(), option.toLowerCase()) }))
    .filter(({ option, distance }) => distance <= Math.max(2, Math.floor(option.length / 3)))
    .toSorted((a, b) => a.distance - b.distance)[0];
  if (close !== undefined) return `did you mean "${close.option}"?`;
  return options.length === 0 ? 'remove it' : `known: ${options.join(', ')}`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

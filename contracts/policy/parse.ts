import { isNode, isMap, isPair, isScalar, LineCounter, parseDocument, type Document, type YAMLParseError } from 'yaml';
import type * as z from 'zod';

import { explainIssues, type SchemaIssue } from './explain.ts';

/** One thing that is wrong with a file of the policy set. */
export interface PolicyProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Where in the file's structure: `tiers.0.targets.1`; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** What would put it right; empty where only its author can know. */
  readonly fix: string;
}

/** Finds the place of a value by its path. */
export type Locate = (
  path: readonly PropertyKey[],
  at?: 'key' | 'value',
) => { readonly line: number; readonly column: number };

/** `raw` is what the YAML says, before the schema: undefined where it is no YAML. */
export type Parsed<T> = { readonly raw: unknown; readonly locate: Locate } & (
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }
);

/**
 * Reads one YAML text against a schema. Every problem is reported at once: those of the YAML itself and, where it can be
 * read at all, those of the schema, each with its place and what would fix it.
 *
 * @param file name to report
 */
export function parseYaml<T extends z.ZodType>(text: string, schema: T, file: string): Parsed<z.output<T>> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const locate = locator(document, lines);
  const problems: PolicyProblem[] = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { file, line: Math.max(1, line), column: Math.max(1, col), path: '', ...wordsOf(error) };
  });
  const readable = document.errors.every((error) => error.code === 'DUPLICATE_KEY');
  if (!readable) return { ok: false, problems, raw: undefined, locate };
  const value = valueOf(document);
  if (!value.ok) return { ok: false, problems: [...problems, problemOfAliases(file)], raw: undefined, locate };
  const { raw } = value;
  if (raw === null || raw === undefined) {
    const message = 'the file says nothing';
    const empty = { file, line: 1, column: 1, path: '', message, fix: 'docs/policies.md shows its form' };
    return { ok: false, problems: [...problems, empty], raw: undefined, locate };
  }
  const result = schema.safeParse(raw);
  if (result.success && problems.length === 0) return { ok: true, value: result.data, raw, locate };
  if (!result.success) {
    const explained = explainIssues(result.error.issues, raw, schema);
    problems.push(...explained.map((issue) => problemAt(issue, file, locate)));
  }
  return { ok: false, problems: problems.toSorted(byPlace), raw, locate };
}

function wordsOf(error: YAMLParseError): Pick<PolicyProblem, 'message' | 'fix'> {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return { message: 'the key stands twice in this map', fix: 'remove one of the two' };
    case 'MULTIPLE_DOCS':
      return { message: 'the file holds several documents', fix: 'make each of them a file of its own' };
    default:
      return {
        message: `not valid YAML: ${error.message}`,
        fix: 'correct the YAML at this place; indentation is by spaces',
      };
  }
}

/** What the YAML says; aliases that lead nowhere, or to more and more of themselves, are told and not followed. */
function valueOf(document: Document): { readonly ok: true; readonly raw: unknown } | { readonly ok: false } {
  try {
    const raw: unknown = document.toJS({ maxAliasCount: 100 });
    return { ok: true, raw };
  } catch (error) {
    if (error instanceof ReferenceError) return { ok: false };
    throw error;
  }
}

function problemOfAliases(file: string): PolicyProblem {
  const message = 'an alias (*name) leads to no anchor (&name) before it, or to too many';
  return { file, line: 1, column: 1, path: '', message, fix: 'write what is meant in its place' };
}

function problemAt(issue: SchemaIssue, file: string, locate: Locate): PolicyProblem {
  const place = locate(issue.path, issue.at);
  return { file, ...place, path: issue.path.map(String).join('.'), message: issue.message, fix: issue.fix };
}

/** In the order of the files and the places in them. */
export function byPlace(a: PolicyProblem, b: PolicyProblem): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
}

/** `policies/default.yaml:12:5: message (fix)`, as compilers write it and editors understand it. */
export function formatProblem(problem: PolicyProblem): string {
  const fix = problem.fix === '' ? '' : `\n    fix: ${problem.fix}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  return `${problem.file}:${problem.line}:${problem.column}: ${path}${problem.message}${fix}`;
}

function locator(document: Document, lines: LineCounter): Locate {
  return (path, at = 'value') => {
    const offset = offsetOf(document, path, at);
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
}

/** The offset of the value (or key) at a path, or of the nearest one above it that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[], at: 'key' | 'value'): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const part = path.slice(0, length);
    const exact = length === path.length;
    // A missing value is looked for at the key of the map that lacks it: there the hand goes to add it.
    const offset = (exact && at === 'value' ? null : keyOffset(document, part)) ?? valueOffset(document, part);
    if (offset !== null) return offset;
  }
  return 0;
}

function valueOffset(document: Document, path: readonly PropertyKey[]): number | null {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

function keyOffset(document: Document, path: readonly PropertyKey[]): number | null {
  const name = path.at(-1);
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (name === undefined || !isMap(parent)) return null;
  const pair = parent.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(name),
  );
  return pair !== undefined && isScalar(pair.key) ? (pair.key.range?.[0] ?? null) : null;
}

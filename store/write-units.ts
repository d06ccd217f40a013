import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { tableDefinition, type IndexDefinition, type KeySchema, type TableDefinition } from './table-definition.ts';

/**
 * What a write costs by DynamoDB's rules, worked out from the item before and after: local endpoints count otherwise or
 * not at all. Source: "DynamoDB read and write operations" and "Item sizes and formats" in the Developer Guide.
 */
export type Item = Readonly<Record<string, AttributeValue>>;

const unitBytes = 1024;

function utf8(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** About one byte for two significant digits, one more, and one for a sign: leading and trailing noughts are free. */
function numberBytes(text: string): number {
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

function sum(parts: readonly number[]): number {
  return parts.reduce((total, part) => total + part, 0);
}

/** A binary value: bytes from the SDK, base 64 on the wire. */
function binaryBytes(value: Uint8Array | string): number {
  return typeof value === 'string' ? Buffer.from(value, 'base64').byteLength : value.byteLength;
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return binaryBytes(value.B);
  if (value.SS !== undefined) return sum(value.SS.map(utf8));
  if (value.NS !== undefined) return sum(value.NS.map(numberBytes));
  if (value.BS !== undefined) return sum(value.BS.map(binaryBytes));
  if (value.L !== undefined) return 3 + sum(value.L.map((entry) => valueBytes(entry) + 1));
  if (value.M !== undefined) return 3 + sum(Object.entries(value.M).map(([k, v]) => utf8(k) + valueBytes(v) + 1));
  return 1;
}

/** Stored bytes of an item: its names and its values. */
export function itemBytes(item: Item): number {
  return sum(Object.entries(item).map(([name, value]) => utf8(name) + valueBytes(value)));
}

function unitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / unitBytes));
}

/** The entry of an item in an index; null when it lacks a key and so does not stand in it. */
function entryOf(item: Item | null, table: KeySchema, index: IndexDefinition): Item | null {
  if (item === null) return null;
  const entry: Record<string, AttributeValue> = {};
  for (const name of [index.partitionKey, index.sortKey, table.partitionKey, table.sortKey]) {
    const value = item[name];
    if (value === undefined) return null;
    entry[name] = value;
  }
  for (const name of index.includes) {
    const value = item[name];
    if (value !== undefined) entry[name] = value;
  }
  return entry;
}

function sameKey(a: Item, b: Item, index: KeySchema): boolean {
  return a[index.partitionKey]?.S === b[index.partitionKey]?.S && a[index.sortKey]?.S === b[index.sortKey]?.S;
}

export interface WriteUnits {
  readonly table: number;
  /** By index; those that cost nothing are left out. */
  readonly indexes: Readonly<Record<string, number>>;
  readonly total: number;
}

/**
 * Write units of one put, update or delete. A changed index key is a delete and a put in that index; a change of what it
 * holds beside is one write; an index in which nothing changes costs nothing. A refused conditional write costs what the standing item would: pass it as both.
 */
export function countWriteUnits(
  before: Item | null,
  after: Item | null,
  definition: TableDefinition = tableDefinition,
): WriteUnits {
  const table = unitsOf(Math.max(before === null ? 0 : itemBytes(before), after === null ? 0 : itemBytes(after)));
  const indexes: Record<string, number> = {};
  for (const index of definition.indexes) {
    const old = entryOf(before, definition, index);
    const now = entryOf(after, definition, index);
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    const sizes = [old, now].flatMap((entry) => (entry === null ? [] : [unitsOf(itemBytes(entry))]));
    const inPlace = old !== null && now !== null && sameKey(old, now, index);
    indexes[index.name] = inPlace ? Math.max(...sizes) : sum(sizes);
  }
  return { table, indexes, total: table + sum(Object.values(indexes)) };
}

import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * Values as DynamoDB writes them in JSON. Of the SDK's own conversion only what this table holds: text, whole numbers,
 * booleans, null, bytes, sets of text, lists and maps.
 */
type Wire = Readonly<Record<string, unknown>>;

/** @throws Error for a value that DynamoDB has no type for, or an empty set */
export function toWire(value: unknown): Wire {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`${value} can't be stored`);
      return { N: String(value) };
    case 'boolean':
      return { BOOL: value };
    case 'object':
      return objectToWire(value);
    default:
      throw new Error(`a ${typeof value} can't be stored`);
  }
}

function objectToWire(value: object | null): Wire {
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  if (value instanceof Set) {
    const texts = [...value].map((each: unknown) => {
      if (typeof each !== 'string') throw new Error('a set may hold text only');
      return each;
    });
    if (texts.length === 0) throw new Error('an empty set can not be stored');
    return { SS: texts };
  }
  if (Array.isArray(value)) return { L: value.filter((each: unknown) => each !== undefined).map(toWire) };
  return { M: itemToWire(value) };
}

/** Attributes that are undefined are left out. */
export function itemToWire(item: object): Record<string, Wire> {
  const wire: Record<string, Wire> = {};
  for (const [name, value] of Object.entries(item)) if (value !== undefined) put(wire, name, toWire(value));
  return wire;
}

/** @throws Error for a type that this table does not hold, or a number that JavaScript can't hold exactly */
export function fromWire(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return exactNumber(value.N);
  if (value.M !== undefined) return itemFromWire(value.M);
  if (value.L !== undefined) return value.L.map(fromWire);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.SS !== undefined) return new Set(value.SS);
  // On the wire bytes are text in base 64, whatever the SDK's type says.
  if (value.B !== undefined) return new Uint8Array(Buffer.from(String(value.B), 'base64'));
  throw new Error(`an attribute of the type ${Object.keys(value)[0]} is not known here`);
}

export function itemFromWire(item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const name of Object.keys(item)) {
    const value = item[name];
    if (value !== undefined) put(plain, name, fromWire(value));
  }
  return plain;
}

/** As a property of its own whatever its name is: assigned, this one would be the record's prototype. */
function put<T>(record: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') record[name] = value;
  else Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new Error(`${text} is too large to be exact`);
  return value;
}

import { hash, randomUUID } from 'node:crypto';

/**
 * Every identifier of the system is built here and nowhere else.
 * Escalation ids sort by time: 48 bits of milliseconds, then 80 random bits, in Crockford's base 32.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** @param value a whole number below 2^53 */
function base32(value: number, length: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Eight digits of base 32 for each ten of hex. */
function base32FromHex(hex: string): string {
  let text = '';
  for (let at = 0; at < hex.length; at += 10) text += base32(Number.parseInt(hex.slice(at, at + 10), 16), 8);
  return text;
}

/** Ten digits that sort as the instants do; those before 1970 as 1970. */
function timeDigits(ms: number): string {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${ms} is no instant in milliseconds`);
  return base32(Math.max(0, ms), 10);
}

/** 80 random bits in hex: those of a UUID that are all random, of which Node keeps a supply. */
function random80(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(24);
}

function timeSortedId(prefix: string, nowMs: number): string {
  return `${prefix}_${timeDigits(nowMs)}${base32FromHex(random80())}`;
}

export const escalationIdPattern = /^esc_[0-9A-HJKMNP-TV-Z]{26}$/;

/** @param nowMs epoch milliseconds */
export function newEscalationId(nowMs: number): string {
  return timeSortedId('esc', nowMs);
}

/** The id of an incident of another system: the same one has the same id whenever it is imported. */
export function importedEscalationId(source: string, number: string, openedAtMs: number): string {
  const seed = sha256(JSON.stringify([source, number])).slice(0, 20);
  return `esc_${timeDigits(openedAtMs)}${base32FromHex(seed)}`;
}

/** The least id that an escalation made at `ms` (epoch milliseconds) or later can have. */
export function escalationIdFloor(ms: number): string {
  return `esc_${timeDigits(ms)}${'0'.repeat(16)}`;
}

/** The instant within an escalation's id, in epoch milliseconds; 0 where it is not such an id. */
export function escalationIdTimeMs(escalationId: string): number {
  if (!escalationIdPattern.test(escalationId)) return 0;
  let ms = 0;
  for (const digit of escalationId.slice(4, 14)) ms = ms * 32 + alphabet.indexOf(digit);
  return ms;
}

export function newTextId(nowMs: number): string {
  return timeSortedId('txt', nowMs);
}

/** The same seed gives the same id, so that a repeated request does not store its text twice. */
export function textIdFrom(seed: string): string {
  const digest = sha256(seed);
  // The lowest 130 bits of the first 33 digits: ten, then 120.
  return `txt_${base32(Number.parseInt(digest.slice(0, 3), 16), 2)}${base32FromHex(digest.slice(3, 33))}`;
}

export function newRequestId(nowMs: number): string {
  return timeSortedId('req', nowMs);
}

export function newChangeId(nowMs: number): string {
  return timeSortedId('chg', nowMs);
}

export function newKeyId(nowMs: number): string {
  return timeSortedId('key', nowMs);
}

/** Temporal workflow id: the escalation id itself, so that one escalation can have only one running workflow. */
export function workflowIdOf(escalationId: string): string {
  return escalationId;
}

/** SHA-256 in hex. */
export function sha256(text: string): string {
  return hash('sha256', text);
}

/**
 * The id under which a command is done once: scoped to caller, route and escalation, so that one caller's key can
 * neither replay nor reveal another's. Also the id of the Temporal update.
 */
export function commandIdOf(scope: { callerId: string; route: string; escalationId: string; key: string }): string {
  return `cmd_${sha256(JSON.stringify([scope.callerId, scope.route, scope.escalationId, scope.key])).slice(0, 32)}`;
}

/** Dedup keys may hold personal data (an order, an address): only their hash, scoped to the source, is kept. */
export function dedupKeyHash(scope: { source: string; key: string }): string {
  return sha256(JSON.stringify([scope.source, scope.key])).slice(0, 40);
}

/** JSON with keys in order, so that equal values have equal hashes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    let items = '';
    for (const item of value) items += `${items === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${items}]`;
  }
  if (!isRecord(value)) return JSON.stringify(value ?? null);
  let entries = '';
  for (const key of Object.keys(value).toSorted()) {
    const item = value[key];
    if (item !== undefined) entries += `${entries === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(item)}`;
  }
  return `{${entries}}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

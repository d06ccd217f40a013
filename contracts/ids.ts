import { createHash, randomBytes } from 'node:crypto';

/**
 * Every identifier of the system is built here and nowhere else.
 * Escalation ids sort by time: 48 bits of milliseconds, then 80 random bits, in Crockford's base 32.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function base32(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text = alphabet.charAt(Number(rest & 31n)) + text;
    rest >>= 5n;
  }
  return text;
}

function timeSortedId(prefix: string, nowMs: number): string {
  return `${prefix}_${base32(BigInt(nowMs), 10)}${base32(BigInt(`0x${randomBytes(10).toString('hex')}`), 16)}`;
}

export const escalationIdPattern = /^esc_[0-9A-HJKMNP-TV-Z]{26}$/;

/** @param nowMs epoch milliseconds */
export function newEscalationId(nowMs: number): string {
  return timeSortedId('esc', nowMs);
}

/** The id of an incident of another system: the same one has the same id whenever it is imported. */
export function importedEscalationId(source: string, number: string, openedAtMs: number): string {
  const seed = sha256(JSON.stringify([source, number])).slice(0, 20);
  return `esc_${base32(BigInt(openedAtMs), 10)}${base32(BigInt(`0x${seed}`), 16)}`;
}

/** The least id that an escalation made at `ms` (epoch milliseconds) or later can have. */
export function escalationIdFloor(ms: number): string {
  return `esc_${base32(BigInt(Math.max(0, ms)), 10)}${'0'.repeat(16)}`;
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
  return `txt_${base32(BigInt(`0x${sha256(seed).slice(0, 33)}`), 26)}`;
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
  return createHash('sha256').update(text).digest('hex');
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
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

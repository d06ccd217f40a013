import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../contracts/ids.ts';
import type { Store } from './client.ts';
import { StoreError } from './errors.ts';

/** What a cursor is good for: the same caller asking the same thing. */
export interface CursorScope {
  readonly callerId: string;
  /** The whole question, without its page size and cursor. */
  readonly question: unknown;
}

const positionLimit = 500;

function seal(store: Store, scope: CursorScope, position: string): string {
  if (store.cursorSecret === undefined) {
    throw new StoreError('internal', 'lists need a cursor secret: set TIERLINE_CURSOR_SECRET');
  }
  const mac = createHmac('sha256', store.cursorSecret);
  return mac.update(canonicalJson([scope.callerId, scope.question, position])).digest('base64url');
}

/** A position in a list as text that only its caller can use, for the same list, and that can't be altered. */
export function sealCursor(store: Store, scope: CursorScope, position: string): string {
  return `${Buffer.from(position).toString('base64url')}.${seal(store, scope, position)}`;
}

/**
 * The position within a cursor.
 * @throws StoreError invalid_cursor when it was made for another caller or list, or by nobody here
 */
export function openCursor(store: Store, scope: CursorScope, cursor: string): string {
  const [encoded = '', mac = '', ...rest] = cursor.split('.');
  const position = Buffer.from(encoded, 'base64url').toString('utf8');
  const expected = Buffer.from(seal(store, scope, position));
  const given = Buffer.from(mac);
  const same = given.length === expected.length && timingSafeEqual(given, expected);
  if (!same || rest.length > 0 || position.length > positionLimit) {
    throw new StoreError('invalid_cursor', 'the cursor does not belong to this list');
  }
  return position;
}

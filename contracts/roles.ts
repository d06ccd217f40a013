import type { PersonCommandType } from '../domain/escalation/commands.ts';

export const roles = ['responder', 'account_manager', 'programme_manager', 'leader', 'integration'] as const;
export type Role = (typeof roles)[number];

/** Who a request comes from, taken from a verified token or key and from nothing else. */
export interface Caller {
  readonly id: string;
  readonly roles: readonly Role[];
  /** Accounts that an account manager may see; ignored for other roles. */
  readonly accounts: readonly string[];
  readonly team: string | null;
  /** For keys: the source that the key is bound to. */
  readonly source: string | null;
}

/**
 * The matrix of role x command. Account managers act on their own accounts only; that scope is checked beside this.
 * Leaders read, escalate, note, and approve an RCA.
 */
export const commandRoles: Readonly<Record<PersonCommandType, readonly Role[]>> = {
  acknowledge: ['responder', 'programme_manager'],
  'start-investigation': ['responder', 'programme_manager'],
  assign: ['responder', 'programme_manager'],
  'hand-off': ['responder', 'programme_manager'],
  escalate: ['responder', 'account_manager', 'programme_manager', 'leader'],
  'de-escalate': ['responder', 'programme_manager'],
  'change-severity': ['responder', 'programme_manager'],
  note: ['responder', 'account_manager', 'programme_manager', 'leader', 'integration'],
  'send-update': ['responder', 'account_manager', 'programme_manager'],
  pause: ['responder', 'programme_manager'],
  resume: ['responder', 'programme_manager'],
  resolve: ['responder', 'programme_manager'],
  reopen: ['responder', 'account_manager', 'programme_manager'],
  'submit-rca': ['responder', 'programme_manager'],
  'approve-rca': ['programme_manager', 'leader'],
  close: ['responder', 'programme_manager'],
  'migrate-policy': ['programme_manager'],
  cancel: ['programme_manager'],
};

export function mayCommand(caller: Caller, command: PersonCommandType): boolean {
  return commandRoles[command].some((role) => caller.roles.includes(role));
}

/** True when the caller's roles see every account; otherwise only `caller.accounts`. */
export function seesAllAccounts(caller: Caller): boolean {
  return caller.roles.some((role) => role === 'responder' || role === 'programme_manager' || role === 'leader');
}

/**
 * Whether a caller may know of an escalation at all: account managers of their accounts, integrations of what came
 * through their source, everybody else of all. What may not be known is answered as not found.
 */
export function maySee(
  caller: Caller,
  escalation: { readonly accountId: string | null; readonly source: string },
): boolean {
  if (seesAllAccounts(caller)) return true;
  const { accountId, source } = escalation;
  const ownAccount =
    caller.roles.includes('account_manager') && accountId !== null && caller.accounts.includes(accountId);
  return ownAccount || (caller.roles.includes('integration') && caller.source === source);
}

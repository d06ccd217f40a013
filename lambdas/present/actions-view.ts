import type { ActionsView } from '../../contracts/schemas/escalation.ts';
import { mayCommand, type Caller } from '../../contracts/roles.ts';
import { assertNever } from '../../domain/assert-never.ts';
import { decide } from '../../domain/escalation/decide.ts';
import {
  personCommandTypes,
  type DecisionContext,
  type PersonCommand,
  type PersonCommandType,
} from '../../domain/escalation/commands.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import { severities, type TextRef } from '../../domain/escalation/vocabulary.ts';
import { instantOf } from './units.ts';

const anyText: TextRef = { id: 'txt_any', hash: '' };
/** No person has this id, so that no assignment is refused as being so already. */
const somebodyElse = '\u0000';
const hourMs = 3_600_000;

/** A command of the type with arguments that nothing speaks against. */
function sampleOf(type: PersonCommandType, state: Escalation, nowMs: number): PersonCommand {
  switch (type) {
    case 'assign':
      return { type, assignee: somebodyElse };
    case 'hand-off':
      return { type, to: somebodyElse, note: anyText };
    case 'change-severity':
      return { type, severity: severities.find((one) => one !== state.severity) ?? state.severity, reason: anyText };
    case 'send-update':
      return { type, audience: 'internal', text: anyText };
    case 'pause':
      return { type, reason: 'waiting_for_customer', untilMs: nowMs + hourMs };
    case 'resolve':
      return { type, code: 'fixed', summary: anyText };
    case 'note':
    case 'submit-rca':
      return { type, text: anyText };
    case 'escalate':
    case 'de-escalate':
    case 'reopen':
    case 'cancel':
      return { type, reason: anyText };
    case 'migrate-policy':
      return { type, version: state.policy.version + 1 };
    case 'acknowledge':
    case 'start-investigation':
    case 'resume':
    case 'approve-rca':
    case 'close':
      return { type };
    default:
      return assertNever(type);
  }
}

/** What the rules would say to each command now: the same `decide` that answers a real one. */
export function actionsView(
  state: Escalation,
  caller: Caller,
  context: Omit<DecisionContext, 'actor' | 'expectedRev'>,
): ActionsView {
  const nowMs = Math.max(context.nowMs, state.updatedAtMs);
  return {
    asOf: instantOf(nowMs),
    seq: state.seq,
    rev: state.rev,
    actions: personCommandTypes.map((command) => {
      if (!mayCommand(caller, command)) {
        return { command, allowed: false, code: 'not_permitted', reason: 'your role does not allow it' } as const;
      }
      const actor = { kind: 'person', id: caller.id } as const;
      const decision = decide(state, sampleOf(command, state, nowMs), { ...context, nowMs, actor });
      return decision.kind === 'accepted'
        ? { command, allowed: true }
        : { command, allowed: false, code: decision.code, reason: decision.message };
    }),
  };
}

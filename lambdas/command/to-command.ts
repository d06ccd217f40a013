import { textIdFrom } from '../../contracts/ids.ts';
import type { CommandBodies } from '../../contracts/schemas/commands.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { PersonCommand, PersonCommandType } from '../../domain/escalation/commands.ts';
import type { TextRef } from '../../domain/escalation/vocabulary.ts';
import { textRefOf, type NewText, type TextKind } from '../../store/texts.ts';

/** A command's type with its body, as parsed. */
export type Asked = {
  [C in PersonCommandType]: { readonly type: C; readonly body: CommandBodies[C] };
}[PersonCommandType];

export interface Built {
  readonly command: PersonCommand;
  /** Written before the command is sent. */
  readonly text: NewText | null;
}

function plain(command: PersonCommand): Built {
  return { command, text: null };
}

/**
 * The core's command for a request. Its free text becomes an item of its own, under an id that follows from the command's
 * id, so that a repeated request does not store it twice.
 */
export function toCommand(asked: Asked, commandId: string): Built {
  const make = (kind: TextKind, text: string, build: (ref: TextRef) => PersonCommand): Built => {
    const item: NewText = { id: textIdFrom(commandId), kind, text };
    return { command: build(textRefOf(item)), text: item };
  };
  switch (asked.type) {
    case 'acknowledge':
    case 'start-investigation':
    case 'resume':
    case 'approve-rca':
    case 'close':
      return plain({ type: asked.type });
    case 'migrate-policy':
      return plain({ type: 'migrate-policy', version: asked.body.version });
    case 'assign': {
      const { assignee, team } = asked.body;
      return plain({ type: 'assign', assignee, ...(team === undefined ? {} : { team }) });
    }
    case 'hand-off':
      return make('note', asked.body.note, (note) => ({ type: 'hand-off', to: asked.body.to, note }));
    case 'escalate':
    case 'de-escalate': {
      const { type } = asked;
      const { toTier } = asked.body;
      const tier = toTier === undefined ? {} : { toTier };
      return make('reason', asked.body.reason, (reason) => ({ type, reason, ...tier }));
    }
    case 'change-severity': {
      const { severity } = asked.body;
      return make('reason', asked.body.reason, (reason) => ({ type: 'change-severity', severity, reason }));
    }
    case 'note':
      return make('note', asked.body.text, (text) => ({ type: 'note', text }));
    case 'send-update': {
      const { audience } = asked.body;
      return make('update', asked.body.text, (text) => ({ type: 'send-update', audience, text }));
    }
    case 'pause': {
      const { reason, until, note } = asked.body;
      const pause = { type: 'pause', reason, untilMs: Date.parse(until) } as const;
      return note === undefined ? plain(pause) : make('note', note, (ref) => ({ ...pause, note: ref }));
    }
    case 'resolve': {
      const { code } = asked.body;
      return make('summary', asked.body.summary, (summary) => ({ type: 'resolve', code, summary }));
    }
    case 'submit-rca':
      return make('rca', asked.body.text, (text) => ({ type: 'submit-rca', text }));
    case 'reopen':
    case 'cancel': {
      const { type } = asked;
      return make('reason', asked.body.reason, (reason) => ({ type, reason }));
    }
    default:
      return assertNever(asked);
  }
}

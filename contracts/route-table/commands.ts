import type { PersonCommandType } from '../../domain/escalation/commands.ts';
import { commandRoles } from '../roles.ts';
import { KIB, type RouteShape, type Touch } from './shape.ts';

interface CommandRoute<C extends PersonCommandType> extends RouteShape {
  readonly id: C;
  readonly method: 'POST';
  readonly lambda: 'command';
  readonly command: C;
}

function command<const C extends PersonCommandType>(
  type: C,
  summary: string,
  touches: readonly Touch[] = [],
): CommandRoute<C> {
  return {
    id: type,
    method: 'POST',
    path: `/v1/escalations/{id}/${type}`,
    summary,
    tag: 'commands',
    auth: commandRoles[type].includes('integration') ? 'jwt_or_key' : 'jwt',
    roles: commandRoles[type],
    lambda: 'command',
    maxBodyBytes: 128 * KIB,
    // The handler answers 202 after 20 s at the latest.
    timeoutSeconds: 28,
    touches: ['table_read', 'temporal', ...touches],
    throttle: { ratePerSecond: 200, burst: 400 },
    command: type,
  };
}

/** Commands that carry text write it to the table before they are sent. */
const withText = ['table_write'] as const;

/** `POST /v1/escalations/{id}/<command>`, one for each command. */
export const commandRoutes = {
  acknowledge: command('acknowledge', 'Say that somebody has it: the tier is not asked again'),
  'start-investigation': command('start-investigation', 'Say that the work has begun'),
  assign: command('assign', 'Give it to a person'),
  'hand-off': command('hand-off', 'Pass it on to another person with a note', withText),
  escalate: command('escalate', 'Move it up a tier and page that tier', withText),
  'de-escalate': command('de-escalate', 'Move it down a tier', withText),
  'change-severity': command('change-severity', 'Change how bad it is; clocks take the new targets', withText),
  note: command('note', 'Add a note to the timeline', withText),
  'send-update': command('send-update', 'Tell an audience how it stands; stops the update clocks', withText),
  pause: command('pause', 'Stop the clocks that may stop, until an instant', withText),
  resume: command('resume', 'End a pause before its time'),
  resolve: command('resolve', 'Say that the cause or its effect is gone', withText),
  reopen: command('reopen', 'Take a resolved or closed escalation up again', withText),
  'submit-rca': command('submit-rca', 'Hand in the root cause analysis', withText),
  'approve-rca': command('approve-rca', "Accept somebody else's root cause analysis"),
  close: command('close', 'End it'),
  'migrate-policy': command('migrate-policy', 'Move it to another version of its policy; what has run is kept'),
  cancel: command('cancel', 'End it as filed by mistake', withText),
} satisfies { readonly [C in PersonCommandType]: CommandRoute<C> };

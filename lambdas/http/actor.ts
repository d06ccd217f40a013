import type { Caller } from '../../contracts/roles.ts';
import type { Actor } from '../../domain/escalation/vocabulary.ts';

/** Who an event is caused by. The caller comes from a verified token or key, so this can't be claimed. */
export function actorOf(caller: Caller): Actor {
  return { kind: caller.roles.every((role) => role === 'integration') ? 'integration' : 'person', id: caller.id };
}

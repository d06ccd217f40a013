import { own } from '../../domain/own.ts';
import type { Logger } from '../../contracts/logger.ts';
import type { IntakePorts } from './ports.ts';

interface Names {
  readonly policy?: string | undefined;
  readonly team?: string | undefined;
}

/**
 * The names that are there. A machine goes on saying what it was once told to: what it reports is never refused for the name of a
 * policy or of a team that is gone; the routing rules say where it goes.
 */
export async function knownNames(
  ports: IntakePorts,
  { policy, team }: Names,
  log: Logger,
): Promise<{ readonly policy?: string; readonly team?: string }> {
  const { teams } = (await ports.document()).directory;
  const knownPolicy = policy === undefined || (await ports.policy(policy)) === null ? {} : { policy };
  const knownTeam = team === undefined || own(teams, team) === undefined ? {} : { team };
  const count =
    [policy, team].filter((name) => name !== undefined).length - Object.keys({ ...knownPolicy, ...knownTeam }).length;
  if (count > 0) log.warn('intake.names_unknown', { count });
  return { ...knownPolicy, ...knownTeam };
}

import { errorFields } from '../../contracts/logger.ts';
import { dedupKeyHash, sha256 } from '../../contracts/ids.ts';
import type { Alert, MachineReceipt } from '../../contracts/schemas/intake.ts';
import { isOneOf, workStates } from '../../domain/escalation/vocabulary.ts';
import { readHead } from '../../store/log.ts';
import { actorOf } from '../http/actor.ts';
import { ApiError } from '../http/api-error.ts';
import { translated } from '../http/translate-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { alertFields } from './alert-fields.ts';
import { clearCause } from './clear.ts';
import { knownNames } from './known-names.ts';
import type { IntakePorts } from './ports.ts';
import { sourceOf } from './source.ts';
import { takeIn, type AttemptKey, type TakenIn } from './take-in.ts';

/** Alerts of one notification that are taken in at the same time. */
const atOnce = 8;
/** No other is begun after so long, so that there is an answer within the Lambda's time. */
const longestMs = 14_000;
/** How long a firing is remembered. */
const firingKeptMs = 30 * 24 * 3_600_000;
/** An alert that fires on for so long after its escalation was ended by people opens another. */
const graceMs = 15 * 60_000;
/** So many escalations in a row may be opened by one firing that never stops. */
const maxRounds = 20;

/**
 * Alertmanager's webhook: one escalation for each alert, known by its fingerprint. Alertmanager sends a firing alert
 * again with each change of its group and with each retry; what tells a new firing from a repeated message is its start,
 * so the same message can come any number of times. A failure in one alert fails the call, once the others are taken in:
 * Alertmanager sends it again.
 * @throws ApiError `unavailable` also where there was no time for all of them
 */
export async function takeAlertmanager(
  ports: IntakePorts,
  call: Call<'takeAlertmanager'>,
): Promise<Reply<'takeAlertmanager'>> {
  const { alerts, truncatedAlerts = 0 } = call.input.body;
  if (truncatedAlerts > 0) call.log.warn('alertmanager.truncated', { count: truncatedAlerts });
  const startedMs = performance.now();
  const failures: unknown[] = [];
  const receipts = new Map<number, MachineReceipt>();
  const queue = inTurn(alerts.map((alert, index) => ({ alert, index })));
  const work = async (): Promise<void> => {
    while (performance.now() - startedMs < longestMs) {
      const next = queue.shift();
      if (next === undefined) return;
      try {
        receipts.set(next.index, await receive(ports, call, next.alert));
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, alerts.length) }, work));
  const left = failures.length + queue.length;
  if (left > 0) {
    // One line for all of them: the first tells what it was.
    call.log.warn('alertmanager.alerts_left', {
      ...(failures.length > 0 ? errorFields(failures[0]) : {}),
      count: left,
    });
    throw toBeSentAgain(failures);
  }
  return { status: 200, body: { receipts: alerts.flatMap((_, index) => receipts.get(index) ?? []) } };
}

export interface Queued {
  readonly alert: Alert;
  readonly index: number;
}

/**
 * What fires first, since for it somebody has to be asked; what is resolved may have to wait for Temporal. Each from another place at
 * each message: one that fails or takes long must not keep the same others back every time.
 */
export function inTurn(queued: readonly Queued[], random: () => number = Math.random): Queued[] {
  const rotated = (some: readonly Queued[]): readonly Queued[] => {
    const from = Math.floor(random() * some.length);
    return [...some.slice(from), ...some.slice(0, from)];
  };
  const isFiring = ({ alert }: Queued): boolean => alert.status === 'firing';
  return [...rotated(queued.filter((each) => isFiring(each))), ...rotated(queued.filter((each) => !isFiring(each)))];
}

/** Alertmanager gives up at any other status: not even what was wrong with one alert may become one. */
function toBeSentAgain(failures: readonly unknown[]): unknown {
  return (
    failures.find((error) => translated(error).status >= 500) ?? new ApiError('unavailable', { retryAfterSeconds: 1 })
  );
}

async function receive(ports: IntakePorts, call: Call<'takeAlertmanager'>, alert: Alert): Promise<MachineReceipt> {
  const source = sourceOf(call.caller);
  const { fingerprint } = alert;
  const dedupKey = dedupKeyHash({ source, key: fingerprint });
  if (alert.status === 'resolved') {
    const messageId = sha256(JSON.stringify([dedupKey, alert.startsAt ?? '', alert.endsAt ?? '']));
    const escalationId = await clearCause(ports, dedupKey, { source, messageId });
    return { dedupKey: fingerprint, outcome: escalationId === null ? 'nothing_open' : 'cleared', escalationId };
  }
  const firing = [source, fingerprint, alert.startsAt ?? ''];
  let taken = await takeFiring(ports, call, alert, { source, dedupKey }, firing);
  for (let round = 1; round < maxRounds && taken.replayed; round += 1) {
    const escalationId = idOf(taken);
    if (!(await hasEndedLongAgo(ports, escalationId, call.nowMs))) break;
    taken = await takeFiring(ports, call, alert, { source, dedupKey }, [...firing, escalationId]);
  }
  const outcome = taken.replayed ? 'known' : taken.kind === 'accepted' ? 'opened' : 'counted';
  return { dedupKey: fingerprint, outcome, escalationId: idOf(taken) };
}

function idOf(taken: TakenIn): string {
  return taken.kind === 'accepted' ? taken.record.id : taken.escalationId;
}

/** @param firing what makes this firing the same one when it is said again */
async function takeFiring(
  ports: IntakePorts,
  call: Call<'takeAlertmanager'>,
  alert: Alert,
  scope: { readonly source: string; readonly dedupKey: string },
  firing: readonly string[],
): Promise<TakenIn> {
  const { policy, team, ...fields } = alertFields(alert);
  const named = await knownNames(ports, { policy, team }, call.log);
  const hash = sha256(JSON.stringify(['alertmanager', ...firing]));
  const attempt: AttemptKey = { hash, bodyHash: hash, expiresAtMs: call.nowMs + firingKeptMs };
  const incoming = { ...fields, ...named, ...scope, channel: 'monitoring', actor: actorOf(call.caller) } as const;
  return takeIn(ports, incoming, attempt, call);
}

async function hasEndedLongAgo(ports: IntakePorts, escalationId: string, nowMs: number): Promise<boolean> {
  const head = await readHead(ports.store, escalationId);
  if (head === null || isOneOf(workStates, head.record.state)) return false;
  return nowMs - (head.record.resolvedAtMs ?? head.record.updatedAtMs) > graceMs;
}

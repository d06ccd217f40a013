import type { Logger } from '../contracts/logger.ts';
import type { HandoffMessage } from '../contracts/notifications.ts';
import { handoffNotices } from '../domain/on-call/handoffs.ts';
import type { Publisher } from '../activities/publisher.ts';
import type { Store } from '../store/client.ts';
import type { DirectoryReader } from '../store/directory-reader.ts';
import { beginHandoffNotice, endHandoffNotice } from '../store/handoff-notices.ts';
import { Repeater } from './repeater.ts';

export interface HandoffNotifierOptions {
  readonly store: Store;
  readonly directory: DirectoryReader;
  readonly publisher: Publisher;
  readonly logger: Logger;
  readonly everyMs?: number;
  /** How long before the handoff it is told. */
  readonly leadMs?: number;
  readonly nowMs?: () => number;
}

/** After an outage, handoffs that lie this far back are still told. */
const lookBackMs = 3_600_000;

/** Tells those who leave and those who come, some time before each handoff, once for all workers. */
export function notifyHandoffs(options: HandoffNotifierOptions): Repeater {
  const { store, directory, publisher, logger } = options;
  const leadMs = options.leadMs ?? 30 * 60_000;
  const now = options.nowMs ?? Date.now;
  return new Repeater({
    code: 'handoffs.notify_failed',
    everyMs: options.everyMs ?? 30_000,
    logger,
    round: async () => {
      const nowMs = now();
      const { schedules } = await directory.around(nowMs);
      for (const [scheduleId, schedule] of Object.entries(schedules)) {
        for (const { handoff, recipients } of handoffNotices(schedule, nowMs - lookBackMs, nowMs + 1, leadMs)) {
          if (!(await beginHandoffNotice(store, scheduleId, handoff.atMs))) continue;
          await publisher.publishUpdate(messageOf(scheduleId, handoff, recipients));
          await endHandoffNotice(store, scheduleId, handoff.atMs, nowMs);
        }
      }
      return false;
    },
  });
}

function messageOf(
  scheduleId: string,
  handoff: { readonly atMs: number; readonly outgoing: readonly string[]; readonly incoming: readonly string[] },
  recipients: readonly string[],
): HandoffMessage {
  const { atMs, outgoing, incoming } = handoff;
  return {
    version: 1,
    kind: 'handoff',
    id: `${scheduleId}#${new Date(atMs).toISOString()}`,
    scheduleId,
    atMs,
    outgoing,
    incoming,
    recipients: [...new Set(recipients)],
  };
}

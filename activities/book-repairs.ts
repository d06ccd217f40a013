import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { workflowIdOf } from '../contracts/ids.ts';
import { escalationStart, signalNames, workflowTypes } from '../contracts/temporal-names.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { Repair } from '../domain/books/faults.ts';
import { listAgain } from '../store/books.ts';
import type { Store } from '../store/client.ts';
import { clearPending, repairHead } from '../store/commit.ts';
import { adoptOrphan } from '../store/orphans.ts';
import { closePointer, reopenPointer } from '../store/pointer.ts';
import type { Gathered } from './book-entry.ts';
import type { Suspect } from './reconciler-types.ts';

export interface Patient {
  readonly suspect: Suspect;
  readonly seen: Gathered;
  readonly nowMs: number;
}

/** A workflow that is gone meanwhile is the next run's concern. */
async function ignoreGone(doing: Promise<unknown>): Promise<void> {
  try {
    await doing;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

const usualNudges = 6;

export interface RepairPorts {
  readonly store: Store;
  readonly client: Pick<Client, 'workflow'>;
  /**
   * After so many runs in which a nudge did not help, and each time so many more, the workflow is ended and made again
   * from its log, which is the truth.
   */
  readonly nudgesBeforeRemake?: number;
}

/** Repairs: each leads to the state that the log demands, and changes nothing where that is so already. */
export function createRepairs({ store, client, nudgesBeforeRemake = usualNudges }: RepairPorts) {
  const start = async ({ suspect, seen }: Patient): Promise<void> => {
    if (seen.state === null) return;
    await client.workflow.start(workflowTypes.escalation, escalationStart(suspect.escalationId, seen.state.severity));
  };

  const end = (patient: Patient, reason: string): Promise<void> =>
    ignoreGone(client.workflow.getHandle(workflowIdOf(patient.suspect.escalationId)).terminate(reason));

  const nudge = async (patient: Patient): Promise<void> => {
    const { escalationId, runs = 0 } = patient.suspect;
    if (runs > 0 && runs % nudgesBeforeRemake === 0) {
      await end(patient, 'made again from its log');
      return start(patient);
    }
    return ignoreGone(client.workflow.getHandle(workflowIdOf(escalationId)).signal(signalNames.nudge));
  };

  const adopt = async ({ suspect, nowMs }: Patient): Promise<void> => {
    // A first commit that lost its mark is listed again, so that adopting it and taking it back exclude one another.
    if (await listAgain(store, suspect.escalationId)) await adoptOrphan(store, suspect.escalationId, nowMs);
  };

  return {
    run: async (repair: Repair, patient: Patient): Promise<void> => {
      const { suspect, seen, nowMs } = patient;
      const { escalationId } = suspect;
      switch (repair) {
        case 'none':
          return undefined;
        case 'adopt':
          return adopt(patient);
        case 'write_record':
          await repairHead(store, escalationId);
          return undefined;
        case 'start_workflow':
          return start(patient);
        case 'unlist':
          return clearPending(store, escalationId);
        case 'nudge':
          return nudge(patient);
        case 'end_workflow':
          return end(patient, 'the escalation has ended');
        case 'close_key':
          if (seen.dedupKey !== null) await closePointer(store, seen.dedupKey, escalationId, seen.keyCount);
          return undefined;
        case 'take_key':
          if (seen.dedupKey === null || seen.state === null) return undefined;
          await reopenPointer(store, seen.dedupKey, escalationId, seen.state.occurrences, nowMs);
          return undefined;
        default:
          return assertNever(repair);
      }
    },
  };
}

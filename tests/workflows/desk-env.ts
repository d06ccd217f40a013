import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  DefaultLogger,
  Runtime,
  type Worker,
  type WorkflowBundleWithSourceMap,
  bundleWorkflowCode,
} from '@temporalio/worker';
import { updateNames, workflowTypes } from '../../contracts/temporal-names.ts';
import type { CarriedState, CommandOutcome, EscalationInput } from '../../contracts/workflow-messages.ts';
import type { PersonCommand } from '../../domain/escalation/commands.ts';
import { decideAtReceipt } from '../../domain/escalation/first-events.ts';
import { newEscalationId } from '../../contracts/ids.ts';
import type { Actor, Severity } from '../../domain/escalation/vocabulary.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { cachedTestServer } from '../../local/tools/test-server.ts';
import { dana, policy as defaultPolicy, received } from '../domain/escalation/given.ts';
import { LateTimers } from '../../worker/late-timers.ts';
import { LeanWorker } from '../../worker/lean-worker.ts';
import { TaskSlots } from '../../worker/task-slots.ts';
import { sharedModules, workflowSources } from '../../worker/workflow-bundle.ts';
import { stamp } from '../support/stamp.ts';
import { PaperDesk } from './paper-desk.ts';

/** What a workflow told its worker of a timer. */
interface Armed {
  readonly id: string;
  readonly atMs: number;
}

/** The time-skipping server with a worker on it: an escalation's weeks pass in a moment. */
export interface DeskEnv {
  readonly env: TestWorkflowEnvironment;
  readonly desk: PaperDesk;
  readonly worker: Worker;
  /** Told by the workflows, the oldest first. */
  readonly armed: readonly Armed[];
  /**
   * @param options.begins intake decides the beginning
   * @param options.handsOver and hands it to the workflow, as begun under these flags
   * @param options.writtenBefore something is written to the log between
   * @param options.startsLateMs the workflow is started so long after the intake
   */
  readonly start: (options?: {
    severity?: Severity;
    dedupKey?: string;
    begins?: boolean;
    handsOver?: boolean;
    writtenBefore?: boolean;
    startsLateMs?: number;
  }) => Promise<Running>;
  readonly close: () => Promise<void>;
}

export interface Running {
  readonly id: string;
  readonly handle: WorkflowHandle;
  /** Accepted commands answer their outcome; a refusal answers its code, however it came. */
  readonly send: (
    command: PersonCommand,
    more?: { key?: string; bodyHash?: string; actor?: Actor; expectedRev?: number },
  ) => Promise<CommandOutcome | string>;
}

let bundle: Promise<WorkflowBundleWithSourceMap> | null = null;

export function workflowBundleForTests(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({ ...workflowSources, logger: new DefaultLogger('WARN') });
  return bundle;
}

/** Other workflows in the place of the desk's, from a folder beside this file, compiled as the desk's are. */
export function bundleOf(folder: string): Promise<WorkflowBundleWithSourceMap> {
  const workflowsPath = join(__dirname, folder, 'index.ts');
  const preloadModules = sharedModules(workflowsPath);
  return bundleWorkflowCode({ workflowsPath, preloadModules, logger: new DefaultLogger('ERROR') });
}

/**
 * @param bundled other workflows than the desk's own
 * @param tuning where the worker is to differ from the SDK's own
 */
export async function openDesk(
  policy: Policy = defaultPolicy,
  bundled: Promise<WorkflowBundleWithSourceMap> = workflowBundleForTests(),
  tuning: { readonly maxCachedWorkflows?: number; readonly isolateExecutionTimeout?: string } = {},
): Promise<DeskEnv> {
  const server = cachedTestServer();
  if (server === undefined) throw new Error('the time-skipping test server is missing: run npm test, which fetches it');
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // Another suite of this process has installed it.
  }
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: server.executable } });
  const desk = new PaperDesk(policy);
  const taskQueue = `desk-${randomUUID()}`;
  const armed: Armed[] = [];
  const timers = new LateTimers(new TaskSlots(), () => undefined);
  timers.note = (id, atMs) => void armed.push({ id, atMs });
  const worker = await LeanWorker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: await bundled,
    activities: desk.activities(),
    sinks: timers.sinks,
    ...tuning,
  });
  const running = worker.run();

  return {
    env,
    desk,
    worker,
    armed,
    start: async (options = {}) => {
      const id = newEscalationId(await env.currentTimeMs());
      const base = received(options.severity ?? 'sev2');
      if (base.type !== 'escalation.received') throw new Error('not a first event');
      const { dedupKey } = options;
      const first = { ...base, atMs: await env.currentTimeMs(), ...(dedupKey === undefined ? {} : { dedupKey }) };
      const surroundings = { escalationId: id, policy, calendars: {}, calendarPins: {} };
      desk.receive(id, first, options.begins === true ? decideAtReceipt(first, surroundings).events : []);
      if (options.startsLateMs !== undefined) await env.sleep(options.startsLateMs);
      const input: EscalationInput = {
        escalationId: id,
        ...(options.handsOver === true ? { begun: handedOver(desk, id) } : {}),
      };
      if (options.writtenBefore === true) {
        const state = desk.state(id);
        const change = { type: 'severity.changed', from: 'sev2', to: 'sev3', cause: 'lost_result' } as const;
        desk.write(id, stamp(state, [change], { nowMs: state.updatedAtMs, actor: dana }));
      }
      const handle = await env.client.workflow.start(workflowTypes.escalation, {
        taskQueue,
        workflowId: id,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      });
      return { id, handle, send: sender(handle) };
    },
    close: async () => {
      worker.shutdown();
      await running;
      await env.teardown();
    },
  };
}

/** What intake hands over when it has begun an escalation. */
function handedOver(desk: PaperDesk, id: string): CarriedState {
  const state = desk.state(id);
  return { state, policy: desk.policy, calendars: {}, calendarPins: {}, processed: [], evicted: 0, flags: desk.flags };
}

function sender(handle: WorkflowHandle): Running['send'] {
  return async (command, more = {}) => {
    const commandId = more.key ?? randomUUID();
    try {
      return await handle.executeUpdate<CommandOutcome, [unknown]>(updateNames.command, {
        updateId: `${commandId}.${more.bodyHash ?? ''}.${randomUUID()}`,
        args: [
          {
            commandId,
            bodyHash: more.bodyHash ?? 'a'.repeat(64),
            actor: more.actor ?? dana,
            command,
            ...(more.expectedRev === undefined ? {} : { expectedRev: more.expectedRev }),
          },
        ],
      });
    } catch (error) {
      const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
      if (cause instanceof ApplicationFailure && cause.type != null) return cause.type;
      throw error;
    }
  };
}

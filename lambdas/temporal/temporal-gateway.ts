import { setTimeout as setTimer } from 'node:timers/promises';

import { WithStartWorkflowOperation, WorkflowNotFoundError, type Client } from '@temporalio/client';

import { eventCommandId } from '../../contracts/command-ids.ts';
import { setting, type EnvSource } from '../../contracts/env.ts';
import { escalationStart, signalNames, updateNames, workflowTypes } from '../../contracts/temporal-names.ts';
import type {
  CarriedState,
  CommandMessage,
  CommandOutcome,
  EscalationInput,
} from '../../contracts/workflow-messages.ts';
import type { Severity } from '../../domain/escalation/vocabulary.ts';
import { ApiError } from '../http/api-error.ts';
import type { CommandAnswer, EscalationGateway } from './escalation-gateway.ts';
import { isAborted, isBrokenWay, isOverload } from './grpc-errors.ts';
import { TemporalChannel, type TemporalTarget } from './temporal-channel.ts';
import { refusalIn, wasNotDecided } from './update-failures.ts';

/** How long a request may take, and how long all requests of the call together. */
interface Try {
  readonly requestMs: number;
  readonly callMs: number;
}

/** An HTTP API answers within 30 s: after this long the caller is told to look later. */
const commandBudgetMs = 20_000;
/**
 * A frozen Lambda's channel can look alive and fail: the first try is short, the second has a fresh connection and the
 * rest of the time. Both carry the same update id, so that the command is done once.
 */
const firstTry: Try = { requestMs: 4_000, callMs: 4_000 };
/**
 * A workflow takes 10 updates at once; what comes on top is given again after growing pauses, for so long. Then the
 * caller is told to come back.
 */
const patienceMs = 8_000;
const longestPauseMs = 800;
const startDeadlineMs = 250;
const hintDeadlineMs = 500;
const clearTries: readonly Try[] = [
  { requestMs: 1_500, callMs: 1_500 },
  { requestMs: 3_000, callMs: 3_000 },
];
const probeDeadlineMs = 1_000;
const closeAfterMs = 30_000;
/**
 * A way that broke is given up for a fresh one so often at most. While the server is away every call would open another,
 * each of which costs more than the call.
 */
const freshWayEveryMs = 500;

const overloaded = (): ApiError => new ApiError('overloaded', { retryAfterSeconds: 1 });
const unknown = (): ApiError => new ApiError('outcome_unknown', { retryAfterSeconds: 2 });
const unavailable = (): ApiError => new ApiError('unavailable', { retryAfterSeconds: 2 });

type EscalationWorkflow = (input: EscalationInput) => Promise<void>;

export function temporalTargetFrom(env: EnvSource = process.env): TemporalTarget {
  const apiKey = setting('temporalApiKey', env);
  return {
    address: setting('temporalAddress', env),
    namespace: setting('temporalNamespace', env),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}

/** Speaks to the workflows. Connects at the first call; nothing is sent before. */
export class TemporalGateway implements EscalationGateway {
  #channel: TemporalChannel | undefined;

  constructor(private readonly target: TemporalTarget) {}

  async sendCommand(escalationId: string, severity: Severity, message: CommandMessage): Promise<CommandAnswer> {
    if (this.#connected().isCut) throw unavailable();
    const endMs = Date.now() + commandBudgetMs;
    const lastTryMs = Date.now() + patienceMs;
    for (let attempt = 0; ; attempt += 1) {
      const leftMs = endMs - Date.now();
      try {
        return await this.#try([firstTry, { requestMs: commandBudgetMs, callMs: leftMs - firstTry.callMs }], (client) =>
          this.#update(client, escalationId, severity, message),
        );
      } catch (error) {
        const refusal = refusalIn(error);
        if (refusal !== null) return refusal;
        if (isBrokenWay(error)) return this.#unanswered(escalationId);
        if (!isOverload(error) && !isAborted(error) && !wasNotDecided(error)) throw error;
        const pauseMs = Math.min(50 * 2 ** attempt, longestPauseMs) * (0.5 + Math.random());
        // What the server let go of is most likely not done; only the same key makes sure.
        if (Date.now() + pauseMs > lastTryMs) throw isAborted(error) ? unknown() : overloaded();
        await setTimer(pauseMs);
      }
    }
  }

  async start(escalationId: string, severity: Severity, begun?: CarriedState): Promise<void> {
    const { args, ...options } = escalationStart(escalationId, severity, begun);
    await this.#within(startDeadlineMs, (client) =>
      client.workflow.start(workflowTypes.escalation, { ...options, args: [...args] }),
    );
  }

  async hintOccurrences(escalationId: string, hint: { readonly count: number }): Promise<void> {
    await this.#within(hintDeadlineMs, (client) =>
      client.workflow.getHandle(escalationId).signal(signalNames.occurrences, hint),
    );
  }

  async reportClear(
    escalationId: string,
    severity: Severity,
    message: { readonly source: string; readonly messageId: string },
  ): Promise<void> {
    const { args, ...options } = escalationStart(escalationId, severity);
    try {
      await this.#try(clearTries, (client) =>
        client.workflow.signalWithStart(workflowTypes.escalation, {
          ...options,
          args: [...args],
          signal: signalNames.cleared,
          signalArgs: [message],
        }),
      );
    } catch (error) {
      if (isOverload(error)) throw overloaded();
      if (isBrokenWay(error)) throw unavailable();
      throw error;
    }
  }

  /** Closes the channel; the next call opens another. */
  async close(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    channel?.close();
  }

  async #update(
    client: Client,
    escalationId: string,
    severity: Severity,
    message: CommandMessage,
  ): Promise<CommandOutcome> {
    // With the body's hash: Temporal answers a known update id without asking the workflow, and another request under the
    // same key has to reach it to be refused.
    const update = { args: [message], updateId: eventCommandId(message.commandId, message.bodyHash) } satisfies {
      args: [CommandMessage];
      updateId: string;
    };
    try {
      // The workflow nearly always runs, and then this is much cheaper for the server than an update with a start.
      return await client.workflow
        .getHandle(escalationId)
        .executeUpdate<CommandOutcome, [CommandMessage]>(updateNames.command, update);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    const { args, ...options } = escalationStart(escalationId, severity);
    return client.workflow.executeUpdateWithStart<EscalationWorkflow, CommandOutcome, [CommandMessage]>(
      updateNames.command,
      {
        ...update,
        startWorkflowOperation: new WithStartWorkflowOperation<EscalationWorkflow>(workflowTypes.escalation, {
          ...options,
          args: [...args],
        }),
      },
    );
  }

  /** A server that answers at all has been handed what was sent; of one that does not, nothing is known. */
  async #unanswered(escalationId: string): Promise<CommandAnswer> {
    try {
      await this.#within(probeDeadlineMs, (client) => client.workflow.getHandle(escalationId).describe());
      return { kind: 'pending' };
    } catch {
      throw unknown();
    }
  }

  async #try<T>(tries: readonly Try[], call: (client: Client) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const { requestMs, callMs } of tries) {
      const used = this.#connected();
      try {
        return await used.within(requestMs, call, callMs);
      } catch (error) {
        if (!isBrokenWay(error)) throw error;
        this.#replace(used);
        failure = error;
      }
    }
    throw failure;
  }

  /** Later calls take another channel; those under way on this one are left to end. */
  #replace(used: TemporalChannel): void {
    if (this.#channel !== used || used.ageMs < freshWayEveryMs) return;
    this.#channel = undefined;
    used.retire(closeAfterMs);
  }

  async #within<T>(deadlineMs: number, call: (client: Client) => Promise<T>): Promise<T> {
    return this.#connected().within(deadlineMs, call);
  }

  #connected(): TemporalChannel {
    if (this.#channel?.isCut === true) this.#replace(this.#channel);
    this.#channel ??= new TemporalChannel(this.target);
    return this.#channel;
  }
}

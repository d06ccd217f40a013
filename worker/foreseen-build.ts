import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { refusedCode } from './outage.ts';

/** What a start says beforehand of the worker that will take its first task. */
export interface Foreseen {
  readonly typedSearchAttributes?: TypedSearchAttributes;
}

const buildIds = defineSearchAttributeKey('BuildIds', 'KEYWORD_LIST');
/** gRPC's status code for an argument that is not valid, by the protocol. */
const invalidArgument = 3;

/**
 * After the first task of a workflow the server notes the build of its worker in a search attribute, and for that writes its entry in
 * the lists a second time, with all its indexes: a tenth of what the server does for a new escalation. A start that says the same beforehand spares it that.
 *
 * It is only a saving. Where another worker takes the task, the server notes that one as well; and a server that does not let
 * anybody say it is asked without, from then on.
 */
export class ForeseenBuild {
  #foreseen: Foreseen;

  /** @param buildId as the worker tells it to the server */
  constructor(buildId: string) {
    // What the server notes of a worker that uses no worker versioning.
    const value = ['unversioned', `unversioned:${buildId}`];
    this.#foreseen = { typedSearchAttributes: new TypedSearchAttributes([{ key: buildIds, value }]) };
  }

  async run<T>(start: (foreseen: Foreseen) => Promise<T>): Promise<T> {
    const foreseen = this.#foreseen;
    try {
      return await start(foreseen);
    } catch (error) {
      if (foreseen.typedSearchAttributes === undefined || refusedCode(error) !== invalidArgument) throw error;
      const started = await start({});
      // It was this that was not valid, and nothing else of the start.
      this.#foreseen = {};
      return started;
    }
  }
}

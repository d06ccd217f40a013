import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '@temporalio/client';
import { ForeseenBuild, type Foreseen } from '../../worker/foreseen-build.ts';

/** As a client tells what the server answered. */
function answered(code: number): ServiceError {
  return new ServiceError('Failed to start Workflow', {
    cause: Object.assign(new Error('3 INVALID_ARGUMENT'), { code, details: '', metadata: {} }),
  });
}

function said({ typedSearchAttributes }: Foreseen): unknown {
  return typedSearchAttributes?.getAll().map(({ key, value }) => [key.name, value]) ?? null;
}

const foreseen = [['BuildIds', ['unversioned', 'unversioned:b1']]];

describe('the build that a start foresees', () => {
  it('is said with each start', async () => {
    const build = new ForeseenBuild('b1');
    const starts: unknown[] = [];
    for (let index = 0; index < 2; index += 1) {
      expect(await build.run(async (more) => void starts.push(said(more)))).toBeUndefined();
    }
    expect(starts).toEqual([foreseen, foreseen]);
  });

  it('is left out, at once and from then on, where the server does not let it be said', async () => {
    const build = new ForeseenBuild('b1');
    const starts: unknown[] = [];
    const refusing = async (more: Foreseen): Promise<string> => {
      starts.push(said(more));
      if (said(more) !== null) throw answered(3);
      return 'started';
    };
    expect(await build.run(refusing)).toBe('started');
    expect(await build.run(refusing)).toBe('started');
    expect(starts).toEqual([foreseen, null, null]);
  });

  it('is said again after any other failure, which is told', async () => {
    const build = new ForeseenBuild('b1');
    const starts: unknown[] = [];
    for (const error of [answered(14), new Error('of its own')]) {
      const failing = async (more: Foreseen): Promise<never> => {
        starts.push(said(more));
        throw error;
      };
      await expect(build.run(failing)).rejects.toBe(error);
    }
    expect(starts).toEqual([foreseen, foreseen]);
  });

  it('is said again after a start that is not valid without it either', async () => {
    const build = new ForeseenBuild('b1');
    const starts: unknown[] = [];
    const error = answered(3);
    const refusing = async (more: Foreseen): Promise<never> => {
      starts.push(said(more));
      throw error;
    };
    await expect(build.run(refusing)).rejects.toBe(error);
    await expect(build.run(refusing)).rejects.toBe(error);
    expect(starts).toEqual([foreseen, null, foreseen, null]);
  });
});

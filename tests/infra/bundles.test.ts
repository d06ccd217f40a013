import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lambdaNames, routesOf, type LambdaName } from '../../contracts/routes.ts';
import { bundleLambdas, type LambdaBundle } from '../../infra/bundle-lambdas.ts';

const kib = 1024;
/** What a Lambda weighs decides how soon it answers after a pause. */
const atMostBytes: Readonly<Record<LambdaName, number>> = {
  intake: 2_700 * kib,
  query: 1_250 * kib,
  command: 2_700 * kib,
  admin: 1_250 * kib,
};

describe('the bundle of each Lambda', () => {
  let folder = '';
  let bundles: readonly LambdaBundle[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tierline-bundles-'));
    bundles = await bundleLambdas(folder);
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  function bundle(name: LambdaName): LambdaBundle {
    const found = bundles.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no bundle ${name}`);
    return found;
  }

  it.each(lambdaNames)('stays small: %s', (name) => {
    expect(bundle(name).bytes).toBeLessThan(atMostBytes[name]);
  });

  it.each(lambdaNames)('holds a Temporal client only where a route speaks to Temporal: %s', (name) => {
    const speaks = routesOf(name).some((route) => route.touches.some((touch) => touch === 'temporal'));
    const holds = bundle(name).inputs.some((input) => /node_modules\/(@temporalio|@grpc)\//.test(input));
    expect(holds).toBe(speaks);
  });

  it.each(lambdaNames)('holds nothing of workers, tests, the local stack or the infrastructure: %s', (name) => {
    const strange = bundle(name).inputs.filter((input) =>
      /^(worker|workflows|activities|local|tests|infra|console|bench|cli)\/|node_modules\/(aws-cdk-lib|dynalite|fauxqs|oidc-provider|@temporalio\/(worker|testing|activity|workflow))\//.test(
        input,
      ),
    );
    expect(strange).toEqual([]);
  });

  it('the reading Lambda publishes nothing: it holds no SNS client', () => {
    expect(bundle('query').inputs.filter((input) => input.includes('client-sns'))).toEqual([]);
  });
});

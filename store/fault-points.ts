import { closeSync, openSync } from 'node:fs';
import { isSet, setting, type EnvSource } from '../contracts/env.ts';

/**
 * Places at which a process can be told to die, as by a power cut: `TIERLINE_FAULT_POINT=commit:after-slot`, or
 * `commit:after-slot@3` for the third time that it gets there. Only fault tests set it.
 */
export const faultPoints = [
  'commit:before',
  'commit:after-slot',
  'commit:after-head',
  'page:before-record',
  'page:before-publish',
  'page:after-publish',
  'intake:before',
  'intake:after-commit',
  'intake:after-lost-claim',
  'intake:after-claim',
  'intake:after-head',
  'intake:after-count',
  'intake:after-note',
  'orphan:after-count',
  'orphan:after-merge',
] as const;
export type FaultPoint = (typeof faultPoints)[number];

export interface FaultPlan {
  readonly point: string;
  readonly times: number;
  /** Made by the process that dies; where it exists nobody dies. */
  readonly file: string | undefined;
}

/**
 * What the environment asks for; null: nothing.
 * @throws Error where faults are not allowed, or the name is not that of a fault point
 */
export function faultPlanFrom(env: EnvSource): FaultPlan | null {
  const asked = setting('faultPoint', env);
  if (asked === undefined) return null;
  if (setting('allowFaults', env) !== '1' || (isSet('nodeEnv', env) && setting('nodeEnv', env) === 'production')) {
    throw new Error('A fault point is set where faults are not allowed: it needs TIERLINE_ALLOW_FAULTS=1.');
  }
  const [point = '', times = '1'] = asked.split('@');
  if (!faultPoints.some((known) => known === point) || !/^[1-9]\d{0,8}$/.test(times)) {
    throw new Error(`There is no fault point "${asked}". Known are: ${faultPoints.join(', ')}.`);
  }
  return { point, times: Number(times), file: setting('faultFile', env) };
}

const plan = faultPlanFrom(process.env);
let left = plan?.times ?? 0;

/** Whether this process is the one to die: the first to make the file. Without a file every process is. */
function isFirst(file: string | undefined): boolean {
  if (file === undefined) return true;
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch {
    return false;
  }
}

/** Dies here at once, without any clean-up, if the environment says so. */
export function faultPoint(point: FaultPoint): void {
  if (plan === null || plan.point !== point) return;
  left -= 1;
  if (left === 0 && isFirst(plan.file)) process.kill(process.pid, 'SIGKILL');
}

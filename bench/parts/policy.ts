import { benchBacktest } from '../backtest.ts';
import { atMost, figure } from '../figure.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { benchPolicyCheck } from '../policy-check.ts';

/** The check of a large desk over 400 days: handoffs, gaps, changes of clocks, calendars, quiet hours and windows. */
export async function policyCheck(run: PartRun): Promise<PartOutcome> {
  const schedules = run.quick ? 4 : 50;
  const steady = benchPolicyCheck(schedules, Date.now(), false);
  const found = benchPolicyCheck(schedules, Date.now());
  return {
    figures: [
      figure(
        'policy-check.steady',
        `check of ${schedules} schedules, clocks round the clock`,
        steady.checkSeconds,
        's',
        {
          goal: atMost(5, 's'),
        },
      ),
      figure(
        'policy-check.seconds',
        'the same, every fifth policy with calendars, quiet hours, a window, promises',
        found.checkSeconds,
        's',
        {
          goal: atMost(5, 's'),
        },
      ),
      figure('policy-check.read', `reading ${found.policies} policies and their directory`, found.readSeconds, 's'),
      figure('policy-check.stretches', 'stretches of on-call walked', found.changePoints, 'count'),
    ],
  };
}

/** Made-up incidents through the default policy: each log reproduced event by event, then run anew. */
export async function backtest(run: PartRun): Promise<PartOutcome> {
  const escalations = run.quick ? 100 : 10_000;
  const found = benchBacktest(escalations);
  return {
    figures: [
      figure('backtest.seconds', `backtest of ${escalations} escalations`, found.seconds, 's', {
        goal: atMost(30, 's'),
      }),
      figure('backtest.processor', 'of it processor time', found.processorSeconds, 's'),
      figure('backtest.unlike', 'logs that were not reproduced', escalations - found.reproduced, 'count', {
        goal: atMost(0, 'count'),
      }),
    ],
  };
}

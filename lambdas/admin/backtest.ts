import { alwaysReached, Backtest, type BacktestResult } from '../../contracts/policy/backtest-host.ts';
import { hostedCalendars } from '../../contracts/policy/forecast-host.ts';
import { clockNames, escalationStates } from '../../domain/escalation/vocabulary.ts';
import { listEscalations } from '../../store/lists.ts';
import { readRecorded } from '../../store/recorded-escalations.ts';
import { ApiError } from '../http/api-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { instantOf } from '../present/units.ts';
import { setInForce, setOfFiles, type PolicyReadPorts } from './policies-in-force.ts';

const dayMs = 86_400_000;
/** Logs that are read at once, and looked at between two looks at the clock. */
const atOnce = 20;
/** An HTTP API gives up after 30 s: what is left then is another page. */
const longestMs = 10_000;
/** Calendars reach this far around the logs of one lot: back to the oldest of them, and so far ahead. */
const reserveMs = 400 * dayMs;
const mostChanges = 400;
const mostMismatches = 20;

/** Runs a page of the log through other policies. How far it has come is said by `nextCursor`. */
export async function backtestPolicies(
  ports: PolicyReadPorts,
  call: Call<'backtestPolicies'>,
): Promise<Reply<'backtestPolicies'>> {
  const { files, policy: named, recordedUnder, limit } = call.input.body;
  const set = files === undefined ? await setInForce(ports) : setOfFiles(files, call.nowMs);
  const find = (name: string) => set.policies.find(({ policy }) => policy.name === name)?.policy ?? null;
  if (named !== undefined && find(named) === null) {
    const known = set.policies.map(({ policy }) => policy.name).join(', ');
    const message = `is none of these policies: ${known}`;
    throw new ApiError('invalid_request', { issues: [{ path: ['body', 'policy'], code: 'invalid_value', message }] });
  }
  const startedMs = performance.now();
  let world = { calendars: {}, calendarPins: {} };
  let worldFromMs = Infinity;
  const test = new Backtest({
    before: null,
    after: ({ policy }) => find(named ?? policy.name),
    world: () => world,
    settlePage: alwaysReached,
  });
  let unread = 0;
  let looked = 0;
  let cursor: string | null = call.input.body.cursor ?? null;
  do {
    const page: Awaited<ReturnType<typeof listEscalations>> = await listEscalations(ports.store, {
      filter: { states: escalationStates, ...(recordedUnder === undefined ? {} : { policy: recordedUnder }) },
      order: 'newest',
      limit: Math.min(atOnce, limit - looked),
      callerId: call.caller.id,
      question: ['backtest', recordedUnder ?? null],
      ...(cursor === null ? {} : { cursor }),
    });
    cursor = page.cursor;
    const recorded = await Promise.all(page.heads.map(({ record }) => readRecorded(ports.store, record.id)));
    const oldestMs = Math.min(...page.heads.map(({ record }) => record.createdAtMs));
    if (oldestMs < worldFromMs) {
      // Expanding takes longer than a lot of logs: the next lots are older and within the reserve.
      worldFromMs = oldestMs - reserveMs;
      const { directory } = set;
      world = hostedCalendars(directory, Object.keys(directory.calendars), worldFromMs, call.nowMs + reserveMs);
    }
    for (const one of recorded) {
      if (one === null) unread += 1;
      else test.add(one);
    }
    looked += page.heads.length;
  } while (cursor !== null && looked < limit && performance.now() - startedMs < longestMs);
  call.log.info('policies.backtested', { count: looked });
  return { status: 200, body: { ...pageOf(test.result(), unread), nextCursor: cursor } };
}

function pageOf(result: BacktestResult, unread: number) {
  return {
    escalations: result.escalations + unread,
    reproduced: result.reproduced,
    leftOut: result.leftOut + unread,
    from: result.firstAtMs === null ? null : instantOf(result.firstAtMs),
    until: result.lastAtMs === null ? null : instantOf(result.lastAtMs),
    severities: result.severities.map((row) => ({ ...row })),
    clocks: clockNames.flatMap((clock) => {
      const count = result.breachesByClock[clock];
      return count === undefined ? [] : [{ clock, ...count }];
    }),
    days: result.days.map(({ dayMs: atMs, pages, breaches }) => ({
      day: instantOf(atMs).slice(0, 10),
      pages,
      breaches,
    })),
    changes: result.changes.slice(0, mostChanges).map(({ firstAtMs, ...change }) => ({
      ...change,
      firstAt: instantOf(firstAtMs),
    })),
    refused: Object.entries(result.refused).map(([what, times]) => ({ what, times })),
    mismatches: result.mismatches.slice(0, mostMismatches),
  };
}

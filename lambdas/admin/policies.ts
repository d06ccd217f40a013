import { checkPolicySet } from '../../contracts/policy/check.ts';
import { problemOf } from '../../contracts/policy/finding-text.ts';
import { parsePolicySet, withHolidays, type LoadedPolicySet } from '../../contracts/policy/load.ts';
import type { PolicyProblem } from '../../contracts/policy/parse.ts';
import type { Store } from '../../store/client.ts';
import { publishPolicySet } from '../../store/publish-policies.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { instantOf } from '../present/units.ts';

export interface PolicyAdminPorts {
  readonly store: Store;
}

interface Files {
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** Reads the files of a set; holidays come from the iCalendar files among them. */
export function readFiles({ files }: Files, nowMs: number): LoadedPolicySet {
  const yaml = files.filter(({ name }) => !name.endsWith('.ics')).map(({ name, text }) => ({ file: name, text }));
  const loaded = parsePolicySet(yaml);
  if (!loaded.ok) return loaded;
  const textOf = (path: string): string => {
    const file = files.find(({ name }) => name === path);
    if (file === undefined) throw new Error(`${path} is not among the files`);
    return file.text;
  };
  return withHolidays(loaded.set, textOf, nowMs);
}

type Level = 'error' | 'warning';

function problemView(problem: PolicyProblem, level: Level) {
  const { file, line, column, path, message, fix } = problem;
  return { level, file, line, column, path, message, fix };
}

function checked(files: Files, nowMs: number) {
  const loaded = readFiles(files, nowMs);
  if (!loaded.ok) return { set: null, report: null, problems: loaded.errors.map((each) => problemView(each, 'error')) };
  const report = checkPolicySet(loaded.set, nowMs);
  const problems = report.findings.map((each) => problemView(problemOf(loaded.set, each), each.level));
  return { set: loaded.set, report, problems };
}

function hasError(problems: readonly { readonly level: Level }[]): boolean {
  return problems.some(({ level }) => level === 'error');
}

export async function checkPolicies(
  _ports: PolicyAdminPorts,
  call: Call<'checkPolicies'>,
): Promise<Reply<'checkPolicies'>> {
  const { report, problems } = checked(call.input.body, call.nowMs);
  return {
    status: 200,
    body: {
      ok: !hasError(problems),
      problems,
      from: report === null ? null : instantOf(report.fromMs),
      until: report === null ? null : instantOf(report.untilMs),
      changePoints: report?.changePoints ?? 0,
      zoneChanges: (report?.zoneChanges ?? []).map(({ zone, atMs, shiftMs }) => ({
        zone,
        at: instantOf(atMs),
        shiftSeconds: shiftMs / 1000,
      })),
      worstWaits: (report?.worstWaits ?? []).map(({ policy, severity, waitMs, clockMs, atMs }) => ({
        policy,
        severity,
        waitSeconds: waitMs === null ? null : waitMs / 1000,
        clockSeconds: clockMs === null ? null : clockMs / 1000,
        at: instantOf(atMs),
      })),
    },
  };
}

export async function publishPolicies(
  ports: PolicyAdminPorts,
  call: Call<'publishPolicies'>,
): Promise<Reply<'publishPolicies'>> {
  const { set, problems } = checked(call.input.body, call.nowMs);
  if (set === null || hasError(problems)) return { status: 200, body: { ok: false, problems, published: [] } };
  const publication = await publishPolicySet(ports.store, set, { actorId: call.caller.id, nowMs: call.nowMs });
  const published = publication.ok ? [publication.directory, ...publication.policies] : [];
  call.log.info('policies.published', { count: published.filter(({ changed }) => changed).length });
  return {
    status: 200,
    body: {
      ok: publication.ok,
      problems,
      published: published.map(({ name, version, changed }) => ({ name, version, changed })),
    },
  };
}

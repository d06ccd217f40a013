import { compareForecasts, type ForecastComparison } from '../../contracts/policy/compare-forecasts.ts';
import type { DirectoryDefinition } from '../../contracts/policy/directory-file.ts';
import { policyDifferences } from '../../contracts/policy/policy-differences.ts';
import type { PublishedDocument } from '../../contracts/policy/published.ts';
import { severities } from '../../domain/escalation/vocabulary.ts';
import { diffValues } from '../../domain/policy/diff-values.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { instantOf } from '../present/units.ts';
import { setInForce, setOfFiles, type PolicyReadPorts } from './policies-in-force.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Days that are compared between two looks at the clock. */
const daysAtOnce = 2;
/** An HTTP API gives up after 30 s: what is left then is asked for again. */
const longestMs = 10_000;
const mostDifferences = 1_000;

/** Compares the policies in force with files: what they say, and what they would do in the coming days. */
export async function diffPolicies(ports: PolicyReadPorts, call: Call<'diffPolicies'>): Promise<Reply<'diffPolicies'>> {
  const { files, policy, channel, from, days } = call.input.body;
  const after = setOfFiles(files, call.nowMs);
  const before = await setInForce(ports);
  const askedMs = from === undefined ? call.nowMs : Date.parse(from);
  const fromMs = Math.ceil(askedMs / hourMs) * hourMs;
  const untilMs = fromMs + days * dayMs;
  const startedMs = performance.now();
  const sums = new DifferenceSums();
  let atMs = fromMs;
  while (atMs < untilMs && (atMs === fromMs || performance.now() - startedMs < longestMs)) {
    const some = Math.min(daysAtOnce, (untilMs - atMs) / dayMs);
    const named = policy === undefined ? {} : { policy };
    sums.add(compareForecasts(before, after, { fromMs: atMs, days: some, everyMs: hourMs, channel, ...named }));
    atMs += some * dayMs;
  }
  return {
    status: 200,
    body: {
      policies: policyDifferences(before, after).map(({ policy: name, change, differences }) => ({
        policy: name,
        change,
        differences: differences.map((each) => ({
          path: each.path,
          before: textOf(each.before),
          after: textOf(each.after),
        })),
      })),
      directoryChanged: diffValues(withoutFormer(before), after.directory).length > 0,
      routingChanged: diffValues(before.routing, after.routing).length > 0,
      from: instantOf(fromMs),
      until: instantOf(atMs),
      next: atMs < untilMs ? instantOf(atMs) : null,
      ...sums.view(),
    },
  };
}

/** What the files said that are in force. */
function withoutFormer({ directory, formerCalendars }: PublishedDocument): DirectoryDefinition {
  const kept = Object.entries(directory.calendars).filter(([name]) => !formerCalendars.includes(name));
  return { ...directory, calendars: Object.fromEntries(kept) };
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** Comparisons of several stretches, added up. */
class DifferenceSums {
  #tried = 0;
  readonly #differing = new Map(severities.map((severity) => [severity, 0]));
  readonly #found = new Map<string, { -readonly [K in keyof Difference]: Difference[K] }>();

  add({ tried, differing, differences }: ForecastComparison): void {
    this.#tried += tried;
    for (const severity of severities) {
      this.#differing.set(severity, (this.#differing.get(severity) ?? 0) + differing[severity]);
    }
    for (const difference of differences) {
      const key = `${difference.severity} ${difference.kind} ${difference.what}`;
      const known = this.#found.get(key);
      if (known === undefined) this.#found.set(key, { ...difference });
      else known.times += difference.times;
    }
  }

  view() {
    return {
      tried: this.#tried,
      differing: [...this.#differing].map(([severity, times]) => ({ severity, times })),
      differences: [...this.#found.values()]
        .toSorted((a, b) => b.times - a.times)
        .slice(0, mostDifferences)
        .map(({ firstAtMs, ...difference }) => ({ ...difference, firstAt: instantOf(firstAtMs) })),
    };
  }
}

type Difference = ForecastComparison['differences'][number];

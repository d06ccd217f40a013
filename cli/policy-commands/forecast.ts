import { forecastUnder, virtualWorld } from '../../contracts/policy/forecast-host.ts';
import { parseForecastSpec } from '../../contracts/policy/forecast-spec.ts';
import { localTimeToTheSecond } from '../../contracts/policy/finding-text.ts';
import { formatDuration } from '../../domain/policy/duration.ts';
import { route } from '../../domain/policy/routing.ts';
import { formatInstant } from '../../zones/wall-time.ts';
import { UsageError } from '../run-command.ts';
import { policyNamed, print, printJson, setOf } from './common.ts';
import { forecastLines } from './forecast-lines.ts';

const dayMs = 86_400_000;

/** Prints, second by second, what a policy does with an escalation that nobody acts on. */
export function forecastOne(
  folder: string,
  text: string,
  options: { readonly json: boolean; readonly nowMs: number; readonly policy?: string; readonly days: number },
): void {
  const parsed = parseForecastSpec(text, options.nowMs);
  if (!parsed.ok) throw new UsageError(parsed.errors.join('\n'));
  const { spec } = parsed;
  const set = setOf(folder);
  const routed = route(set.routing, {
    channel: spec.channel,
    category: spec.category,
    source: 'forecast',
    accountClass: spec.accountClass,
    title: '',
    ...(spec.severity === null ? {} : { severity: spec.severity }),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  });
  const policy = policyNamed(set, routed.policy);
  const untilMs = spec.atMs + options.days * dayMs;
  const world = virtualWorld(set.directory, spec.atMs - dayMs, untilMs + dayMs);
  const found = forecastUnder(
    world,
    policy,
    {
      severity: routed.severity,
      channel: spec.channel,
      category: routed.category,
      team: routed.team,
      atMs: spec.atMs,
      ...(spec.accountClass === null ? {} : { accountClass: spec.accountClass }),
    },
    untilMs,
  );
  const lines = forecastLines(found.events, world.directory);
  if (options.json) {
    const steps = lines.map((line) => ({
      at: formatInstant(line.atMs),
      afterSeconds: (line.atMs - spec.atMs) / 1000,
      text: line.text.trim(),
    }));
    printJson({ ...routed, at: formatInstant(spec.atMs), complete: found.complete, steps });
    return;
  }
  print(`${routed.severity} ${spec.channel} ${routed.category}, policy ${policy.name}, team ${routed.team}`);
  if (routed.rules.length > 0) print(`by the rules: ${routed.rules.join('; ')}`);
  print(
    `comes in ${localTimeToTheSecond(spec.atMs, spec.zone)} ${spec.zone} (${formatInstant(spec.atMs)}) and nobody acts:`,
  );
  for (const line of lines) {
    const after = `+${formatDuration(line.atMs - spec.atMs)}`;
    print(`  ${localTimeToTheSecond(line.atMs, spec.zone)} ${after.padEnd(10)} ${line.text}`);
  }
  if (!found.complete) print('  … and so on: it does not come to rest');
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { setting } from '../contracts/env.ts';
import { editorSchemas } from '../contracts/policy/json-schemas.ts';
import { channels, isOneOf } from '../domain/escalation/vocabulary.ts';
import { parseInstant } from '../zones/wall-time.ts';
import { backtest } from './policy-commands/backtest.ts';
import { check } from './policy-commands/check.ts';
import { defaultFolder, print, setOf, wholeNumber } from './policy-commands/common.ts';
import { diff } from './policy-commands/diff.ts';
import { forecastOne } from './policy-commands/forecast.ts';
import { migrate } from './policy-commands/migrate.ts';
import { publish } from './policy-commands/publish.ts';
import { runCommand, UsageError } from './run-command.ts';

const usage = `Policies as code: what they would do, before they do it.

  npm run -s policy -- check [FOLDER]                 everything that is wrong, with an instant that proves it
  npm run -s policy -- forecast "WORDS"               who would be paged and what would breach, second by second
  npm run -s policy -- forecast --days 30 --against OLD   what the coming days would be under both sets
  npm run -s policy -- diff OLD [NEW]                 what changed; --days N adds what that would change
  npm run -s policy -- backtest log                   recorded escalations of this desk through these policies
  npm run -s policy -- backtest incidents FILE        those of a ServiceNow export through the default policy
  npm run -s policy -- migrate NAME                   open escalations under older versions, and what the newer would change
  npm run -s policy -- migrate NAME --apply --all     moves them through the API; --ids ID,ID moves these
  npm run -s policy -- publish [FOLDER]               checks, and makes the folder's versions the ones in force
  npm run -s policy -- schema                         writes the JSON Schemas for editors

WORDS are severity, channel, category, account class, day, time and zone in any order; what is left out is routed:
  "sev1 external Sunday 03:00 Asia/Singapore"    "fraud leadership strategic 2026-12-24 22:30 Europe/London"
FOLDER, OLD and NEW are folders of policies; without one it is policies/ of this checkout.

  --json             the whole answer as JSON
  --from INSTANT     look from then on (2026-11-23T12:00Z) instead of from now on
  --policy NAME      this policy, whatever the routing says
  --days N           days to look ahead
  --channel NAME     channel of the escalations of a comparison (external)
  --folder FOLDER    policies for forecast, backtest and migrate
  --against FOLDER   compare with these policies (backtest: instead of with what was recorded)
  --on-call          backtest: pages reach those on call then, not always somebody
  --zone ZONE        backtest: zone of the file's times (UTC)
  --as ID            who publishes
  --api URL          migrate --apply: the API (the desk that runs here); its token is read from TIERLINE_TOKEN

The exit code is 1 where something is wrong with the policies, 2 for a command line that is not understood.
docs/policies.md has the form of the files and the meaning of every finding.
`;

const options = {
  json: { type: 'boolean', default: false },
  from: { type: 'string' },
  policy: { type: 'string' },
  days: { type: 'string' },
  channel: { type: 'string', default: 'external' },
  folder: { type: 'string', default: defaultFolder },
  against: { type: 'string' },
  as: { type: 'string', default: 'cli' },
  'on-call': { type: 'boolean', default: false },
  zone: { type: 'string', default: 'UTC' },
  apply: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  ids: { type: 'string' },
  api: { type: 'string' },
} as const;

runCommand(usage, async (args) => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [command, first, second] = positionals;
  const { json, folder, channel } = values;
  const fromMs = values.from === undefined ? Date.now() : instantOf(values.from);
  const named = values.policy === undefined ? {} : { policy: values.policy };
  if (!isOneOf(channels, channel)) throw new UsageError(`--channel is one of ${channels.join(', ')}`);
  const days = (fallback: number): number =>
    values.days === undefined ? fallback : wholeNumber(values.days, '--days', 1, 366);
  switch (command) {
    case 'check':
      return check(first ?? folder, { json, fromMs });
    case 'forecast': {
      if (first !== undefined) {
        return forecastOne(folder, positionals.slice(1).join(' '), { json, nowMs: fromMs, days: days(14), ...named });
      }
      if (values.against === undefined) throw new UsageError('a forecast needs words, or --days with --against OLD');
      return diff(setOf(values.against), setOf(folder), { json, fromMs, days: days(30), channel, ...named });
    }
    case 'diff': {
      if (first === undefined) throw new UsageError('which two? OLD and NEW are folders of policies');
      const ahead = values.days === undefined ? 0 : days(0);
      return diff(setOf(first), setOf(second ?? folder), { json, fromMs, days: ahead, channel, ...named });
    }
    case 'backtest':
      return backtest(positionals.slice(1), {
        json,
        after: setOf(folder),
        before: values.against === undefined ? null : setOf(values.against),
        policy: values.policy ?? null,
        onCall: values['on-call'],
        zone: values.zone,
      });
    case 'migrate':
      return migrate(first, {
        json,
        nowMs: fromMs,
        to: values.folder === defaultFolder ? null : setOf(folder),
        apply: chosen(values),
        api: values.api === undefined ? null : { origin: new URL(values.api).origin, token: tokenOf() },
      });
    case 'publish':
      return publish(first ?? folder, { json, actorId: values.as, nowMs: Date.now() });
    case 'schema': {
      for (const [name, text] of Object.entries(editorSchemas())) {
        const file = join(defaultFolder, 'schema', name);
        writeFileSync(file, text);
        print(file);
      }
      return undefined;
    }
    default:
      throw new UsageError(`there is no command "${command ?? ''}"`);
  }
});

function instantOf(text: string): number {
  const atMs = parseInstant(text);
  if (atMs === null) throw new UsageError(`not an instant (2026-11-23T12:00Z): ${text}`);
  return atMs;
}

function chosen(values: {
  readonly apply: boolean;
  readonly all: boolean;
  readonly ids?: string | undefined;
}): 'all' | readonly string[] | null {
  if (!values.apply) return null;
  if (values.all === (values.ids !== undefined)) throw new UsageError('--apply moves which? --all, or --ids ID,ID');
  return values.ids === undefined ? 'all' : values.ids.split(',').map((id) => id.trim());
}

function tokenOf(): string {
  const token = setting('token');
  if (token === undefined) throw new UsageError("a programme manager's token is expected in TIERLINE_TOKEN");
  return token;
}

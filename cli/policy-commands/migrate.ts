import { hostedCalendars } from '../../contracts/policy/forecast-host.ts';
import { expandDirectory } from '../../contracts/policy/expand-directory.ts';
import type { PolicySet } from '../../contracts/policy/load.ts';
import { parsePublishedDocument } from '../../contracts/policy/published.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { endStates, escalationStates, isOneOf } from '../../domain/escalation/vocabulary.ts';
import { previewMigration, type MigrationPreview } from '../../domain/policy/migrate.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { turnOfPage } from '../../domain/escalation/page-id.ts';
import { resolveRecipients } from '../../domain/policy/resolve-targets.ts';
import type { Store } from '../../store/client.ts';
import { readLatestDirectory } from '../../store/directory.ts';
import { readLatestPolicy } from '../../store/policies.ts';
import { formatInstant } from '../../zones/wall-time.ts';
import { UsageError } from '../run-command.ts';
import { localAccess, moveEscalations, type ApiAccess, type MovedEscalation } from './api-access.ts';
import { counted, policyNamed, print, printJson } from './common.ts';
import { readRecorded } from '../../store/recorded-escalations.ts';
import { readAllHeads, withStore } from './stored-escalations.ts';

const dayMs = 86_400_000;
const aheadMs = 2 * dayMs;
const shownHappenings = 6;

export interface MigrateOptions {
  readonly json: boolean;
  readonly nowMs: number;
  /** The policies to move to; null: the version in force. */
  readonly to: PolicySet | null;
  /** Which of them to move; null: none, only look. */
  readonly apply: 'all' | readonly string[] | null;
  /** Where the API is and who asks; null: the desk that runs here, as its programme manager. */
  readonly api: ApiAccess | null;
}

/**
 * Prints which open escalations a newer version of a policy would change, and how. Moves nothing, unless it is told which: then the
 * API is asked to, and the exit code is 1 where it has refused one.
 */
export async function migrate(name: string | undefined, options: MigrateOptions): Promise<void> {
  if (name === undefined) throw new UsageError('migrate which policy? give its name');
  if (options.apply !== null && options.to !== null) {
    throw new UsageError('publish the policies first: only a version that is in force can be moved to');
  }
  await withStore(async (store) => {
    const target = options.to === null ? await readLatestPolicy(store, name) : policyNamed(options.to, name);
    if (target === null) throw new UsageError(`no version of policy "${name}" is published`);
    const previews = await previewAll(store, name, target, options);
    if (options.apply === null) {
      if (options.json) printJson(previews);
      else printPreviews(name, target, previews);
      return;
    }
    const ids = chosenOf(previews, options.apply);
    const items = await moveEscalations(options.api ?? (await localAccess()), name, target.version, ids);
    if (items.some(({ outcome }) => outcome === 'refused')) process.exitCode = 1;
    if (options.json) printJson({ previews, items });
    else printMoves(name, target, items);
  });
}

/** @throws UsageError for an escalation that is not among those that could be moved */
function chosenOf(previews: readonly MigrationPreview[], apply: 'all' | readonly string[]): readonly string[] {
  if (apply === 'all') return previews.flatMap(({ blocked, escalationId }) => (blocked === null ? [escalationId] : []));
  const open = new Set(previews.map(({ escalationId }) => escalationId));
  const unknown = apply.filter((id) => !open.has(id));
  if (unknown.length > 0) throw new UsageError(`no open escalation under an older version: ${unknown.join(', ')}`);
  return apply;
}

function printMoves(name: string, target: Policy, items: readonly MovedEscalation[]): void {
  for (const { escalationId, outcome, code, detail } of items) {
    print(`${escalationId} ${outcome}${code === null ? '' : ` (${code}): ${detail ?? ''}`}`);
  }
  const moved = items.filter(({ outcome }) => outcome === 'moved').length;
  print(`${counted(moved, 'escalation')} of ${items.length} moved to version ${target.version} of ${name}`);
}

async function previewAll(
  store: Store,
  name: string,
  target: Policy,
  options: MigrateOptions,
): Promise<readonly MigrationPreview[]> {
  const { nowMs } = options;
  const latest = options.to === null ? await readLatestDirectory(store) : null;
  const directory =
    options.to?.directory ?? (latest === null ? null : parsePublishedDocument(latest.document).directory);
  if (directory === null) throw new Error('no directory of people and schedules is published');
  const expanded = expandDirectory(directory, nowMs - dayMs, nowMs + aheadMs + dayMs);
  const current = hostedCalendars(
    directory,
    Object.keys(directory.calendars),
    nowMs - 400 * dayMs,
    nowMs + 800 * dayMs,
  );
  const heads = await readAllHeads(
    store,
    escalationStates.filter((state) => !isOneOf(endStates, state)),
  );
  const previews: MigrationPreview[] = [];
  for (const { record } of heads) {
    if (record.policy.name !== name) continue;
    const recorded = await readRecorded(store, record.id);
    const state = recorded === null ? null : fold(recorded.log);
    if (recorded === null || state === null) continue;
    const from = recorded.world.otherPolicies?.[state.policy.version] ?? recorded.policy;
    if (from.hash === target.hash) continue;
    previews.push(
      previewMigration(record.id, state, from, target, {
        nowMs: Math.max(nowMs, state.updatedAtMs),
        calendars: { ...current.calendars, ...recorded.world.calendars },
        calendarPins: current.calendarPins,
        resolveTargets: (targets, atMs, pageId) => resolveRecipients(expanded, targets, atMs, turnOfPage(pageId)),
        aheadMs,
      }),
    );
  }
  return previews;
}

function printPreviews(name: string, target: Policy, previews: readonly MigrationPreview[]): void {
  const to = target.version === 0 ? 'the version that is not published yet' : `version ${target.version}`;
  print(`${counted(previews.length, 'open escalation')} under older versions of ${name}; to ${to}:`);
  for (const preview of previews) {
    const what = preview.blocked ?? (preview.same ? 'no change' : 'changes');
    print(`${preview.escalationId} from version ${preview.fromVersion}: ${what}`);
    for (const clock of preview.clocks) {
      const due =
        clock.change === 'stopped'
          ? 'stops'
          : `due ${instantText(clock.dueBeforeMs)} -> ${instantText(clock.dueAfterMs)}`;
      print(`  ${clock.clock} clock ${due}${clock.overdueAtOnce ? ', OVERDUE AT ONCE' : ''}`);
    }
    for (const happening of preview.happenings.slice(0, shownHappenings)) {
      const people = happening.people.length === 0 ? '' : ` (${happening.people.join(', ')})`;
      print(
        `  ${happening.change === 'added' ? '+' : '-'} ${formatInstant(happening.atMs)} ${happening.what}${people}`,
      );
    }
    if (preview.happenings.length > shownHappenings)
      print(`  … and ${counted(preview.happenings.length - shownHappenings, 'further change')}`);
  }
}

function instantText(atMs: number | null): string {
  return atMs === null ? 'unknown' : formatInstant(atMs);
}

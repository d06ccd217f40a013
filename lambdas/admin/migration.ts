import { expandDirectory } from '../../contracts/policy/expand-directory.ts';
import { hostedCalendars } from '../../contracts/policy/forecast-host.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { endStates, escalationStates, isOneOf } from '../../domain/escalation/vocabulary.ts';
import { previewMigration, type MigrationPreview } from '../../domain/policy/migrate.ts';
import { turnOfPage } from '../../domain/escalation/page-id.ts';
import { resolveRecipients } from '../../domain/policy/resolve-targets.ts';
import type { Head } from '../../store/head-item.ts';
import { listEscalations } from '../../store/lists.ts';
import { readLatestPolicy, readPolicy } from '../../store/policies.ts';
import { readRecorded } from '../../store/recorded-escalations.ts';
import { ApiError } from '../http/api-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { instantOf } from '../present/units.ts';
import type { PolicyReadPorts } from './policies-in-force.ts';

const dayMs = 86_400_000;
/** How far a preview looks ahead. */
const aheadMs = 2 * dayMs;
const calendarDays = { before: 400, after: 800 };
const defaultPage = 25;
const openStates = escalationStates.filter((state) => !isOneOf(endStates, state));

/** What another version of their policy would change for open escalations; changes nothing. */
export async function previewMigrations(
  ports: PolicyReadPorts,
  call: Call<'previewMigration'>,
): Promise<Reply<'previewMigration'>> {
  const { store } = ports;
  const { name } = call.input.params;
  const { version, cursor, limit } = call.input.query;
  const target =
    version === undefined ? await readLatestPolicy(store, name) : await readPolicy(store, name, Number(version));
  if (target === null) throw new ApiError('not_found');
  const { directory } = await ports.onCall.document();
  const { nowMs } = call;
  const expanded = expandDirectory(directory, nowMs - dayMs, nowMs + aheadMs + dayMs);
  const names = Object.keys(directory.calendars);
  const [sinceMs, untilMs] = [nowMs - calendarDays.before * dayMs, nowMs + calendarDays.after * dayMs];
  const current = hostedCalendars(directory, names, sinceMs, untilMs);
  const page = await listEscalations(store, {
    filter: { states: openStates, policy: name },
    order: 'newest',
    limit: Number(limit ?? defaultPage),
    callerId: call.caller.id,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const previews = await Promise.all(
    page.heads.map(async ({ record, title }) => {
      if (record.policy.version === target.version) return [];
      const recorded = await readRecorded(store, record.id);
      const state = recorded === null ? null : fold(recorded.log);
      if (recorded === null || state === null) return [];
      const from = recorded.world.otherPolicies?.[state.policy.version] ?? recorded.policy;
      const preview = previewMigration(record.id, state, from, target, {
        nowMs: Math.max(nowMs, state.updatedAtMs),
        calendars: { ...current.calendars, ...recorded.world.calendars },
        calendarPins: current.calendarPins,
        resolveTargets: (targets, atMs, pageId) => resolveRecipients(expanded, targets, atMs, turnOfPage(pageId)),
        aheadMs,
      });
      return [viewOf(preview, record, title)];
    }),
  );
  return {
    status: 200,
    body: { policy: name, version: target.version, items: previews.flat(), nextCursor: page.cursor },
  };
}

function viewOf(preview: MigrationPreview, record: Head['record'], title: Head['title']) {
  return {
    escalationId: preview.escalationId,
    fromVersion: preview.fromVersion,
    severity: record.severity,
    category: record.category,
    title,
    blocked: preview.blocked,
    same: preview.same,
    clocks: preview.clocks.map(({ clock, change, dueBeforeMs, dueAfterMs, overdueAtOnce }) => ({
      clock,
      change,
      dueBefore: dueBeforeMs === null ? null : instantOf(dueBeforeMs),
      dueAfter: dueAfterMs === null ? null : instantOf(dueAfterMs),
      overdueAtOnce,
    })),
    happenings: preview.happenings.map(({ atMs, change, what, people }) => ({
      at: instantOf(atMs),
      change,
      what,
      people: [...people],
    })),
  };
}

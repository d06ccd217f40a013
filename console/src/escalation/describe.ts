import { assertNever } from '../../../domain/assert-never.ts';
import type { TimelineEntry } from '../api/types.ts';
import { nameOf, scheduleNameOf } from '../people/names.ts';
import { t } from '../strings/index.ts';
import type { Tone } from '../theme/badges.tsx';
import { duration, shortInstant } from '../time/format.ts';

export type EntryGroup = 'people' | 'pages' | 'system';
export type EntryMark =
  | 'start'
  | 'person'
  | 'note'
  | 'update'
  | 'tier'
  | 'page'
  | 'clock'
  | 'warning'
  | 'breach'
  | 'pause'
  | 'done'
  | 'system';

export interface Description {
  readonly sentence: string;
  readonly group: EntryGroup;
  readonly mark: EntryMark;
  readonly tone: Tone;
  /** What a person wrote; `undefined` where nobody wrote anything. */
  readonly text?: { readonly text: string | null; readonly erased: boolean };
  /** Bookkeeping that is folded away until it is asked for. */
  readonly isMinor: boolean;
}

type Text = { readonly text: string | null; readonly erased: boolean };

function by(entry: TimelineEntry): string {
  return entry.actor.kind === 'system' ? t.system : nameOf(entry.actor.id);
}

function person(sentence: string, mark: EntryMark = 'person', text?: Text, tone: Tone = 'plain'): Description {
  return { sentence, group: 'people', mark, tone, isMinor: false, ...(text === undefined ? {} : { text }) };
}

function system(sentence: string, mark: EntryMark, tone: Tone = 'plain', isMinor = false): Description {
  return { sentence, group: 'system', mark, tone, isMinor };
}

type Target = Extract<TimelineEntry, { type: 'page.requested' }>['detail']['targets'][number];

export function targetName(target: Target): string {
  const names = { person: nameOf, schedule: scheduleNameOf, team: (id: string) => id };
  return t.events.target[target.kind](names[target.kind](target.id));
}

function pageDescription(entry: Extract<TimelineEntry, { type: 'page.requested' }>): Description {
  const { delivery, detail } = entry;
  const asked = detail.targets.map(targetName).join(', ');
  const recipients = delivery.recipients.map(nameOf).join(', ');
  const cause = causeIn(t.events.pageCause, detail.cause);
  const head = t.events.page(asked, cause);
  const base = { group: 'pages', mark: 'page', isMinor: false } as const;
  switch (delivery.status) {
    case 'pending':
      return { ...base, sentence: head, tone: 'plain' };
    case 'sent':
      return { ...base, sentence: recipients === '' ? head : t.events.paged(recipients, asked, cause), tone: 'plain' };
    case 'suppressed':
      return { ...base, sentence: `${head}, ${t.events.pageSuppressed(delivery.reason ?? '')}`, tone: 'warn' };
    case 'failed':
      return { ...base, sentence: `${head}, ${t.events.pageFailed(delivery.reason ?? '')}`, tone: 'danger' };
    case 'uncovered':
      return { ...base, sentence: `${head}, ${t.events.pageUncovered}`, tone: 'danger' };
    default:
      return assertNever(delivery.status);
  }
}

/** A cause in words; one that this console does not know yet is shown as it is called. */
export function causeIn(words: Readonly<Record<string, string>>, cause: string): string {
  return words[cause] ?? cause.replaceAll('_', ' ');
}

/** The compiler knows of no other event; a server newer than this page may. Its name is shown, the page goes on. */
function unknownEntry(entry: never): Description {
  const { type } = Object(entry);
  return system(String(type), 'system');
}

/** One event as a sentence, with what it looks like. */
export function describeEntry(entry: TimelineEntry): Description {
  const s = t.events;
  const who = by(entry);
  switch (entry.type) {
    case 'escalation.received':
      return person(s.received(t.channel[entry.detail.channel], entry.detail.source), 'start');
    case 'tier.entered': {
      const { tier, cause, reason } = entry.detail;
      const why = causeIn(s.tierCause, cause);
      const isByItself = cause !== 'by_hand';
      const sentence = isByItself ? s.tierEntered(tier, why) : s.tierEntered(tier, `${why}, ${who}`);
      const tone = cause === 'started' || !isByItself ? 'plain' : 'warn';
      return { ...system(sentence, 'tier', tone), ...(reason === undefined ? {} : { text: reason, group: 'people' }) };
    }
    case 'tier.lowered':
      return person(`${who}: ${s.tierLowered(entry.detail.from, entry.detail.to)}`, 'tier', entry.detail.reason);
    case 'tiers.exhausted':
      return system(s.tiersExhausted(entry.detail.rounds), 'breach', 'danger');
    case 'climb.deferred': {
      const until = shortInstant(Date.parse(entry.detail.until), Date.parse(entry.at));
      return system(s.climbDeferred(t.clock[entry.detail.clock], until), 'tier', 'warn');
    }
    case 'page.requested':
      return pageDescription(entry);
    case 'page.held': {
      const asked = entry.detail.targets.map(targetName).join(', ');
      const sentence = s.pageHeld(
        asked,
        s.heldBecause[entry.detail.reason],
        shortInstant(Date.parse(entry.detail.until), Date.parse(entry.at)),
      );
      return { ...system(sentence, 'page', 'warn'), group: 'pages' };
    }
    case 'page.sent':
      return {
        ...system(s.pageSent(entry.detail.recipients.map(nameOf).join(', ')), 'page', 'plain', true),
        group: 'pages',
      };
    case 'page.suppressed':
      return { ...system(s.pageSuppressed(entry.detail.reason), 'page', 'warn', true), group: 'pages' };
    case 'page.failed':
      return { ...system(s.pageFailed(entry.detail.reason), 'page', 'danger', true), group: 'pages' };
    case 'step.uncovered':
      return { ...system(s.uncovered(entry.detail.tier), 'breach', 'danger'), group: 'pages' };
    case 'clock.started':
      return system(
        s.clockStarted(t.clock[entry.detail.clock], duration(entry.detail.targetSeconds * 1_000)),
        'clock',
        'plain',
        true,
      );
    case 'clock.stopped':
      return system(s.clockStopped(t.clock[entry.detail.clock]), 'clock', 'plain', true);
    case 'clock.paused':
      return system(s.clockPaused(t.clock[entry.detail.clock]), 'pause', 'plain', true);
    case 'clock.resumed':
      return system(s.clockResumed(t.clock[entry.detail.clock]), 'clock', 'plain', true);
    case 'clock.retargeted':
      return system(
        s.clockRetargeted(t.clock[entry.detail.clock], duration(entry.detail.targetSeconds * 1_000)),
        'clock',
        'plain',
        true,
      );
    case 'clock.warned':
      return system(s.clockWarned(t.clock[entry.detail.clock], entry.detail.percent), 'warning', 'warn');
    case 'clock.breached':
      return system(s.clockBreached(t.clock[entry.detail.clock]), 'breach', 'danger');
    case 'policy.migrated':
      return person(s.policyMigrated(who, entry.detail.from, entry.detail.to), 'person');
    case 'calendar.pinned':
      return system(s.calendarPinned(entry.detail.calendar.id), 'system', 'plain', true);
    case 'escalation.acknowledged':
      return person(s.acknowledged(nameOf(entry.detail.by), entry.detail.tier), 'person', undefined, 'good');
    case 'investigation.started':
      return person(s.investigating(who));
    case 'escalation.assigned':
      return person(s.assigned(who, nameOf(entry.detail.assignee)));
    case 'escalation.handed_off':
      return person(
        s.handedOff(entry.detail.from === null ? who : nameOf(entry.detail.from), nameOf(entry.detail.to)),
        'person',
        entry.detail.note,
      );
    case 'severity.changed': {
      const { from, to, reason } = entry.detail;
      const sentence = s.severityChanged(who, t.severity[from], t.severity[to]);
      return entry.actor.kind === 'person' ? person(sentence, 'person', reason) : system(sentence, 'warning', 'warn');
    }
    case 'note.added':
      return person(s.note(who), 'note', entry.detail.text);
    case 'update.sent':
      return person(s.updateSent(who, t.audience[entry.detail.audience]), 'update', entry.detail.text);
    case 'update.promised':
      return system(s.updatePromised(t.audience[entry.detail.audience]), 'update');
    case 'update.published':
      return {
        ...system(s.updatePublished(entry.detail.recipients.map(nameOf).join(', ')), 'update', 'plain', true),
        group: 'pages',
      };
    case 'update.failed':
      return { ...system(s.updateFailed(entry.detail.reason), 'update', 'danger'), group: 'pages' };
    case 'escalation.paused':
      return person(s.paused(who, t.pauseReason[entry.detail.reason]), 'pause', entry.detail.note);
    case 'escalation.resumed':
      return entry.detail.cause === 'by_hand' ? person(s.resumed(who), 'pause') : system(s.resumedTimeOver, 'pause');
    case 'escalation.resolved':
      return person(s.resolved(who, t.resolution[entry.detail.code]), 'done', entry.detail.summary, 'good');
    case 'escalation.reopened':
      return person(s.reopened(who), 'start', entry.detail.reason, 'warn');
    case 'rca.submitted':
      return person(s.rcaSubmitted(nameOf(entry.detail.by)), 'note', entry.detail.text);
    case 'rca.approved':
      return person(s.rcaApproved(nameOf(entry.detail.by)), 'done', undefined, 'good');
    case 'escalation.closed':
      return person(s.closed(who), 'done');
    case 'escalation.cancelled':
      return person(s.cancelled(who), 'done', entry.detail.reason);
    case 'escalation.merged':
      return system(s.merged(entry.detail.into), 'done');
    case 'occurrences.counted':
      return system(s.occurrences(entry.detail.count), 'system');
    case 'source.cleared':
      return system(s.sourceCleared(entry.detail.source), 'done', 'good');
    default:
      return unknownEntry(entry);
  }
}

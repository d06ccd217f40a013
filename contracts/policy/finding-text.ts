import type { Finding } from '../../domain/policy/check/finding.ts';
import { timeZone } from '../../zones/time-zone.ts';
import { formatInstant, formatWallTime } from '../../zones/wall-time.ts';
import type { Place, PolicySet } from './load.ts';
import type { PolicyProblem } from './parse.ts';

/** Where a finding has to be mended. */
export function placeOf(set: PolicySet, finding: Finding): Place {
  const { path } = finding.place;
  switch (finding.place.in) {
    case 'directory':
      return set.locateInDirectory(path);
    case 'routing':
      return set.locateInRouting(path);
    default: {
      const loaded = set.policies.find(({ policy }) => policy.name === finding.policy);
      return loaded === undefined ? { file: '', line: 1, column: 1 } : loaded.locate(path);
    }
  }
}

/** A finding as a problem of the file that it is about, with the instant that proves it. */
export function problemOf(set: PolicySet, finding: Finding): PolicyProblem {
  return {
    ...placeOf(set, finding),
    path: finding.place.path.map(String).join('.'),
    message: `${sentenceOf(finding)}${proofOf(finding)}`,
    fix: finding.fix,
  };
}

/** `default sev1: tier 1 has nobody on call`. */
export function sentenceOf(finding: Finding): string {
  const about = [finding.policy, finding.severities.join(', ')]
    .filter((part) => part !== null && part !== '')
    .join(' ');
  return about === '' ? finding.message : `${about}: ${finding.message}`;
}

function proofOf(finding: Finding): string {
  return finding.example === null ? '' : ` (first at ${formatInstant(finding.example.atMs)})`;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Sun 2026-11-29 03:00` in a zone, with seconds only where there are any. */
export function localTime(atMs: number, zone: string): string {
  const wallMs = timeZone(zone).wallTimeAtMs(Math.floor(atMs / 1000) * 1000);
  return `${weekdays[new Date(wallMs).getUTCDay()]} ${formatWallTime(wallMs).replace('T', ' ')}`;
}

/** `Sun 2026-11-29 03:00:00` in a zone. */
export function localTimeToTheSecond(atMs: number, zone: string): string {
  const text = localTime(atMs, zone);
  return text.length > 'Sun 2026-11-29 03:00'.length ? text : `${text}:00`;
}

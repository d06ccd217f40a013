import type { PolicyFile } from '../../contracts/policy/load.ts';

/** A small policy set that is right in every way; tests break one thing at a time. */
export const directoryText = `
people:
  ana: { name: Ana, team: desk, contacts: [{ channel: sns }] }
  ben: { name: Ben, team: desk, contacts: [{ channel: sms, address: ben@pager.example, delayMinutes: 2 }, { channel: sns }] }
  cy: { name: Cy, team: leaders, contacts: [{ channel: sns }] }
  dee: { name: Dee, team: leaders, contacts: [] }
teams:
  desk: { name: Desk }
  leaders: { name: Leaders }
schedules:
  days:
    name: Days
    timezone: Europe/London
    layers:
      - rotations:
          - { type: weekly, startLocal: 2025-01-06T09:00, users: [ana, ben] }
calendars:
  office:
    timezone: Europe/London
    hours: { mon: [['09:00', '17:00']], tue: [['09:00', '17:00']] }
`;

export const policyText = `
policy: plain
severities: { sev1: { rcaRequired: true, repageIdleAfter: 30m }, sev2: {}, sev3: {}, sev4: {} }
tiers:
  - targets: [schedule:days]
    acknowledgeWithin: { sev1: 5m, sev2: 10m, sev3: 1h, sev4: 4h }
  - targets: [team:leaders]
    acknowledgeWithin: { sev1: 5m, sev2: 10m, sev3: 1h, sev4: 1h30m }
repeats: 1
fallback: [person:cy]
clocks:
  acknowledge:
    severities: { sev1: { within: 15m }, sev2: { within: 30m } }
  resolve:
    calendar: office
    warnAt: [50, 80]
    onWarning: [page-tier]
    onBreach: [escalate-tier, tell leadership, 'page person:cy']
    pausable: true
    severities:
      sev1: { within: 4h, calendar: always, warnAt: [75] }
      sev3: { within: 2d }
volumeRules: [{ atCount: 10, raiseTo: sev2 }, { atCount: 100, raiseTo: sev1 }]
`;

export const routingText = `
rules:
  - name: Injuries
    when: { titleWords: [injured, electric shock] }
    set: { category: safety, severityAtLeast: sev1 }
  - name: Safety
    when: { category: [safety] }
    set: { team: leaders }
defaults:
  policy: plain
  team: desk
  severity: sev3
  severityByCategory: { fraud: sev2 }
  severityByChannel: { leadership: sev1 }
`;

/** The files of the set, with one text replaced where `change` names it. */
export function policyFiles(
  change: Partial<Record<'directory' | 'plain' | 'routing', string>> = {},
): readonly PolicyFile[] {
  return [
    { file: 'policies/directory.yaml', text: change.directory ?? directoryText },
    { file: 'policies/plain.yaml', text: change.plain ?? policyText },
    { file: 'policies/routing.yaml', text: change.routing ?? routingText },
  ];
}

import { performance } from 'node:perf_hooks';

import { checkPolicySet } from '../contracts/policy/check.ts';
import { parsePolicySet, type PolicyFile } from '../contracts/policy/load.ts';
import { formatProblem } from '../contracts/policy/parse.ts';

/**
 * Seconds that the check takes over a desk of this many follow-the-sun schedules, each used by four policies. Every third
 * schedule has gaps each day; every fifth policy has quiet hours, a window, a special promise and clocks by a calendar.
 */
export interface PolicyCheckFigures {
  readonly schedules: number;
  readonly policies: number;
  readonly changePoints: number;
  readonly readSeconds: number;
  readonly checkSeconds: number;
}

const zones = [
  'Asia/Singapore',
  'Europe/London',
  'America/Los_Angeles',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'Australia/Sydney',
];

/**
 * @param fromMs epoch ms at which the checked 400 days begin
 * @param waiting whether every fifth policy has what makes pages wait and clocks stand still
 */
export function benchPolicyCheck(schedules: number, fromMs: number, waiting = true): PolicyCheckFigures {
  const files = [
    directoryFile(schedules),
    routingFile,
    ...Array.from({ length: schedules / 2 }, (_, index) => policyFile(index, schedules, waiting ? fromMs : null)),
  ];
  const startedMs = performance.now();
  const loaded = parsePolicySet(files);
  if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join('\n'));
  const readMs = performance.now();
  const report = checkPolicySet(loaded.set, fromMs);
  const doneMs = performance.now();
  return {
    schedules,
    policies: loaded.set.policies.length,
    changePoints: report.changePoints,
    readSeconds: (readMs - startedMs) / 1000,
    checkSeconds: (doneMs - readMs) / 1000,
  };
}

function directoryFile(schedules: number): PolicyFile {
  const people = Array.from(
    { length: schedules * 4 },
    (_, index) =>
      `  p${index}: { name: P${index}, team: all, contacts: [{ channel: sns, delayMinutes: ${index % 3} }] }`,
  );
  const entries = Array.from({ length: schedules }, (_, index) => {
    const zone = (offset: number): string => zones[(index + offset) % zones.length] ?? 'Etc/UTC';
    // Every third one leaves gaps, so that flows differ.
    const endAt = index % 3 === 0 ? '19:00' : '20:30';
    const rotation = (zoneName: string, first: number): string =>
      `      - rotations: [{ type: daily, timezone: ${zoneName}, startLocal: 2025-01-06T08:00, users: [p${first}, p${first + 1}], restrictions: [{ from: '07:30', to: '${endAt}' }] }]`;
    return [
      `  s${index}:`,
      `    name: S${index}`,
      `    timezone: Etc/UTC`,
      `    layers:`,
      rotation(zone(0), index * 4),
      rotation(zone(1), index * 4 + 2),
      rotation(zone(2), index * 4),
    ].join('\n');
  });
  const calendar =
    "calendars:\n  office: { timezone: Europe/London, hours: { mon: [['08:00', '18:00']], tue: [['08:00', '18:00']], wed: [['08:00', '18:00']], thu: [['08:00', '18:00']], fri: [['08:00', '18:00']] }, holidays: [{ yearly: 12-25 }, { yearly: 01-01 }] }\n";
  const text = `people:\n${people.join('\n')}\nteams:\n  all: { name: All }\nschedules:\n${entries.join('\n')}\n${calendar}`;
  return { file: 'policies/directory.yaml', text };
}

const routingFile: PolicyFile = {
  file: 'policies/routing.yaml',
  text: 'defaults: { policy: policy-0, team: all, severity: sev3 }\n',
};

function policyFile(index: number, schedules: number, fromMs: number | null): PolicyFile {
  const target = (offset: number): string => `schedule:s${(index * 2 + offset) % schedules}`;
  const tiers = [0, 2, 4, 6].map(
    (offset) =>
      `  - { targets: [${target(offset)}, ${target(offset + 1)}], acknowledgeWithin: { sev1: 5m, sev2: 10m, sev3: 1h, sev4: 4h } }`,
  );
  const text = `policy: policy-${index}\nseverities: { sev1: {}, sev2: {}, sev3: {}, sev4: {} }\ntiers:\n${tiers.join('\n')}\nrepeats: 1\nfallback: [team:all]\nclocks:\n  acknowledge: { warnAt: [50], onWarning: [page-tier], severities: { sev1: { within: 15m }, sev2: { within: 30m }, sev3: { within: 4h }, sev4: { within: 1d } } }\n`;
  return {
    file: `policies/policy-${index}.yaml`,
    text: fromMs !== null && index % 5 === 0 ? `${text}${waitingFrom(fromMs)}` : text,
  };
}

/** What makes pages wait, and clocks stand still. */
function waitingFrom(fromMs: number): string {
  const day = (days: number): string => new Date(fromMs + days * 86_400_000).toISOString().slice(0, 10);
  return [
    `  resolve: { calendar: office, warnAt: [50], onWarning: [page-tier], onBreach: [escalate-tier], severities: { sev3: { within: 9h }, sev4: { within: 20h } } }`,
    `quietHours: [{ severities: [sev4], calendar: office }]`,
    `maintenance: [{ name: Move, from: ${day(20)}T20:00:00Z, until: ${day(20)}T23:00:00Z, when: { category: [logistics], severity: [sev4] } }]`,
    `promises: [{ when: { accountClass: [strategic] }, clock: acknowledge, within: 20m }]`,
    '',
  ].join('\n');
}

if (require.main === module) {
  for (const schedules of [10, 50])
    process.stdout.write(`${JSON.stringify(benchPolicyCheck(schedules, Date.now()))}\n`);
}

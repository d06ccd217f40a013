import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { loadPolicySet, parsePolicySet, type PolicySet } from '../../contracts/policy/load.ts';
import { editorSchemas } from '../../contracts/policy/json-schemas.ts';
import { formatProblem, type PolicyProblem } from '../../contracts/policy/parse.ts';
import { parsePublishedDocument } from '../../contracts/policy/published.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { directoryText, policyFiles, policyText, routingText } from './policy-set-fixture.ts';

const folder = join(__dirname, '../../policies');

function setOf(change: Parameters<typeof policyFiles>[0] = {}): PolicySet {
  const loaded = parsePolicySet(policyFiles(change));
  if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join('\n'));
  return loaded.set;
}

function policyOf(text = policyText): Policy {
  const [loaded] = setOf({ plain: text }).policies;
  if (loaded === undefined) throw new Error('no policy');
  return loaded.policy;
}

function problemsOf(change: Parameters<typeof policyFiles>[0]): readonly PolicyProblem[] {
  const loaded = parsePolicySet(policyFiles(change));
  return loaded.ok ? [] : loaded.errors;
}

describe('the policies that come with Tierline', () => {
  it('are read without an error, and the drill is left out of metrics with tiers of ten seconds', () => {
    const loaded = loadPolicySet(folder);
    if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join('\n'));
    const byName = new Map(loaded.set.policies.map(({ policy }) => [policy.name, policy]));
    expect([...byName.keys()]).toEqual(['default', 'drill', 'safety']);
    const drill = byName.get('drill');
    expect(drill?.excludedFromMetrics).toBe(true);
    expect(drill?.tiers.map((tier) => tier.acknowledgeWithinMs.sev1)).toEqual([10_000, 10_000, 10_000, 10_000]);
    expect(byName.get('default')?.excludedFromMetrics).toBe(false);
  });

  it('have JSON Schemas for editors that are current', () => {
    for (const [name, text] of Object.entries(editorSchemas())) {
      const stored: unknown = JSON.parse(readFileSync(join(folder, 'schema', name), 'utf8'));
      expect(stored).toEqual(JSON.parse(text));
    }
  });
});

describe('compiling a policy', () => {
  it('turns durations, targets and actions into plain data', () => {
    const policy = policyOf();
    expect(policy.tiers[1]).toEqual({
      tier: 2,
      targets: [{ kind: 'team', id: 'leaders' }],
      acknowledgeWithinMs: { sev1: 300_000, sev2: 600_000, sev3: 3_600_000, sev4: 5_400_000 },
    });
    expect(policy.severities.sev3.clocks.resolve).toEqual({
      targetMs: 172_800_000,
      calendar: 'office',
      warnAtPercent: [50, 80],
      onWarning: [{ kind: 'page_tier' }],
      onBreach: [
        { kind: 'escalate_tier' },
        { kind: 'tell', audience: 'leadership' },
        { kind: 'page', targets: [{ kind: 'person', id: 'cy' }] },
      ],
      pausable: true,
    });
  });

  it('lets a severity say otherwise than its clock, and leaves out the clocks that a severity does not have', () => {
    const policy = policyOf();
    expect(policy.severities.sev1.clocks.resolve).toMatchObject({ calendar: 'always', warnAtPercent: [75] });
    expect(policy.severities.sev2.clocks.resolve).toBeUndefined();
    expect(policy.severities.sev1.repageIdleAfterMs).toBe(1_800_000);
    expect(policy.severities.sev2.repageIdleAfterMs).toBeNull();
  });

  it('gives equal content the equal hash, whatever the comments, and other content another', () => {
    expect(policyOf(`# a comment\n${policyText}`).hash).toBe(policyOf().hash);
    expect(policyOf(policyText.replace('repeats: 1', 'repeats: 2')).hash).not.toBe(policyOf().hash);
  });

  it('keeps a directory and routing that are published and read back', () => {
    const set = setOf();
    const stored: unknown = JSON.parse(JSON.stringify({ directory: set.directory, routing: set.routingDefinition }));
    expect(parsePublishedDocument(stored)).toEqual({
      directory: set.directory,
      routing: set.routing,
      formerCalendars: [],
    });
  });
});

describe('a bad policy set', () => {
  it('gets every error of every file at once, in the order of the files and lines', () => {
    const problems = problemsOf({
      directory: directoryText
        .replace('Europe/London', 'Europe/Londn')
        .replace('users: [ana, ben]', 'users: [ana, bne]'),
      plain: policyText
        .replace('sev1: 5m', 'sev1: 5 minutes')
        .replace('repeats: 1', 'repeat: 1')
        .replace('schedule:days', 'schedule:dayz')
        .replace('calendar: office', 'calendar: offce'),
      routing: routingText.replace('policy: plain', 'policy: plane'),
    });
    expect(problems.map(({ file, line, path }) => `${file.split('/')[1]}:${line} ${path}`)).toEqual([
      'directory.yaml:13 schedules.days.timezone',
      'directory.yaml:16 schedules.days.layers.0.rotations.0.users.1',
      'plain.yaml:2 repeats',
      'plain.yaml:5 tiers.0.targets.0',
      'plain.yaml:6 tiers.0.acknowledgeWithin.sev1',
      'plain.yaml:9 repeat',
      'plain.yaml:15 clocks.resolve.calendar',
      'routing.yaml:10 defaults.policy',
    ]);
  });

  const cases: readonly (readonly [what: string, from: string, to: string, message: RegExp, fix: RegExp])[] = [
    ['a misspelt key', 'repeats: 1', 'repets: 1', /"repets" is not known here/, /did you mean "repeats"/],
    ['an unknown schedule', 'schedule:days', 'schedule:day', /no schedule "day"/, /did you mean "days"/],
    ['a target without its kind', 'schedule:days', 'days', /"days" is not a target/, /schedule:ID/],
    ['an unknown action', 'escalate-tier,', 'climb,', /"climb" is not an action/, /escalate-tier/],
    ['an unknown audience', 'tell leadership', 'tell leaders', /not an action/, /leadership/],
    ['a duration that is a number', 'within: 4h', 'within: 4', /a duration is text/, /15m/],
    ['a duration of nothing', 'within: 4h', 'within: 0h', /"0h" is not a duration/, /15m/],
    ['warnings out of order', '[50, 80]', '[80, 50]', /have to ascend/, /smallest/],
    ['an unknown severity', 'raiseTo: sev2', 'raiseTo: sev22', /"sev22" is not one of/, /did you mean "sev2"/],
    [
      'volume rules that lead nowhere',
      'atCount: 100, raiseTo: sev1',
      'atCount: 100, raiseTo: sev3',
      /raised it to sev2 already/,
      /^$/,
    ],
    ['a missing severity', 'sev2: {}, ', '', /"sev2" is missing/, /add "sev2:"/],
    ['too many tiers', 'repeats: 1', 'repeats: 11', /at most 10/, /at most 10/],
    ['a name that is not the file’s', 'policy: plain', 'policy: plan', /the file is called plain/, /both the same/],
    ['a person nobody knows in an action', 'page person:cy', 'page person:si', /no person "si"/, /did you mean "cy"/],
  ];
  it.each(cases)('is told of %s and how to mend it', (_what, from, to, message, fix) => {
    expect(policyText).toContain(from);
    const problems = problemsOf({ plain: policyText.replace(from, to) });
    const [first] = problems.filter((problem) => message.test(problem.message));
    expect(first?.fix).toMatch(fix);
  });

  it('points at the line and column of what is wrong', () => {
    const [problem] = problemsOf({ plain: policyText.replace('raiseTo: sev1', 'raiseTo: sev9') });
    expect(problem).toMatchObject({ file: 'policies/plain.yaml', line: 23, column: 72 });
    expect(formatProblem(problem ?? { file: '', line: 0, column: 0, path: '', message: '', fix: '' })).toMatch(
      /^policies\/plain\.yaml:23:72: volumeRules\.1\.raiseTo: "sev9" is not one of sev1, sev2, sev3, sev4\n {4}fix: did you mean/,
    );
  });

  it('is told of broken YAML, of a key that stands twice and of a missing file', () => {
    expect(problemsOf({ plain: 'policy: [plain' })[0]?.message).toMatch(/not valid YAML/);
    const twice = problemsOf({ plain: `${policyText}repeats: 2\n` });
    expect(twice.map((problem) => [problem.line, problem.message])).toEqual([[24, 'the key stands twice in this map']]);
    const missing = parsePolicySet(policyFiles().slice(0, 2));
    expect(missing.ok ? [] : missing.errors.map((problem) => problem.message)).toEqual(['the set has no routing']);
  });

  it('is never answered with an exception, whatever the text is', () => {
    for (const text of [
      '',
      '---',
      '- 1',
      '"x"',
      'a: &a [*a]',
      'policy: {}',
      '{{',
      '\u0000',
      'tiers: [null]\nclocks: 3',
    ]) {
      expect(problemsOf({ plain: text }).length).toBeGreaterThan(0);
    }
  });
});

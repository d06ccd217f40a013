import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Command } from '../../../domain/escalation/commands.ts';
import { hour, minute, startMs, text } from '../escalation/given.ts';
import { officePolicy, play, type Step } from './random-escalation.ts';

function step(commands: readonly Command[], afterMs: number, pin: Step['pin'] = 'office'): Step {
  return { commands, afterMs, awake: false, person: 'dana', pin };
}

describe('what the verifier found', () => {
  it('7 % of 15 minutes are 63 seconds, not a millisecond more', () => {
    const { log } = play([step([], 2 * minute)], officePolicy, 'sev2');
    const warned = log.find((event) => event.type === 'clock.warned');
    expect(warned).toMatchObject({ clock: 'acknowledge', percent: 7, warnAtMs: startMs + 63_000 });
  });

  it('a breach that is due when the calendar changes keeps the instant at which it fell due', () => {
    const late = step([{ type: 'pin-calendar', calendarId: 'office' }], hour, 'summer');
    const { log } = play([late], officePolicy, 'sev3');
    const breached = log.find((event) => event.type === 'clock.breached');
    expect(breached).toMatchObject({ clock: 'acknowledge', dueAtMs: startMs + 30 * minute });
  });

  it('a clock that a higher severity brings during a pause starts paused', () => {
    const pause: Command = { type: 'pause', reason: 'legal_hold', untilMs: startMs + 5 * hour };
    const raise: Command = { type: 'change-severity', severity: 'sev2', reason: text };
    const { state } = play(
      [step([{ type: 'acknowledge' }, pause], minute), step([raise], minute)],
      officePolicy,
      'sev4',
    );
    expect(state.clocks.resolve?.status).toBe('paused');
  });
});

describe('the verifier', () => {
  it('shares no rule with what it checks: of the domain it imports vocabulary, event types and its own files', () => {
    const folder = join(__dirname, '..', '..', '..', 'domain', 'verify');
    const imported = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/from '([^']+)'/g)].map(([, path]) => path),
    );
    const foreign = new Set(imported.filter((path) => path?.startsWith('./') !== true));
    expect(foreign).toEqual(new Set(['../assert-never.ts', '../escalation/events.ts', '../escalation/vocabulary.ts']));
  });
});

import type { ForecastStep } from '../api/types.ts';
import { nameOf } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { causeIn, targetName } from './describe.ts';

/** Causes that the step before it in the same instant says already. */
const saidBefore: Readonly<Partial<Record<string, readonly string[]>>> = {
  'tier.entered': Object.keys(t.events.tierCause),
  'clock.warned': ['warning'],
  'clock.breached': ['breach', 'clock_breached'],
};

/** What will happen, in the words of this console; a kind that it does not know yet keeps the server's sentence. */
export function describeStep(step: ForecastStep, before?: ForecastStep): string {
  const s = t.forecast;
  const cause = step.cause ?? '';
  switch (step.kind) {
    case 'tier.entered':
      return step.tier === undefined ? step.summary : s.tier(step.tier, causeIn(t.events.tierCause, cause));
    case 'page.requested': {
      const targets = (step.targets ?? []).map(targetName).join(', ');
      const people = s.and((step.recipients ?? []).map(nameOf));
      const isSaid = before !== undefined && (saidBefore[before.kind] ?? []).includes(cause);
      const why = isSaid ? null : causeIn(t.events.pageCause, cause);
      return people === '' ? s.pagesNobody(targets) : s.pages(people, targets === people ? null : targets, why);
    }
    case 'clock.warned':
      return step.clock === undefined ? step.summary : s.warning(t.clock[step.clock]);
    case 'clock.breached':
      return step.clock === undefined ? step.summary : s.breach(t.clock[step.clock]);
    default:
      return step.summary;
  }
}

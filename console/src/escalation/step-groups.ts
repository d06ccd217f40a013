import type { ForecastStep } from '../api/types.ts';

/** What the desk does at one instant. */
export interface StepGroup {
  readonly at: string;
  /** At least one; the first is what the others follow from. */
  readonly steps: readonly ForecastStep[];
}

/** Steps of one instant together, in their order: a tier is asked and its people are paged at once. */
export function groupSteps(steps: readonly ForecastStep[]): readonly StepGroup[] {
  const instants = [...new Set(steps.map((step) => step.at))];
  return instants.map((at) => ({ at, steps: steps.filter((step) => step.at === at) }));
}

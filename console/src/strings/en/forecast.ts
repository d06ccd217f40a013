const and = new Intl.ListFormat('en', { type: 'conjunction' });

/** What a forecast says will happen. */
export const enForecast = {
  /** Names in a row. */
  and: (names: readonly string[]) => and.format(names),
  tier: (tier: number, cause: string) => `Tier ${tier} is asked: ${cause}`,
  pages: (people: string, targets: string | null, cause: string) =>
    targets === null ? `Pages ${people}: ${cause}` : `Pages ${people}, ${targets}: ${cause}`,
  pagesNobody: (targets: string) => `Nobody would be paged: ${targets} is not covered`,
  warning: (clock: string) => `${clock} clock warns`,
  breach: (clock: string) => `${clock} clock breaches`,
};

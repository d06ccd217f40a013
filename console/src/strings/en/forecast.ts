const and = new Intl.ListFormat('en', { type: 'conjunction' });

/** What a forecast says will happen. */
export const enForecast = {
  /** Names in a row. */
  and: (names: readonly string[]) => and.format(names),
  tier: (tier: number, cause: string) => `Tier ${tier} is asked: ${cause}`,
  pages: (people: string, targets: string | null, cause: string | null) =>
    [`Pages ${people}`, targets === null ? '' : `, ${targets}`, cause === null ? '' : `: ${cause}`].join(''),
  pagesNobody: (targets: string) => `Nobody would be paged: ${targets} is not covered`,
  warning: (clock: string) => `${clock} is due soon`,
  breach: (clock: string) => `${clock} breaches`,
};

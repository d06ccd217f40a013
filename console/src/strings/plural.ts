/** A count in English with its noun, such as "1 day" or "1,024 days". */
export const plural = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

const stopWords = new Set(
  'a an and are at be been by for from has have in into is it its not of on or our over since that the their them they this to was we were when which while who will with you your'.split(
    ' ',
  ),
);

function words(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2 && !stopWords.has(word));
}

/** The words that tell most, longest first. */
export function searchWords(title: string): readonly string[] {
  return [...new Set(words(title))].toSorted((a, b) => b.length - a.length);
}

/** Endings count little. */
function stem(word: string): string {
  return word.slice(0, 6);
}

/** How alike two titles are: the share of words in common, from 0 to 1. */
export function likeness(a: string, b: string): number {
  const first = new Set(words(a).map(stem));
  const second = new Set(words(b).map(stem));
  if (first.size === 0 || second.size === 0) return 0;
  const shared = [...first].filter((word) => second.has(word)).length;
  return (2 * shared) / (first.size + second.size);
}

/** 1, 2, 5, 10, 20, 50, 100, …: so often a workflow hears of repeats, however many there are. */
export function isThreshold(count: number): boolean {
  if (!Number.isSafeInteger(count) || count < 1) return false;
  let rest = count;
  while (rest % 10 === 0) rest /= 10;
  return rest === 1 || rest === 2 || rest === 5;
}

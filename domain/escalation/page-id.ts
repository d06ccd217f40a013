/** What is published bears this id, however often it is tried: which step asked for it, and the how-manieth page it is. */
export function pageIdOf(escalationId: string, step: number, page: number): string {
  return `${escalationId}#${step}#${page}`;
}

/** The step of the walk that asked for a page. */
export function stepOfPage(pageId: string): number {
  return Number(pageId.split('#')[1]);
}

/** The number of a page within its escalation, from 0: the turn it is. */
export function turnOfPage(pageId: string): number {
  const counted = Number(pageId.split('#')[2] ?? 1);
  return Number.isSafeInteger(counted) && counted > 0 ? counted - 1 : 0;
}

import { callCommand } from '../api/client.ts';
import type { CommandBody } from '../api/client.ts';
import { ApiProblem, ApiUnreachable, isPassing } from '../api/problem.ts';
import { queryClient, timelineQuery } from '../api/queries.ts';
import { call } from '../api/client.ts';
import { publishRecord } from '../api/record-bus.ts';
import type { Escalation, EscalationDetail, TimelineEntry } from '../api/types.ts';
import { serverNowMs } from '../api/clock-skew.ts';
import { subject } from '../auth/session.ts';
import { describeEntry } from '../escalation/describe.ts';
import { dropGuess, guessOf, showGuess } from './overlay.ts';

export type Outcome =
  | { readonly kind: 'done'; readonly record: Escalation }
  | { readonly kind: 'pending' }
  /** The core said no; `faster` is what somebody else did meanwhile. */
  | { readonly kind: 'refused'; readonly problem: ApiProblem; readonly faster: TimelineEntry | null }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What two people may do at once without harm needs no look at the revision. */
const harmless: readonly CommandBody['command'][] = ['acknowledge', 'note', 'send-update'];
const attempts = 3;

/** A key for a command that a person is about to give; kept for its repeats. */
export function newAttemptKey(): string {
  return crypto.randomUUID();
}

/**
 * Gives a command on what the person saw. Its likely effect shows at once and goes again when the answer is another.
 * A call whose outcome is unknown is repeated under the same key, so that it is done once.
 */
export async function sendCommand(seen: Escalation, command: CommandBody, key: string): Promise<Outcome> {
  showGuess(seen.id, { guess: guessOf(command), command: command.command });
  try {
    const answer = await repeat(() =>
      callCommand({
        escalationId: seen.id,
        command,
        idempotencyKey: key,
        ...(harmless.includes(command.command) ? {} : { ifRevision: seen.rev }),
      }),
    );
    if ('commandId' in answer) return { kind: 'pending' };
    learn(answer);
    return { kind: 'done', record: answer };
  } catch (error) {
    if (!(error instanceof ApiProblem) || isPassing(error)) return { kind: 'failed', error };
    return { kind: 'refused', problem: error, faster: await whoWasFaster(seen) };
  } finally {
    dropGuess(seen.id);
  }
}

async function repeat<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = attempts - 1; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      const isWorthIt = error instanceof ApiUnreachable || (error instanceof ApiProblem && isPassing(error));
      if (left === 0 || !isWorthIt) throw error;
      const delayMs = (error instanceof ApiProblem ? error.retryAfterMs : null) ?? 700 * (attempts - left);
      await new Promise((resolve) => {
        window.setTimeout(resolve, Math.min(delayMs, 5_000));
      });
    }
  }
}

/** Spreads a record that is newer than what is shown. */
export function learn(record: Escalation): void {
  publishRecord(record);
  queryClient.setQueryData<EscalationDetail>(['escalation', record.id], (known) =>
    known === undefined || known.seq > record.seq ? known : { ...known, ...record },
  );
}

/** Further back than this, what somebody did is no news. In ms. */
const recentMs = 10 * 60_000;

/** A person's command also stops clocks: what counts is what the person did. */
function isDeedOfAnother(entry: TimelineEntry): boolean {
  return entry.actor.kind === 'person' && entry.actor.id !== subject() && describeEntry(entry).group === 'people';
}

/** Reads the escalation anew and answers with the last thing that somebody else did since it was seen, or just before. */
async function whoWasFaster(seen: Escalation): Promise<TimelineEntry | null> {
  try {
    learn(await call('getEscalation', { params: { id: seen.id } }));
    const entries = await queryClient.fetchQuery({ ...timelineQuery(seen.id), staleTime: 0 });
    const isNews = (entry: TimelineEntry): boolean =>
      entry.seq > seen.seq || serverNowMs() - Date.parse(entry.at) < recentMs;
    return entries.findLast((entry) => isDeedOfAnother(entry) && isNews(entry)) ?? null;
  } catch {
    return null;
  }
}

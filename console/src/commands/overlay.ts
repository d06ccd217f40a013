import { useSyncExternalStore } from 'react';
import type { Escalation } from '../api/types.ts';
import type { CommandBody } from '../api/client.ts';

/** What a command will most likely change, shown until its answer comes. */
type Guess = Partial<Pick<Escalation, 'state' | 'assignee' | 'severity' | 'awaiting' | 'paused'>>;

interface Overlay {
  readonly guess: Guess;
  readonly command: CommandBody['command'];
}

const overlays = new Map<string, Overlay>();
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

export function showGuess(id: string, overlay: Overlay): void {
  overlays.set(id, overlay);
  tell();
}

/** The truth is back: the guess goes, whether it was right or not. */
export function dropGuess(id: string): void {
  if (overlays.delete(id)) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useOverlay(id: string): Overlay | undefined {
  return useSyncExternalStore(subscribe, () => overlays.get(id));
}

/**
 * The visible effect of a command. It is shown for the tenths of a second until the core has decided, and decides
 * nothing itself: what it leaves out appears with the answer.
 */
export function guessOf({ command, body }: CommandBody): Guess {
  switch (command) {
    case 'acknowledge':
      return { state: 'acknowledged', awaiting: null };
    case 'start-investigation':
      return { state: 'investigating' };
    case 'assign':
      return { assignee: body.assignee };
    case 'hand-off':
      return { assignee: body.to };
    case 'change-severity':
      return { severity: body.severity };
    case 'pause':
      return { paused: { reason: body.reason, until: body.until } };
    case 'resume':
      return { paused: null };
    case 'resolve':
      return { state: 'resolved' };
    case 'reopen':
      return { state: 'investigating' };
    case 'close':
      return { state: 'closed' };
    case 'cancel':
      return { state: 'cancelled' };
    default:
      return {};
  }
}

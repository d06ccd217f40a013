import { useSyncExternalStore } from 'react';
import { serverNowMs } from '../api/clock-skew.ts';

const listeners = new Set<() => void>();
let timer: number | undefined;
let nowMs = floorToSecond(serverNowMs());

function floorToSecond(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

function tick(): void {
  nowMs = floorToSecond(serverNowMs());
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

function snapshot(): number {
  if (timer === undefined) nowMs = floorToSecond(serverNowMs());
  return nowMs;
}

/** Epoch milliseconds by the server's clock, to the second: one timer for every countdown on the page. */
export function useNowMs(): number {
  return useSyncExternalStore(subscribe, snapshot);
}

/** The same, but the component renders only when `select` answers something else. */
export function useNow<T extends string | number | boolean>(select: (nowMs: number) => T): T {
  return useSyncExternalStore(subscribe, () => select(snapshot()));
}

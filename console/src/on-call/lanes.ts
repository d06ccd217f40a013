/** A window of whole days in the viewer's zone. */
export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

export const dayCounts = [7, 14, 28] as const;
export type DayCount = (typeof dayCounts)[number];

function midnight(atMs: number, addDays: number): number {
  const at = new Date(atMs);
  at.setHours(0, 0, 0, 0);
  at.setDate(at.getDate() + addDays);
  return at.getTime();
}

/** @param shift how many windows before (negative) or after the one that today is in */
export function windowAt(nowMs: number, days: DayCount, shift: number): Window {
  return { fromMs: midnight(nowMs, shift * days), untilMs: midnight(nowMs, (shift + 1) * days) };
}

/** The days of a window; clock changes make some of them 23 or 25 hours long. */
export function daysOf(window: Window): readonly number[] {
  const days: number[] = [];
  for (let index = 0; ; index += 1) {
    const atMs = midnight(window.fromMs, index);
    if (atMs >= window.untilMs) return days;
    days.push(atMs);
  }
}

/** Where an instant lies in the window, in percent of its width, cut to it. */
export function percentAt(window: Window, atMs: number): number {
  const share = (atMs - window.fromMs) / (window.untilMs - window.fromMs);
  return Math.min(1, Math.max(0, share)) * 100;
}

/** The instant at a share of the window's width, to the full hour. */
export function instantAt(window: Window, share: number): number {
  const hourMs = 3_600_000;
  const raw = window.fromMs + Math.min(1, Math.max(0, share)) * (window.untilMs - window.fromMs);
  return window.fromMs + Math.round((raw - window.fromMs) / hourMs) * hourMs;
}

const hues = 8;

/** One of a few colours: the people of a schedule have different ones, as far as there are enough. */
export function hueOf(people: readonly string[], personId: string): number {
  return Math.max(0, people.indexOf(personId)) % hues;
}

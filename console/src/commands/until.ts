import { t } from '../strings/index.ts';

export interface Preset {
  readonly label: string;
  /** As a `datetime-local` field holds it: the viewer's wall time. */
  readonly value: string;
}

const hourMs = 3_600_000;
const morning = 9;

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** An instant as a `datetime-local` field holds it. */
export function wallTime(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

function morningAfter(nowMs: number, isDay: (day: number) => boolean): Date {
  const at = new Date(nowMs);
  do at.setDate(at.getDate() + 1);
  while (!isDay(at.getDay()));
  at.setHours(morning, 0, 0, 0);
  return at;
}

/** The ends of a pause that people mean most often. */
export function untilPresets(nowMs: number): readonly Preset[] {
  const s = t.actions.untilPresets;
  return [
    { label: s.hour, value: wallTime(new Date(nowMs + hourMs)) },
    { label: s.four, value: wallTime(new Date(nowMs + 4 * hourMs)) },
    { label: s.tomorrow, value: wallTime(morningAfter(nowMs, () => true)) },
    { label: s.monday, value: wallTime(morningAfter(nowMs, (day) => day === 1)) },
  ];
}

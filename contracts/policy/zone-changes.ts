import { timeZone } from '../../zones/time-zone.ts';
import type { DirectoryDefinition } from './directory-file.ts';

/** A change of a zone's clocks. */
export interface ZoneChange {
  readonly zone: string;
  readonly atMs: number;
  /** How far the clocks go forward; negative: back. */
  readonly shiftMs: number;
}

const dayMs = 86_400_000;

/** The clock changes in `[fromMs, untilMs)` of every zone that the directory's schedules and calendars are written in. */
export function zoneChanges(directory: DirectoryDefinition, fromMs: number, untilMs: number): readonly ZoneChange[] {
  return [...zonesOf(directory)].flatMap((zone) => changesOf(zone, fromMs, untilMs));
}

function zonesOf(directory: DirectoryDefinition): ReadonlySet<string> {
  const zones = new Set(Object.values(directory.calendars).map((calendar) => calendar.timezone));
  for (const schedule of Object.values(directory.schedules)) {
    // Its expected hours are written in it, even where each rotation has a zone of its own.
    zones.add(schedule.timezone);
    for (const layer of schedule.layers) {
      for (const rotation of layer.rotations) zones.add(rotation.timezone ?? schedule.timezone);
    }
  }
  return zones;
}

function changesOf(name: string, fromMs: number, untilMs: number): readonly ZoneChange[] {
  const zone = timeZone(name);
  const changes: ZoneChange[] = [];
  for (let dayStartMs = fromMs; dayStartMs < untilMs; dayStartMs += dayMs) {
    const before = zone.offsetAtMs(dayStartMs);
    const shiftMs = zone.offsetAtMs(dayStartMs + dayMs) - before;
    if (shiftMs === 0) continue;
    let low = dayStartMs;
    let high = dayStartMs + dayMs;
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (middle <= low) break;
      if (zone.offsetAtMs(middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ zone: name, atMs: high, shiftMs });
  }
  return changes;
}

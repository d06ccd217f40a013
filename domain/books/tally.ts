import { classOf, faultClasses, type BookFault, type FaultClass } from './faults.ts';

/** What became of a fault: put right and seen to be so, or still there. */
export interface FaultNote {
  readonly escalationId: string;
  readonly fault: BookFault;
  readonly outcome: 'repaired' | 'left';
}

/** Escalations, each counted once in a class. */
export interface Tally {
  readonly found: number;
  readonly repaired: number;
  readonly left: number;
}

/** Counts notes by class; an escalation with one fault left is left, whatever else of it was repaired. */
export function tallyOf(notes: readonly FaultNote[]): Readonly<Record<FaultClass, Tally>> {
  const count = (name: FaultClass): Tally => {
    const own = notes.filter((note) => classOf[note.fault] === name);
    const found = new Set(own.map((note) => note.escalationId)).size;
    const left = new Set(own.filter((note) => note.outcome === 'left').map((note) => note.escalationId)).size;
    return { found, left, repaired: found - left };
  };
  const [lost, orphaned, stuck] = faultClasses;
  return { lost: count(lost), orphaned: count(orphaned), stuck: count(stuck) };
}

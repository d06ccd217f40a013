/** What can be wrong with the books of one escalation. Each belongs to one class and has one repair. */
export const bookFaults = [
  /** A record without a log: nothing is left to make it again from. */
  'no_log',
  /** The log can't be read: a gap, or an item that no version understands. */
  'unreadable_log',
  /** A first commit without its record: an intake that stopped half-way, or a record that was deleted. */
  'no_record',
  /** The record shows more than was ever committed. */
  'record_ahead',
  'record_lags',
  /** Open, or with a page or an update to send yet, and no workflow would ever look after it. */
  'no_workflow',
  /** Accepted, listed as waiting for its workflow, and taken up by none for too long. */
  'intake_waits',
  /** Has a workflow, and is still listed as waiting. */
  'listed_after_begin',
  /** A decision has been due for longer than the grace, and nobody made it. */
  'wake_missed',
  /** A calendar's expansion ends soon and is not renewed. */
  'calendar_runs_out',
  /** Nobody has acknowledged it and nobody is being asked; or the workflow that runs has never begun it. */
  'nobody_asked',
  'workflow_after_end',
  /** Repeats of the key are counted on an escalation that is no longer worked on, or never was. */
  'key_still_open',
  /** A repeat would open a second escalation beside one that is worked on. */
  'key_let_go',
] as const;
export type BookFault = (typeof bookFaults)[number];

export const faultClasses = ['lost', 'orphaned', 'stuck'] as const;
export type FaultClass = (typeof faultClasses)[number];

/**
 * `lost`: nothing looks after it any more. `orphaned`: it stands in the books and belongs to nothing. `stuck`: it is
 * looked after and does not move on.
 */
export const classOf: Readonly<Record<BookFault, FaultClass>> = {
  no_log: 'lost',
  unreadable_log: 'lost',
  record_ahead: 'lost',
  no_workflow: 'lost',
  no_record: 'orphaned',
  workflow_after_end: 'orphaned',
  key_still_open: 'orphaned',
  key_let_go: 'orphaned',
  record_lags: 'stuck',
  intake_waits: 'stuck',
  listed_after_begin: 'stuck',
  wake_missed: 'stuck',
  calendar_runs_out: 'stuck',
  nobody_asked: 'stuck',
};

/** How each is put right; `none`: it takes a person. */
export type Repair =
  | 'none'
  | 'adopt'
  | 'write_record'
  | 'start_workflow'
  | 'unlist'
  | 'nudge'
  | 'end_workflow'
  | 'close_key'
  | 'take_key';

export const repairOf: Readonly<Record<BookFault, Repair>> = {
  no_log: 'none',
  unreadable_log: 'none',
  record_ahead: 'none',
  no_record: 'adopt',
  record_lags: 'write_record',
  no_workflow: 'start_workflow',
  intake_waits: 'start_workflow',
  listed_after_begin: 'unlist',
  wake_missed: 'nudge',
  calendar_runs_out: 'nudge',
  nobody_asked: 'nudge',
  workflow_after_end: 'end_workflow',
  key_still_open: 'close_key',
  key_let_go: 'take_key',
};

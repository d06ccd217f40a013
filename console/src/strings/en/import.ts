import { plural } from '../plural.ts';

/** Taking overrides or leave from a calendar file. */
export const enImport = {
  title: 'Import calendar',
  lead: 'An iCalendar file (.ics), as calendars export it. A person is found by an invited address, or by an event’s name that is theirs or ends with it after a colon.',
  as: 'Its events are',
  kinds: { overrides: 'Shifts on a schedule', leave: 'Leave' },
  schedule: 'Schedule',
  zoneHint: 'Whole days and times without a zone are read in the zone of this schedule.',
  chooseFile: 'Choose file…',
  paste: 'Or paste its text',
  tooLong: 'It is longer than 200,000 characters. Export a shorter range.',
  preview: 'What would change',
  previewNothing: 'Choose a file to see what would change. Nothing is changed before you say so.',
  reading: 'Reading…',
  isNew: 'new',
  isKnown: 'there already',
  inPlaceOf: (people: string) => `in place of ${people}`,
  besides: 'nobody is on call then',
  awayFrom: (schedules: string) => `was to be on call: ${schedules}`,
  unmatched: (count: number) => `${plural(count, 'event', 'events')} left out, because nobody in the directory fits:`,
  unnamed: 'an event without a name',
  nothingNew: 'Everything in it is there already.',
  nothing: 'It has no event from now on that fits a person.',
  submit: (count: number) => (count === 0 ? 'Take in' : `Take in ${plural(count, 'entry', 'entries')}`),
  done: (count: number) => `${plural(count, 'entry', 'entries')} taken in`,
};

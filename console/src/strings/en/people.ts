import { plural } from '../plural.ts';

/** Who there is, and who is away. */
export const enPeople = {
  title: 'People',
  lead: 'Who is in the directory, how a page reaches them, and who is away. Whoever is away is left out of every schedule.',
  leave: 'Away',
  leaveEmpty: 'Nobody is away, now or later.',
  awayNow: 'away now',
  addLeave: 'Add leave',
  leaveHint: 'Schedules pass over this person for that time; whoever follows in the rotation is on call instead.',
  person: 'Who is away',
  notOrdered: 'This has to be after the beginning.',
  past: 'What was cannot be changed: choose an end in the future.',
  leaveAdded: (person: string) => `${person} is away for that time`,
  removeLeave: (person: string) => `Take back the leave of ${person}`,
  removeTitle: 'Take back this leave?',
  removeText: (person: string, from: string, until: string) =>
    `${person} is not away from ${from} to ${until} any more and is on call again where a rotation says so.`,
  remove: 'Take back',
  leaveRemoved: (person: string) => `${person} is not away any more`,
  import: 'Import calendar…',
  onCallThen: 'On call in that time:',
  onCallNone: 'Not on call in that time.',
  columns: { person: 'Person', team: 'Team', zone: 'Time zone', channels: 'Reached by' },
  noTeam: 'No team',
  unreachable: 'No page reaches this person',
  channels: { sns: 'Page', sms: 'SMS', voice: 'Call', email: 'Mail', chat: 'Chat' },
  search: 'Find a person',
  searchPlaceholder: 'Name, team, time zone…',
  nobodyFound: 'Nobody fits that.',
  count: (count: number) => plural(count, 'person', 'people'),
};

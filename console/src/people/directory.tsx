import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { Person } from '../theme/person.tsx';
import classes from './people.module.css';

const s = t.people;
const channelWords: Readonly<Record<string, string>> = s.channels;

type People = ResponseOf<'listPeople'>;

interface DirectoryProps {
  readonly people: People;
  readonly search: string;
  /** Ids of those who are away now. */
  readonly away: ReadonlySet<string>;
}

/** Everybody by team, with the ways by which a page reaches them. */
export function Directory({ people, search, away }: DirectoryProps) {
  const wanted = search.trim().toLowerCase();
  const teamName = new Map(people.teams.map((team) => [team.id, team.name]));
  const nameOfTeam = (id: string | null): string => (id === null ? s.noTeam : (teamName.get(id) ?? id));
  const found = people.items.filter((person) =>
    [person.id, person.name, nameOfTeam(person.team), person.timezone ?? ''].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  );
  if (found.length === 0) return <p className={classes.empty}>{s.nobodyFound}</p>;
  const byTeam = Map.groupBy(found, (person) => person.team);
  const teams = [...byTeam].toSorted(
    ([a], [b]) => Number(a === null) - Number(b === null) || nameOfTeam(a).localeCompare(nameOfTeam(b)),
  );
  return (
    <>
      {teams.map(([team, members]) => (
        <section key={team ?? ''} className={classes.team} aria-label={nameOfTeam(team)}>
          <h3 className={classes.teamName}>{nameOfTeam(team)}</h3>
          <ul className={classes.rows}>
            {members.map((person) => (
              <li key={person.id} className={classes.row}>
                <span className={classes.who}>
                  <Person id={person.id} />
                  <span className={classes.id}>{person.id}</span>
                  {away.has(person.id) ? <Tag tone="warn">{s.awayNow}</Tag> : null}
                </span>
                <span className={classes.zone}>{person.timezone?.replaceAll('_', ' ') ?? ''}</span>
                <span className={classes.channels}>
                  {person.reachable ? (
                    person.channels.map((channel) => channelWords[channel] ?? channel).join(', ')
                  ) : (
                    <Tag tone="danger">{s.unreachable}</Tag>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

import type { BodyOf } from '../../../contracts/schemas/requests.ts';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import { nameOf, useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { Person } from '../theme/person.tsx';
import { Instant } from '../time/instant.tsx';
import { missedBy, replacedBy } from './turns.ts';
import type { Turn } from './turns.ts';
import { useTurns } from './use-turns.ts';
import classes from './on-call.module.css';

const s = t.import;

type Answer = ResponseOf<'importSchedule'>;

interface ImportPreviewProps {
  readonly kind: BodyOf<'importSchedule'>['as'];
  readonly scheduleId: string;
  readonly answer: Answer;
}

/** What an import would add, what each entry does to those on call, and what is left out. */
export function ImportPreview({ kind, scheduleId, answer }: ImportPreviewProps) {
  useNames();
  const { stretches, unmatched } = answer;
  const froms = stretches.map((stretch) => Date.parse(stretch.from));
  const untils = stretches.map((stretch) => Date.parse(stretch.until));
  const turns = useTurns(Math.min(...froms), Math.max(...untils));
  const effectOf = (stretch: Answer['stretches'][number]): string | null => {
    if (turns === null || stretch.known) return null;
    return kind === 'leave' ? effectOfLeave(turns, stretch) : effectOfShift(turns, scheduleId, stretch);
  };
  return (
    <>
      {stretches.length === 0 ? <p className="dim">{s.nothing}</p> : null}
      {stretches.length > 0 && stretches.every((stretch) => stretch.known) ? (
        <p className="dim">{s.nothingNew}</p>
      ) : null}
      {stretches.length === 0 ? null : (
        <ul className={classes.preview} tabIndex={0} aria-label={s.preview}>
          {stretches.map((stretch) => (
            <li key={`${stretch.person} ${stretch.from} ${stretch.until}`} data-known={stretch.known}>
              <Tag tone={stretch.known ? 'plain' : 'good'}>{stretch.known ? s.isKnown : s.isNew}</Tag>
              <Person id={stretch.person} />
              <span>
                <Instant atMs={Date.parse(stretch.from)} /> – <Instant atMs={Date.parse(stretch.until)} />
                <span className={classes.effect}>{effectOf(stretch)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {unmatched.length === 0 ? null : (
        <div className={classes.unmatched}>
          <p>{s.unmatched(unmatched.length)}</p>
          <ul>
            {unmatched.map((summary) => (
              <li key={summary}>{summary === '' ? <em>{s.unnamed}</em> : summary}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function spanOf(stretch: Answer['stretches'][number]) {
  return { person: stretch.person, fromMs: Date.parse(stretch.from), untilMs: Date.parse(stretch.until) };
}

function effectOfShift(turns: readonly Turn[], scheduleId: string, stretch: Answer['stretches'][number]): string {
  const replaced = replacedBy(turns, scheduleId, spanOf(stretch));
  return replaced.length === 0 ? s.besides : s.inPlaceOf(replaced.map(nameOf).join(', '));
}

function effectOfLeave(turns: readonly Turn[], stretch: Answer['stretches'][number]): string | null {
  const missed = missedBy(turns, spanOf(stretch));
  return missed.length === 0 ? null : s.awayFrom(missed.join(', '));
}

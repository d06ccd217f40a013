import { nameOf, useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { Person } from '../theme/person.tsx';
import { Instant } from '../time/instant.tsx';
import type { OnCallNow } from './queries.ts';
import classes from './on-call.module.css';

const s = t.onCall;

/** One card for each schedule: who has it, until when, and who comes next. */
export function NowBoard({ items, meId }: { readonly items: readonly OnCallNow[]; readonly meId: string | null }) {
  useNames();
  return (
    <section aria-label={s.now}>
      <h2 className="sr-only">{s.now}</h2>
      <ul className={classes.cards}>
        {items.map((item) => (
          <li key={item.schedule} className={classes.card} data-gap={item.isGap}>
            <h3 className={classes.cardName}>{item.name}</h3>
            <div className={classes.people}>
              {item.onCall.map((person) => (
                <span key={person} className={classes.person}>
                  <Person id={person} />
                  {person === meId ? <Tag tone="info">{t.you}</Tag> : null}
                </span>
              ))}
              {item.onCall.length === 0 ? (
                <Tag tone={item.isGap ? 'danger' : 'plain'}>{item.isGap ? s.gapNow : s.nobody}</Tag>
              ) : null}
            </div>
            <p className={classes.until}>
              {item.until === null ? null : (
                <>
                  {s.until} <Instant atMs={Date.parse(item.until)} />
                  {item.next.length > 0 ? `, ${s.next} ${item.next.map(nameOf).join(', ')}` : null}
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

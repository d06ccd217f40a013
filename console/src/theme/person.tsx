import { useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { Initials } from './initials.tsx';
import classes from './person.module.css';

/** A person by id; nobody is said, not left blank. */
export function Person({ id }: { readonly id: string | null }) {
  const names = useNames();
  if (id === null) {
    return (
      <span className={classes.person}>
        <span className={classes.nobody} aria-hidden="true" />
        <span className="dim">{t.unassigned}</span>
      </span>
    );
  }
  const name = names.get(id) ?? id;
  return (
    <span className={classes.person} title={name === id ? id : `${name} (${id})`}>
      <Initials name={name} size="small" />
      <span className={classes.name}>{name}</span>
    </span>
  );
}

import { Avatar } from '@mantine/core';
import { useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
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
      <Avatar size={20} radius="xl" name={name.replaceAll(/[._@-]/g, ' ')} color="initials" aria-hidden="true" />
      <span className={classes.name}>{name}</span>
    </span>
  );
}

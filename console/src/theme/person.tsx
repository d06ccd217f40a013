import { Avatar } from '@mantine/core';
import { t } from '../strings/index.ts';
import classes from './person.module.css';

/** A person by id; nobody is said, not left blank. */
export function Person({ id }: { readonly id: string | null }) {
  if (id === null) {
    return (
      <span className={classes.person}>
        <span className={classes.nobody} aria-hidden="true" />
        <span className="dim">{t.unassigned}</span>
      </span>
    );
  }
  return (
    <span className={classes.person} title={id}>
      <Avatar size={20} radius="xl" name={id.replaceAll(/[._@-]/g, ' ')} color="initials" aria-hidden="true" />
      <span className={classes.name}>{id}</span>
    </span>
  );
}

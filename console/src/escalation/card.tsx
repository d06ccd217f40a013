import { useId } from 'react';
import type { ReactNode } from 'react';
import classes from './escalation.module.css';

interface CardProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a page. */
export function Card({ title, aside, children }: CardProps) {
  const id = useId();
  return (
    <section className={classes.card} aria-labelledby={id}>
      <div className={classes.cardHead}>
        <h2 id={id} className={classes.cardTitle}>
          {title}
        </h2>
        {aside === undefined ? null : <div className={classes.cardAside}>{aside}</div>}
      </div>
      {children}
    </section>
  );
}

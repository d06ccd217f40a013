import { Link } from '@tanstack/react-router';
import { t } from '../strings/index.ts';
import classes from './navigation.module.css';

/** The mark and the name, leading home. */
export function Brand() {
  return (
    <Link to="/" className={classes.brand}>
      <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="var(--tl-accent)" />
        <path
          d="M7 24h18M10 18h15M14 12h11M19 6.500h6"
          stroke="var(--tl-sunken)"
          strokeWidth="3"
          strokeLinecap="round"
        />
      </svg>
      {t.product}
    </Link>
  );
}

import { Skeleton } from '@mantine/core';
import { t } from '../strings/index.ts';
import classes from './escalation.module.css';

/** The outline of the page while it is loaded: each part as high as what will be there. */
export function PageSkeleton() {
  return (
    <div className={classes.page} role="status" aria-label={t.states.loading} aria-busy="true">
      <div className={classes.top}>
        <Skeleton height={14} width={240} mb={14} />
        <Skeleton height={22} width="55%" mb={14} />
        <Skeleton height={20} width={320} mb={16} />
        <Skeleton height={30} width={420} />
      </div>
      <ColumnsSkeleton />
    </div>
  );
}

/** The outline of what is below the actions. */
export function ColumnsSkeleton() {
  return (
    <div className={classes.columns}>
      <div className={classes.mainColumn}>
        <Skeleton height={130} mb={16} />
        <RestSkeleton />
      </div>
      <div className={classes.sideColumn}>
        <Skeleton height={360} />
      </div>
    </div>
  );
}

/** The outline of all cards below one that is still loaded: as high as the window, so that nothing shows further down. */
export function RestSkeleton() {
  return <Skeleton className={classes.rest} />;
}

import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconMoodEmpty, IconSearchOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiProblem, messageOf } from '../api/problem.ts';
import { t } from '../strings/index.ts';
import classes from './states.module.css';

interface StateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly role?: 'alert';
  /** Stands for a whole page, which then has no other heading. */
  readonly isPage?: boolean;
}

/** The frame of every page-sized message: what it is, what it means, what to do. */
export function PageState({ icon, title, children, action, role, isPage = false }: StateProps) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div className={classes.state} role={role}>
      <div className={classes.icon} aria-hidden="true">
        {icon}
      </div>
      <Heading className={classes.title}>{title}</Heading>
      {children === undefined ? null : <p className={classes.text}>{children}</p>}
      {action === undefined ? null : <div className={classes.action}>{action}</div>}
    </div>
  );
}

export function EmptyState({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <PageState icon={<IconMoodEmpty size={28} stroke={1.4} />} title={title} action={action}>
      {children}
    </PageState>
  );
}

export function NotFoundState() {
  return (
    <PageState
      isPage
      icon={<IconSearchOff size={28} stroke={1.4} />}
      title={t.states.notFoundTitle}
      action={
        <Button component={Link} to="/queue" variant="default">
          {t.states.toQueue}
        </Button>
      }
    >
      {t.states.notFound}
    </PageState>
  );
}

interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly isPage?: boolean;
}

/** What went wrong with a page's data: each kind has its own sentence and its own way on. */
export function ErrorState({ error, onRetry, isPage = false }: ErrorStateProps) {
  if (error instanceof ApiProblem && error.status === 404) return <NotFoundState />;
  if (error instanceof ApiProblem && error.status === 403) {
    return (
      <PageState isPage={isPage} icon={<IconLock size={28} stroke={1.4} />} title={t.states.forbiddenTitle}>
        {t.states.forbidden}
      </PageState>
    );
  }
  return (
    <PageState
      isPage={isPage}
      role="alert"
      icon={<IconAlertTriangle size={28} stroke={1.4} />}
      title={t.states.errorTitle}
      action={
        <Button variant="default" onClick={onRetry}>
          {t.states.retry}
        </Button>
      }
    >
      {messageOf(error)}
    </PageState>
  );
}

/** Bars where rows will be, as high as the rows, so that nothing moves when they come. */
export function RowsSkeleton({ rows, height }: { readonly rows: number; readonly height: number }) {
  return (
    <div aria-busy="true" aria-label={t.states.loading} role="status">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes.skeletonRow} style={{ height }}>
          <Skeleton height={10} width={38} />
          <Skeleton height={10} width={`${30 + ((index * 17) % 35)}%`} />
        </div>
      ))}
    </div>
  );
}

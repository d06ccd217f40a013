import { Alert, Button } from '@mantine/core';
import { useState } from 'react';
import { t } from '../strings/index.ts';
import { signIn } from './session.ts';
import classes from './sign-in-page.module.css';

export function SignInPage({ error }: { readonly error: string | null }) {
  const [isLeaving, setLeaving] = useState(false);
  const [failure, setFailure] = useState(error);
  const leave = (): void => {
    setLeaving(true);
    signIn().catch((reason: unknown) => {
      setLeaving(false);
      setFailure(reason instanceof Error ? reason.message : String(reason));
    });
  };
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <svg width="40" height="40" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" fill="var(--tl-accent)" />
          <path
            d="M7 24h18M10 18h15M14 12h11M19 6.500h6"
            stroke="var(--tl-surface)"
            strokeWidth="3"
            strokeLinecap="round"
          />
        </svg>
        <h1 className={classes.title}>{t.session.title}</h1>
        <p className={classes.lead}>{t.session.lead}</p>
        {failure === null ? null : (
          <Alert color="red" variant="light" title={t.session.failed} className={classes.alert}>
            {failure}
          </Alert>
        )}
        <Button size="sm" fullWidth loading={isLeaving} onClick={leave} autoFocus>
          {failure === null ? t.session.signIn : t.session.retry}
        </Button>
      </div>
    </main>
  );
}

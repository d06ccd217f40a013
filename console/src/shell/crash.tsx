import { Button } from '@mantine/core';
import { IconBug } from '@tabler/icons-react';
import { t } from '../strings/index.ts';
import { PageState } from './states.tsx';

/** Stands where a page broke; the rest of the console goes on. */
export function Crash() {
  return (
    <PageState
      role="alert"
      icon={<IconBug size={28} stroke={1.4} />}
      title={t.states.crashTitle}
      action={
        <Button variant="default" onClick={() => window.location.reload()}>
          {t.states.reload}
        </Button>
      }
    >
      {t.states.crash}
    </PageState>
  );
}

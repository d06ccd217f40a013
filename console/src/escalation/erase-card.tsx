import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { mayCall } from '../api/may-call.ts';
import { meQuery } from '../api/queries.ts';
import type { EscalationDetail, TimelineEntry } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { Card } from './card.tsx';
import { textsOf } from './texts-of.ts';
import classes from './escalation.module.css';

const EraseDialog = lazy(() => import('./erase-dialog.tsx'));
const s = t.erase;

interface EraseCardProps {
  readonly record: EscalationDetail;
  readonly entries: readonly TimelineEntry[] | undefined;
}

/** Where texts are erased, for those who may. */
export function EraseCard({ record, entries }: EraseCardProps) {
  const me = useQuery(meQuery).data;
  const [isOpen, setOpen] = useState(false);
  if (!mayCall(me, 'eraseTexts') || entries === undefined) return null;
  const texts = textsOf(entries);
  return (
    <Card title={s.card}>
      <p className={classes.quiet}>{texts.length === 0 ? s.none : s.cardText}</p>
      {texts.length === 0 ? null : (
        <Button variant="default" size="compact-xs" mt={8} onClick={() => setOpen(true)}>
          {s.open}
        </Button>
      )}
      {isOpen ? (
        <Suspense>
          <EraseDialog escalationId={record.id} texts={texts} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </Card>
  );
}

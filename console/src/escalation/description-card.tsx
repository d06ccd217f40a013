import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EscalationDetail } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { Card } from './card.tsx';
import classes from './escalation.module.css';

const longText = 700;

/** What came in: text as it was written, never as markup. */
export function DescriptionCard({ record }: { readonly record: EscalationDetail }) {
  if (record.description === null) return null;
  return (
    <Card title={t.page.description}>
      <LongText text={record.description} />
    </Card>
  );
}

function LongText({ text }: { readonly text: string }) {
  const [isLong, setLong] = useState(false);
  const isCut = text.length > longText && !isLong;
  return (
    <>
      <p className={classes.prose}>{isCut ? `${text.slice(0, longText)}…` : text}</p>
      {text.length > longText ? (
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setLong(!isLong)} aria-expanded={isLong}>
          {isLong ? t.page.showLess : t.page.showMore}
        </Button>
      ) : null}
    </>
  );
}

import { ActionIcon, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { IconCheck, IconChevronRight, IconClipboardText, IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import type { EscalationDetail, Forecast } from '../api/types.ts';
import { announce } from '../shell/live-region.tsx';
import { t } from '../strings/index.ts';
import { SeverityBadge, StateBadge, Tag, TierMark } from '../theme/badges.tsx';
import { Person } from '../theme/person.tsx';
import { summaryOf } from './summary.ts';
import classes from './escalation.module.css';

export function Header({
  record,
  forecast,
}: {
  readonly record: EscalationDetail;
  readonly forecast: Forecast | undefined;
}) {
  const link = `${window.location.origin}/escalations/${record.id}`;
  return (
    <header>
      <div className={classes.crumbs}>
        <Link to="/queue" className={classes.crumb}>
          {t.page.back}
        </Link>
        <IconChevronRight size={13} aria-hidden="true" />
        <span className={classes.id}>{record.id}</span>
        <span className={classes.copy}>
          <CopyButton label={t.page.copyLink} text={() => link} icon="link" />
          <CopyButton label={t.page.copySummary} text={() => summaryOf(record, forecast, link)} icon="summary" />
        </span>
      </div>
      <h1 className={classes.title} data-erased={record.title === null}>
        {record.title ?? t.titleErased}
      </h1>
      <div className={classes.marks}>
        <SeverityBadge severity={record.severity} />
        <StateBadge state={record.state} />
        <span className={classes.mark}>
          <span className="dim">{t.page.factTier}</span> <TierMark tier={record.tier} />
        </span>
        <Person id={record.assignee} />
        {record.occurrences > 1 ? <Tag tone="plain">{t.queue.occurrencesLong(record.occurrences)}</Tag> : null}
        {record.uncovered ? <Tag tone="danger">{t.queue.uncovered}</Tag> : null}
        {record.drill ? <Tag tone="info">{t.queue.drill}</Tag> : null}
      </div>
    </header>
  );
}

interface CopyButtonProps {
  readonly label: string;
  readonly text: () => string;
  readonly icon: 'link' | 'summary';
}

function CopyButton({ label, text, icon }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text());
    setCopied(true);
    announce(t.page.copied);
    window.setTimeout(() => setCopied(false), 1_500);
  };
  const Icon = isCopied ? IconCheck : icon === 'link' ? IconLink : IconClipboardText;
  return (
    <Tooltip label={isCopied ? t.page.copied : label}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={() => void copy()}>
        <Icon size={15} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}

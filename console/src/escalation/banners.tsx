import { Link } from '@tanstack/react-router';
import { IconAlertTriangle, IconArrowMerge, IconClockPause, IconFlask } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { EscalationDetail } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { Instant } from '../time/instant.tsx';
import classes from './escalation.module.css';

/** What a person must not miss about this one, above everything else. */
export function Banners({ record }: { readonly record: EscalationDetail }) {
  return (
    <>
      {record.exhausted ? (
        <Banner tone="danger" icon={<IconAlertTriangle size={16} />}>
          {t.page.exhaustedBanner}
        </Banner>
      ) : null}
      {record.uncovered && !record.exhausted ? (
        <Banner tone="danger" icon={<IconAlertTriangle size={16} />}>
          {t.page.uncoveredBanner}
        </Banner>
      ) : null}
      {record.paused === null ? null : (
        <Banner tone="warn" icon={<IconClockPause size={16} />}>
          {t.page.pausedUntil} <Instant atMs={Date.parse(record.paused.until)} /> ·{' '}
          {t.pauseReason[record.paused.reason]}
        </Banner>
      )}
      {record.mergedInto === null ? null : (
        <Banner tone="info" icon={<IconArrowMerge size={16} />}>
          {t.page.mergedBanner}{' '}
          <Link to="/escalations/$id" params={{ id: record.mergedInto }} className="link">
            {t.page.openMerged}
          </Link>
        </Banner>
      )}
      {record.drill ? (
        <Banner tone="info" icon={<IconFlask size={16} />}>
          {t.page.drillBanner}
        </Banner>
      ) : null}
    </>
  );
}

function Banner({
  tone,
  icon,
  children,
}: {
  readonly tone: 'danger' | 'warn' | 'info';
  readonly icon: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className={classes.banner} data-tone={tone}>
      <span aria-hidden="true" className={classes.bannerIcon}>
        {icon}
      </span>
      <span>{children}</span>
    </div>
  );
}

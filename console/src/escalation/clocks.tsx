import { Button, Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf } from '../api/problem.ts';
import type { Ledger, LedgerClock } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { countdown, duration, exactInstant } from '../time/format.ts';
import { Countdown, Instant } from '../time/instant.tsx';
import { useNowMs } from '../time/ticker.ts';
import { Card } from './card.tsx';
import { barOf } from './clock-bar.ts';
import classes from './escalation.module.css';

/** Every clock as a bar of its ledger: what ran, what was paused, what lay outside business hours. */
export function Clocks({ ledger }: { readonly ledger: UseQueryResult<Ledger> }) {
  const [showsPast, setShowsPast] = useState(false);
  const clocks = ledger.data?.clocks ?? [];
  const newest = new Map(clocks.map((clock) => [clock.clock, clock.cycle]));
  const current = clocks
    .filter((clock) => newest.get(clock.clock) === clock.cycle)
    .toSorted((a, b) => Number(a.status === 'stopped') - Number(b.status === 'stopped') || orderOf(a) - orderOf(b));
  const past = clocks.filter((clock) => newest.get(clock.clock) !== clock.cycle);
  return (
    <Card title={t.page.clocks} aside={<Legend clocks={clocks} />}>
      {ledger.isPending ? <Skeleton height={88} /> : null}
      {ledger.isError && ledger.data === undefined ? <p className="dim">{messageOf(ledger.error)}</p> : null}
      {ledger.isSuccess && clocks.length === 0 ? <p className={classes.quiet}>{t.page.noClocks}</p> : null}
      {[...current, ...(showsPast ? past : [])].map((clock) => (
        <ClockRow key={`${clock.clock}-${clock.cycle}`} clock={clock} asOfMs={Date.parse(ledger.data?.asOf ?? '')} />
      ))}
      {past.length > 0 ? (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          onClick={() => setShowsPast(!showsPast)}
          aria-expanded={showsPast}
        >
          {t.page.pastClocks(past.length)}
        </Button>
      ) : null}
    </Card>
  );
}

/** What ends first comes first. */
function orderOf(clock: LedgerClock): number {
  const at = Date.parse(clock.breachedAt ?? clock.dueAt ?? '');
  return Number.isNaN(at) ? Number.MAX_SAFE_INTEGER : at;
}

function ClockRow({ clock, asOfMs }: { readonly clock: LedgerClock; readonly asOfMs: number }) {
  const nowMs = useNowMs();
  const bar = barOf(clock, Math.max(nowMs, asOfMs));
  const stretch = clock.stretches.at(-1);
  const runsNow = clock.status === 'running' && stretch?.kind === 'running';
  const elapsedMs =
    clock.elapsedSeconds === null ? null : clock.elapsedSeconds * 1_000 + (runsNow ? Math.max(0, nowMs - asOfMs) : 0);
  const isLate = clock.breachedAt !== null || clock.verdict === 'breached';
  const status = isLate ? 'breached' : clock.status;
  return (
    <div className={classes.clock}>
      <div className={classes.clockHead}>
        <span className={classes.clockName}>
          {t.clock[clock.clock]}
          {clock.cycle > 1 ? <span className="dim"> · {t.page.cycle(clock.cycle)}</span> : null}
        </span>
        <span className={classes.clockStatus} data-status={status}>
          {t.page.clockState[status]}
        </span>
        <span className={`${classes.clockUsed} tabular`}>
          {elapsedMs === null
            ? t.page.clockUnknown
            : t.page.clockUsed(countdown(elapsedMs), duration(clock.targetSeconds * 1_000))}
        </span>
        <span className={classes.clockDue} data-status={status}>
          <Due clock={clock} />
        </span>
      </div>
      <div className={classes.bar} role="img" aria-label={barLabel(clock, elapsedMs)}>
        {bar.parts.map((part) => (
          <span
            key={part.from}
            className={classes.part}
            data-kind={part.kind}
            data-done={clock.status === 'stopped'}
            style={{ left: `${part.left}%`, width: `${part.width}%` }}
            title={`${part.kind === 'overdue' ? t.page.clockState.breached : t.page.segment[part.kind]}: ${exactInstant(Date.parse(part.from))}\n${part.cause}`}
          />
        ))}
        {bar.nowAt === null ? null : <span className={classes.barNow} style={{ left: `${bar.nowAt}%` }} />}
        {bar.dueAt === null ? null : <span className={classes.barDue} style={{ left: `${bar.dueAt}%` }} />}
      </div>
    </div>
  );
}

function barLabel(clock: LedgerClock, elapsedMs: number | null): string {
  const used =
    elapsedMs === null
      ? t.page.clockUnknown
      : t.page.clockUsed(duration(elapsedMs), duration(clock.targetSeconds * 1_000));
  return `${t.clock[clock.clock]}: ${used}`;
}

function Due({ clock }: { readonly clock: LedgerClock }) {
  if (clock.breachedAt !== null) {
    return (
      <>
        {t.page.breachedAt} <Instant atMs={Date.parse(clock.breachedAt)} />
      </>
    );
  }
  if (clock.status === 'running' && clock.dueAt !== null) {
    return (
      <>
        {t.page.dueAt} <Instant atMs={Date.parse(clock.dueAt)} /> · <Countdown atMs={Date.parse(clock.dueAt)} />
      </>
    );
  }
  return null;
}

function Legend({ clocks }: { readonly clocks: readonly LedgerClock[] }) {
  const kinds = new Set(clocks.flatMap((clock) => clock.stretches.map((stretch) => stretch.kind)));
  if (kinds.size < 2) return null;
  return (
    <span className={classes.legend}>
      {(['running', 'paused', 'closed'] as const)
        .filter((kind) => kinds.has(kind))
        .map((kind) => (
          <span key={kind}>
            <span className={classes.swatch} data-kind={kind} aria-hidden="true" />
            {t.page.segment[kind]}
          </span>
        ))}
    </span>
  );
}

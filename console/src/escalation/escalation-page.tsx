import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { PersonCommandType } from '../../../domain/escalation/commands.ts';
import { actionsQuery, escalationQuery, forecastQuery, ledgerQuery, timelineQuery } from '../api/queries.ts';
import type { EscalationDetail } from '../api/types.ts';
import { ActionDialog } from '../commands/lazy-action-dialog.tsx';
import { forms } from '../commands/forms.ts';
import { useOverlay } from '../commands/overlay.ts';
import { newAttemptKey, sendCommand } from '../commands/send.ts';
import { tellOutcome } from '../commands/tell.ts';
import { commandOf } from '../commands/forms.ts';
import { onCallQuery } from '../on-call/queries.ts';
import { announce } from '../shell/live-region.tsx';
import { ErrorState } from '../shell/states.tsx';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import { t } from '../strings/index.ts';
import { ActionBar } from './action-bar.tsx';
import { Banners } from './banners.tsx';
import { Clocks } from './clocks.tsx';
import { DescriptionCard } from './description-card.tsx';
import { EraseCard } from './erase-card.tsx';
import { Facts } from './facts.tsx';
import { Header } from './header.tsx';
import { NextSteps } from './next-steps.tsx';
import { ColumnsSkeleton, PageSkeleton, RestSkeleton } from './page-skeleton.tsx';
import { Related } from './related.tsx';
import { Timeline } from './timeline.tsx';
import classes from './escalation.module.css';

const shortcuts: Readonly<Record<string, PersonCommandType>> = {
  a: 'acknowledge',
  e: 'escalate',
  n: 'note',
  s: 'assign',
  r: 'resolve',
};

/** One escalation: what, who, how bad, what happens next, and what you may do. */
export function EscalationPage() {
  const { id } = useParams({ from: '/escalations/$id' });
  const detail = useQuery(escalationQuery(id));
  // For the names of schedules, which seldom change.
  useQuery({ ...onCallQuery, staleTime: 10 * 60_000, refetchInterval: false });
  useFollowChanges(id, detail.data);
  useChangeAnnouncements(detail.data);
  useTitle(detail.data?.title);
  if (detail.data === undefined) {
    return detail.isError ? (
      <ErrorState isPage error={detail.error} onRetry={() => void detail.refetch()} />
    ) : (
      <PageSkeleton />
    );
  }
  return <Loaded record={detail.data} />;
}

function Loaded({ record: known }: { readonly record: EscalationDetail }) {
  const { id } = known;
  const overlay = useOverlay(id);
  const record = overlay === undefined ? known : { ...known, ...overlay.guess };
  const navigate = useNavigate();
  const timeline = useQuery({ ...timelineQuery(id), placeholderData: keepPreviousData });
  const ledger = useQuery({ ...ledgerQuery(id), placeholderData: keepPreviousData });
  const forecast = useQuery({ ...forecastQuery(id), placeholderData: keepPreviousData });
  const actions = useQuery({ ...actionsQuery(id), placeholderData: keepPreviousData });
  const [asked, setAsked] = useState<PersonCommandType | null>(null);

  const allowed = (actions.data?.actions ?? []).filter((action) => action.allowed).map((action) => action.command);
  const give = async (command: PersonCommandType): Promise<void> => {
    if (forms[command].length > 0) {
      setAsked(command);
      return;
    }
    const body = commandOf(command, {});
    if (body === null) return;
    const outcome = await sendCommand(known, body, newAttemptKey());
    if (outcome.kind === 'done') announce(t.actions.done[command]);
    else tellOutcome(command, outcome, known.title ?? t.titleErased);
  };
  useShortcuts({
    ...Object.fromEntries(
      Object.entries(shortcuts).map(([key, command]) => [
        key,
        (event: KeyboardEvent) => {
          if (!allowed.includes(command)) return;
          event.preventDefault();
          void give(command);
        },
      ]),
    ),
    u: () => void navigate({ to: '/queue' }),
  });

  return (
    <article className={classes.page} aria-busy={overlay !== undefined}>
      <div className={classes.top}>
        <Header record={record} forecast={forecast.data} />
        <ActionBar
          allowed={allowed}
          isLoading={actions.isPending}
          pending={overlay?.command ?? null}
          onGive={(command) => void give(command)}
        />
      </div>
      {actions.isPending ? (
        <ColumnsSkeleton />
      ) : (
        <div className={classes.columns}>
          <div className={classes.mainColumn}>
            <Banners record={record} />
            <NextSteps record={record} forecast={forecast} />
            {/* Each card comes once those above it have their height: what a person reads is never pushed away. */}
            {forecast.isPending ? (
              <RestSkeleton />
            ) : (
              <>
                <Clocks ledger={ledger} />
                {ledger.isPending ? (
                  <RestSkeleton />
                ) : (
                  <>
                    <DescriptionCard record={record} />
                    <Timeline timeline={timeline} />
                  </>
                )}
              </>
            )}
          </div>
          <aside className={classes.sideColumn} aria-label={t.page.facts}>
            <Facts record={record} />
            <Related record={record} />
            <EraseCard record={record} entries={timeline.data} />
          </aside>
        </div>
      )}
      {asked === null ? null : <ActionDialog command={asked} targets={[known]} onClose={() => setAsked(null)} />}
    </article>
  );
}

/** What depends on the log is asked for again when the log has grown, and only then. */
function useFollowChanges(id: string, record: EscalationDetail | undefined): void {
  const client = useQueryClient();
  const seen = useRef<number | null>(null);
  const seq = record?.seq;
  useEffect(() => {
    if (seq === undefined) return;
    if (seen.current !== null && seen.current !== seq) {
      for (const part of ['timeline', 'ledger', 'forecast', 'actions'])
        void client.invalidateQueries({ queryKey: [part, id] });
    }
    seen.current = seq;
  }, [client, id, seq]);
}

function useChangeAnnouncements(record: EscalationDetail | undefined): void {
  const before = useRef<EscalationDetail | undefined>(undefined);
  useEffect(() => {
    const old = before.current;
    before.current = record;
    if (record === undefined || old === undefined || old.id !== record.id) return;
    if (old.state !== record.state) announce(t.page.announceState(t.state[record.state]));
    if (old.tier !== record.tier) announce(t.page.announceTier(record.tier));
  }, [record]);
}

function useTitle(title: string | null | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? t.product : `${title ?? t.titleErased} · ${t.product}`;
    return () => {
      document.title = t.product;
    };
  }, [title]);
}

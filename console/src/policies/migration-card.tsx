import { Button, Checkbox } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { t } from '../strings/index.ts';
import { SeverityBadge, Tag } from '../theme/badges.tsx';
import { Instant } from '../time/instant.tsx';
import classes from './policies.module.css';

type Preview = ResponseOf<'previewMigration'>['items'][number];
const s = t.policies;
const pageSize = 50;
const shownHappenings = 4;

/** Open escalations under older versions: what this version would change for each, and moving the chosen ones. */
export function MigrationCard({ name, version }: { readonly name: string; readonly version: number }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const preview = useMutation({
    mutationFn: async () => {
      const items: Preview[] = [];
      let cursor: string | null = null;
      do {
        const page: ResponseOf<'previewMigration'> = await call('previewMigration', {
          params: { name },
          query: { version: String(version), limit: String(pageSize), ...(cursor === null ? {} : { cursor }) },
        });
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null && items.length < pageSize);
      return { items, hasMore: cursor !== null };
    },
  });
  const move = useMutation({
    mutationFn: (ids: readonly string[]) =>
      call('migrateEscalations', {
        params: { name },
        body: { version, ids: [...ids] },
        idempotencyKey: crypto.randomUUID(),
      }),
    onSuccess: () => {
      setChosen(new Set());
      preview.mutate();
    },
  });
  const items = preview.data?.items ?? [];
  return (
    <section aria-label={s.migration}>
      <h2 className={classes.heading}>{s.migration}</h2>
      <p className={classes.lead}>{s.migrationLead(version)}</p>
      <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate()}>
        {s.previewMigration}
      </Button>
      <div role="status">
        {preview.isError ? <p className={classes.bad}>{messageOf(preview.error)}</p> : null}
        {move.isError ? <p className={classes.bad}>{messageOf(move.error)}</p> : null}
        {preview.isSuccess && items.length === 0 ? <p className={classes.lead}>{s.noneOlder}</p> : null}
        {move.data === undefined ? null : (
          <p>
            {s.movedCount(move.data.items.filter(({ outcome }) => outcome === 'moved').length)}
            {move.data.items.map(({ escalationId, detail }) =>
              detail === null ? null : (
                <span key={escalationId} className={classes.sub}>{`${escalationId}: ${detail}`}</span>
              ),
            )}
          </p>
        )}
      </div>
      <ul className={classes.findings}>
        {items.map((item) => (
          <li key={item.escalationId}>
            <Checkbox
              aria-label={s.choose(item.title ?? item.escalationId)}
              checked={chosen.has(item.escalationId)}
              disabled={item.blocked !== null}
              onChange={(event) => {
                const next = new Set(chosen);
                if (event.currentTarget.checked) next.add(item.escalationId);
                else next.delete(item.escalationId);
                setChosen(next);
              }}
            />
            <PreviewOf item={item} />
          </li>
        ))}
      </ul>
      {preview.data?.hasMore === true ? <p className={classes.lead}>{s.moreOlder}</p> : null}
      {items.length === 0 ? null : (
        <Button disabled={chosen.size === 0} loading={move.isPending} onClick={() => move.mutate([...chosen])}>
          {s.move(chosen.size)}
        </Button>
      )}
    </section>
  );
}

function PreviewOf({ item }: { readonly item: Preview }) {
  return (
    <span>
      <Link to="/escalations/$id" params={{ id: item.escalationId }} className="link">
        {item.title ?? item.escalationId}
      </Link>{' '}
      <SeverityBadge severity={item.severity} /> <span className="dim">{s.fromVersion(item.fromVersion)}</span>
      {item.blocked === null ? null : <span className={classes.sub}>{item.blocked}</span>}
      {item.same ? <span className={classes.sub}>{s.noChange}</span> : null}
      {item.clocks.map((clock) => (
        <span key={clock.clock} className={classes.sub}>
          {t.clock[clock.clock]}:{' '}
          {clock.change === 'stopped' ? (
            s.clockStops
          ) : (
            <>
              {clock.dueBefore === null ? s.unknown : <Instant atMs={Date.parse(clock.dueBefore)} />} →{' '}
              {clock.dueAfter === null ? s.unknown : <Instant atMs={Date.parse(clock.dueAfter)} />}
            </>
          )}{' '}
          {clock.overdueAtOnce ? <Tag tone="danger">{s.overdueAtOnce}</Tag> : null}
        </span>
      ))}
      {item.happenings.slice(0, shownHappenings).map((happening, index) => (
        <span key={index} className={classes.sub}>
          {happening.change === 'added' ? '+' : '−'} <Instant atMs={Date.parse(happening.at)} /> {happening.what}
          {happening.people.length === 0 ? '' : ` (${happening.people.join(', ')})`}
        </span>
      ))}
      {item.happenings.length > shownHappenings ? (
        <span className={classes.sub}>{s.more(item.happenings.length - shownHappenings)}</span>
      ) : null}
    </span>
  );
}

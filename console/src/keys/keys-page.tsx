import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { nameOf, useNames } from '../people/names.ts';
import { ErrorState, PageState, RowsSkeleton } from '../shell/states.tsx';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { Instant } from '../time/instant.tsx';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { keysQuery } from './queries.ts';
import type { IntegrationKey } from './queries.ts';
import { RevokeDialog } from './revoke-dialog.tsx';
import classes from './keys.module.css';

const s = t.keys;

/** The keys by which machines file escalations: made, and revoked one by one. */
export function KeysPage() {
  useNames();
  const keys = useQuery(keysQuery);
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<IntegrationKey | null>(null);
  const [showsRevoked, setShowsRevoked] = useState(false);
  if (keys.data === undefined) {
    return keys.isError ? (
      <ErrorState isPage error={keys.error} onRetry={() => void keys.refetch()} />
    ) : (
      <RowsSkeleton rows={6} height={52} />
    );
  }
  const newestFirst = keys.data.items.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const active = newestFirst.filter((key) => key.revokedAt === null);
  const revoked = newestFirst.filter((key) => key.revokedAt !== null);
  const create = (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>
      {s.create}
    </Button>
  );
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1 className={classes.title}>{s.title}</h1>
        {newestFirst.length === 0 ? null : create}
      </div>
      <p className={classes.lead}>{s.lead}</p>
      {newestFirst.length === 0 ? (
        <PageState icon={<IconKey size={28} stroke={1.4} />} title={s.emptyTitle} action={create}>
          {s.empty}
        </PageState>
      ) : null}
      {active.length > 0 ? <KeyTable label={s.active} keys={active} onRevoke={setRevoking} /> : null}
      {active.length === 0 && revoked.length > 0 ? <p className={classes.note}>{s.onlyRevoked}</p> : null}
      {revoked.length > 0 ? (
        <>
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            aria-expanded={showsRevoked}
            onClick={() => setShowsRevoked(!showsRevoked)}
          >
            {s.revokedCount(revoked.length)}
          </Button>
          {showsRevoked ? <KeyTable label={s.revoked} keys={revoked} onRevoke={null} /> : null}
        </>
      ) : null}
      {isCreating ? <CreateKeyDialog onClose={() => setCreating(false)} /> : null}
      {revoking === null ? null : <RevokeDialog subject={revoking} onClose={() => setRevoking(null)} />}
    </div>
  );
}

interface KeyTableProps {
  readonly label: string;
  readonly keys: readonly IntegrationKey[];
  /** Null where there is nothing left to revoke. */
  readonly onRevoke: ((key: IntegrationKey) => void) | null;
}

function KeyTable({ label, keys, onRevoke }: KeyTableProps) {
  return (
    <table className={classes.table}>
      <caption className="sr-only">{label}</caption>
      <thead>
        <tr>
          <th scope="col">{s.columns.label}</th>
          <th scope="col">{s.columns.source}</th>
          <th scope="col">{s.columns.created}</th>
          <th scope="col">
            <span className={onRevoke === null ? undefined : 'sr-only'}>
              {onRevoke === null ? s.revoked : s.revoke}
            </span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <th scope="row">
              <span className={classes.label}>{key.label}</span>
              <span className={classes.id}>{key.id}</span>
            </th>
            <td>
              <Tag tone="plain">{key.source}</Tag>
            </td>
            <td className={classes.made}>
              <Instant atMs={Date.parse(key.createdAt)} />{' '}
              <span className="dim">{s.createdBy(nameOf(key.createdBy))}</span>
            </td>
            <td className={classes.act}>
              {key.revokedAt === null ? (
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={s.revokeThis(key.label)}
                  onClick={() => onRevoke?.(key)}
                >
                  {s.revoke}
                </Button>
              ) : (
                <Instant atMs={Date.parse(key.revokedAt)} className="dim" />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import type { EscalationDetail } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { nameOf, useNames } from '../people/names.ts';
import { Person } from '../theme/person.tsx';
import { Instant } from '../time/instant.tsx';
import { Card } from './card.tsx';
import classes from './escalation.module.css';

export function Facts({ record }: { readonly record: EscalationDetail }) {
  useNames();
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t.page.factOwner, <Person key="owner" id={record.assignee} />],
    [t.page.factTeam, record.team ?? <span className="dim">{t.page.noTeam}</span>],
    ...(record.accountId === null
      ? []
      : [
          [
            t.page.factAccount,
            <Link key="account" to="/queue" search={{ accountId: record.accountId }} className="link">
              {record.accountId}
            </Link>,
          ] as const,
        ]),
    [t.page.factChannel, t.channel[record.channel]],
    [t.page.factCategory, t.category[record.category]],
    [t.page.factSource, record.source],
    [t.page.factReporter, nameOf(record.reportedBy)],
    [t.page.factOpened, <Instant key="opened" atMs={Date.parse(record.createdAt)} />],
    [t.page.factUpdated, <Instant key="updated" atMs={Date.parse(record.updatedAt)} />],
    [t.page.factOccurrences, record.occurrences.toLocaleString()],
    ...(record.reopenings > 0 ? [[t.page.factReopenings, String(record.reopenings)] as const] : []),
    [
      t.page.factPolicy,
      <Link key="policy" to="/policies/$name" params={{ name: record.policy }} className="link">
        {record.policy} {record.policyVersion}
      </Link>,
    ],
  ];
  return (
    <Card title={t.page.facts}>
      <dl className={classes.facts}>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconCalendarDown, IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { mayCall } from '../api/may-call.ts';
import { meQuery } from '../api/queries.ts';
import { ImportDialog } from '../on-call/lazy-import-dialog.tsx';
import { ErrorState, RowsSkeleton } from '../shell/states.tsx';
import { t } from '../strings/index.ts';
import { useNow } from '../time/ticker.ts';
import { Directory } from './directory.tsx';
import { LeaveDialog } from './leave-dialog.tsx';
import { LeaveList } from './leave-list.tsx';
import { leaveQuery } from './leave-query.ts';
import { peopleQuery } from './people-query.ts';
import classes from './people.module.css';

const s = t.people;
const noLeave = { items: [] } as const;

/** Who there is, how a page reaches them, and who is away. */
export function PeoplePage() {
  const me = useQuery(meQuery).data;
  const people = useQuery(peopleQuery);
  const maySeeLeave = mayCall(me, 'listLeave');
  const mayChange = mayCall(me, 'addLeave');
  const leave = useQuery({ ...leaveQuery, enabled: maySeeLeave });
  const [dialog, setDialog] = useState<'leave' | 'import' | null>(null);
  const [search, setSearch] = useState('');
  const items = (leave.data ?? noLeave).items;
  const awayNow = useNow((nowMs) =>
    items
      .filter((one) => Date.parse(one.from) <= nowMs && nowMs < Date.parse(one.until))
      .map((one) => one.person)
      .join(' '),
  );
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1 className={classes.title}>{s.title}</h1>
        {mayCall(me, 'importSchedule') ? (
          <Button variant="default" leftSection={<IconCalendarDown size={14} />} onClick={() => setDialog('import')}>
            {s.import}
          </Button>
        ) : null}
        {mayChange ? (
          <Button leftSection={<IconPlus size={14} />} onClick={() => setDialog('leave')}>
            {s.addLeave}
          </Button>
        ) : null}
      </div>
      <p className={classes.lead}>{s.lead}</p>
      {maySeeLeave ? (
        <section aria-labelledby="leave-heading" className={classes.section}>
          <h2 id="leave-heading" className={classes.heading}>
            {s.leave} <span className="dim tabular">{items.length > 0 ? items.length : ''}</span>
          </h2>
          {leave.isPending ? <RowsSkeleton rows={2} height={40} /> : null}
          {leave.isError && leave.data === undefined ? (
            <ErrorState error={leave.error} onRetry={() => void leave.refetch()} />
          ) : null}
          {leave.isSuccess && items.length === 0 ? <p className={classes.empty}>{s.leaveEmpty}</p> : null}
          {items.length > 0 ? <LeaveList items={items} canChange={mayChange} /> : null}
        </section>
      ) : null}
      {people.isPending ? <RowsSkeleton rows={10} height={40} /> : null}
      {people.isError && people.data === undefined ? (
        <ErrorState error={people.error} onRetry={() => void people.refetch()} />
      ) : null}
      {people.data === undefined ? null : (
        <section aria-labelledby="directory-heading" className={classes.section}>
          <div className={classes.sectionHead}>
            <h2 id="directory-heading" className={classes.heading}>
              {s.count(people.data.items.length)}
            </h2>
            <TextInput
              size="xs"
              type="search"
              className={classes.search}
              aria-label={s.search}
              placeholder={s.searchPlaceholder}
              leftSection={<IconSearch size={14} />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          </div>
          <Directory people={people.data} search={search} away={new Set(awayNow.split(' '))} />
        </section>
      )}
      {dialog === 'leave' ? <LeaveDialog onClose={() => setDialog(null)} /> : null}
      {dialog === 'import' ? <ImportDialog kind="leave" onClose={() => setDialog(null)} /> : null}
    </div>
  );
}

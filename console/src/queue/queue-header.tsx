import { Button, CloseButton, Popover, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { IconBookmark, IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { RefObject } from 'react';
import type { Me } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { duration } from '../time/format.ts';
import { ChannelTabs } from './channel-tabs.tsx';
import { FilterBar } from './filter-bar.tsx';
import { isByChannel, searchText, viewText } from './filters.ts';
import type { QueueSearch } from './filters.ts';
import type { ListState } from './live-list.ts';
import { saveView, useSavedViews } from './saved-views.ts';
import { builtInViews } from './views.ts';
import classes from './queue.module.css';

/** Older than this, the list says so: a refresh was missed. In ms. */
const staleAfterMs = 12_000;

interface QueueHeaderProps {
  readonly search: QueueSearch;
  readonly me: Me | undefined;
  readonly state: ListState;
  readonly searchField: RefObject<HTMLInputElement | null>;
}

export function QueueHeader({ search, me, state, searchField }: QueueHeaderProps) {
  const saved = useSavedViews();
  const { q: _q, ...withoutText } = search;
  const key = viewText(search);
  const view = [...builtInViews(me), ...saved].find((one) => searchText(one.search) === key);
  return (
    <header className={classes.header}>
      <div className={classes.headline}>
        <h1 className={classes.heading}>{view?.name ?? t.queue.title}</h1>
        <Liveness state={state} />
        <SearchBox search={search} field={searchField} />
      </div>
      {isByChannel(search) ? <ChannelTabs search={search} /> : null}
      <div className={classes.filters}>
        <FilterBar search={search} me={me} />
        {view === undefined && key !== '' ? <SaveView search={withoutText} /> : null}
      </div>
    </header>
  );
}

function Liveness({ state }: { readonly state: ListState }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => tick((count) => count + 1), 4_000);
    return () => window.clearInterval(timer);
  }, []);
  if (state.refreshedAtMs === null) return null;
  const lateMs = Date.now() - state.refreshedAtMs;
  const isStale = lateMs > staleAfterMs;
  return (
    <span className={classes.live}>
      <span className={classes.pulse} data-stale={isStale} aria-hidden="true" />
      <span className="tabular">{t.queue.countPlain(state.items.length, state.hasMore)}</span>
      {isStale ? t.queue.stale(duration(lateMs)) : null}
    </span>
  );
}

function SearchBox({
  search,
  field,
}: {
  readonly search: QueueSearch;
  readonly field: RefObject<HTMLInputElement | null>;
}) {
  const navigate = useNavigate();
  const [text, setText] = useState(search.q ?? '');
  useEffect(() => setText(search.q ?? ''), [search.q]);
  const apply = useDebouncedCallback((value: string) => {
    const { q: _old, ...rest } = search;
    const q = value.trim().slice(0, 100);
    void navigate({ to: '/queue', search: q === '' ? rest : { ...rest, q }, replace: true });
  }, 220);
  const change = (value: string): void => {
    setText(value);
    apply(value);
  };
  return (
    <TextInput
      ref={field}
      className={classes.searchBox}
      size="xs"
      type="search"
      aria-label={t.queue.search}
      placeholder={`${t.queue.searchPlaceholder}   /`}
      leftSection={<IconSearch size={14} />}
      rightSection={
        text === '' ? null : <CloseButton size="xs" aria-label={t.help.keys.clear} onClick={() => change('')} />
      }
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          change('');
          event.currentTarget.blur();
        }
        if (event.key === 'Enter' || event.key === 'ArrowDown') event.currentTarget.blur();
      }}
    />
  );
}

function SaveView({ search }: { readonly search: QueueSearch }) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus position="bottom-start">
      <Popover.Target>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconBookmark size={13} />}
          onClick={() => setOpen((open) => !open)}
        >
          {t.queue.saveView}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            saveView({ name, search });
            setOpen(false);
          }}
        >
          <TextInput
            label={t.queue.saveViewName}
            value={name}
            maxLength={60}
            onChange={(event) => setName(event.currentTarget.value)}
            rightSectionWidth={64}
            rightSection={
              <Button type="submit" size="compact-xs" disabled={name.trim() === ''}>
                {t.actions.submit}
              </Button>
            }
          />
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

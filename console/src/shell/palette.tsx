import { Spotlight, createSpotlight } from '@mantine/spotlight';
import type { SpotlightActionData, SpotlightActionGroupData } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconHelp, IconPlus, IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { listQuery, meQuery } from '../api/queries.ts';
import { builtInViews } from '../queue/views.ts';
import { SeverityBadge } from '../theme/badges.tsx';
import { t } from '../strings/index.ts';
import { areasFor } from './areas.ts';
import { showLayer } from './ui-state.ts';
import '@mantine/spotlight/styles.css';

const [store, spotlight] = createSpotlight();

/** Everything within two keys: pages, views, actions, and any open escalation by its title. */
export default function Palette({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const me = useQuery(meQuery);
  const [query, setQuery] = useState('');
  const [asked] = useDebouncedValue(query.trim(), 150);
  const found = useQuery({
    ...listQuery(asked === '' ? { limit: '8' } : { limit: '8', q: asked.slice(0, 100) }),
    placeholderData: keepPreviousData,
  });

  useEffect(() => spotlight.open(), []);

  const pages: SpotlightActionData[] = [
    ...areasFor(me.data).map((area) => ({
      id: area.path,
      label: area.label,
      leftSection: <area.icon size={16} stroke={1.7} />,
      onClick: () => void navigate({ to: area.path }),
    })),
    ...builtInViews(me.data).map((view) => ({
      id: `view-${view.name}`,
      label: `${t.nav.queue}: ${view.name}`,
      leftSection: <IconSearch size={16} stroke={1.7} />,
      onClick: () => void navigate({ to: '/queue', search: view.search }),
    })),
  ];
  const doings: SpotlightActionData[] = [
    {
      id: 'new',
      label: t.nav.create,
      leftSection: <IconPlus size={16} stroke={1.7} />,
      onClick: () => void navigate({ to: '/new' }),
    },
    {
      id: 'help',
      label: t.nav.help,
      leftSection: <IconHelp size={16} stroke={1.7} />,
      onClick: () => showLayer('help'),
    },
  ];
  const escalations: SpotlightActionData[] = (found.data?.items ?? []).map((record) => ({
    id: record.id,
    label: record.title ?? t.titleErased,
    keywords: [record.id, query],
    leftSection: <SeverityBadge severity={record.severity} />,
    description: `${t.state[record.state]} · ${t.tier(record.tier)} · ${record.assignee ?? t.unassigned}`,
    onClick: () => void navigate({ to: '/escalations/$id', params: { id: record.id } }),
  }));
  const groups: SpotlightActionGroupData[] = [
    { group: t.palette.actions, actions: doings },
    { group: t.palette.go, actions: pages },
    { group: t.palette.escalations, actions: escalations },
  ];

  return (
    <Spotlight
      store={store}
      actions={query === '' ? groups : groups.toReversed()}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      nothingFound={found.isFetching ? t.states.loading : t.palette.nothing}
      highlightQuery
      scrollable
      maxHeight={440}
      limit={24}
      shortcut={null}
      lockScroll={false}
      size={600}
      attributes={{ content: { 'aria-label': t.nav.search } }}
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      searchProps={{
        placeholder: t.palette.placeholder,
        'aria-label': t.palette.placeholder,
        leftSection: <IconSearch size={16} />,
      }}
    />
  );
}

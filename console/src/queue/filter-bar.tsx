import { Button, Checkbox, Menu, Popover, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { categories, channels, escalationStates, severities } from '../../../domain/escalation/vocabulary.ts';
import type { Me } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { isByChannel } from './filters.ts';
import type { QueueSearch, SearchKey } from './filters.ts';
import classes from './queue.module.css';

interface Facet {
  readonly key: SearchKey;
  readonly label: string;
  /** Empty for free text. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

function options<T extends string>(values: readonly T[], labels: Readonly<Record<T, string>>): Facet['options'] {
  return values.map((value) => ({ value, label: labels[value] }));
}

const facets: readonly Facet[] = [
  { key: 'severity', label: t.queue.filters.severity, options: options(severities, t.severity) },
  { key: 'state', label: t.queue.filters.state, options: options(escalationStates, t.state) },
  {
    key: 'tier',
    label: t.queue.filters.tier,
    options: [1, 2, 3, 4].map((tier) => ({ value: String(tier), label: t.tier(tier) })),
  },
  { key: 'channel', label: t.queue.filters.channel, options: options(channels, t.channel) },
  { key: 'category', label: t.queue.filters.category, options: options(categories, t.category) },
  { key: 'assignee', label: t.queue.filters.assignee, options: [] },
  { key: 'team', label: t.queue.filters.team, options: [] },
  { key: 'accountId', label: t.queue.filters.account, options: [] },
];

const yes = 'true';
const flags = [
  ['uncovered', t.queue.flags.uncovered],
  ['breached', t.queue.flags.breached],
  ['paused', t.queue.flags.paused],
] as const;

/** The filters of the address as chips, and a way to add one. */
export function FilterBar({ search, me }: { readonly search: QueueSearch; readonly me: Me | undefined }) {
  const navigate = useNavigate();
  const [opened, setOpened] = useState<SearchKey | null>(null);
  const set = (key: SearchKey, value: string): void => {
    const { [key]: _old, ...rest } = search;
    void navigate({ to: '/queue', search: value === '' ? rest : { ...rest, [key]: value }, replace: true });
  };
  // The tabs are the filter by channel where the list lies under them.
  const offered = facets.filter((facet) => facet.key !== 'channel' || !isByChannel(search));
  const shown = offered.filter((facet) => search[facet.key] !== undefined || opened === facet.key);
  const { by: _by, channel, ...others } = search;
  const isNarrowed = Object.keys(others).length > 0 || (channel !== undefined && !isByChannel(search));
  return (
    <>
      <Menu position="bottom-start" width={180}>
        <Menu.Target>
          <Button variant="default" size="compact-xs" leftSection={<IconFilter size={13} />}>
            {t.queue.filter}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((facet) => (
            <Menu.Item key={facet.key} onClick={() => window.setTimeout(() => setOpened(facet.key))}>
              {facet.label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => set('uncovered', yes)}>{t.queue.views.uncovered}</Menu.Item>
          <Menu.Item onClick={() => set('breachingWithinSeconds', '3600')}>{t.queue.views.breaching}</Menu.Item>
          <Menu.Item onClick={() => set('breached', yes)}>{t.queue.views.breached}</Menu.Item>
          <Menu.Item onClick={() => set('paused', yes)}>{t.queue.views.paused}</Menu.Item>
          <Menu.Item onClick={() => set('state', 'all')}>{t.queue.allStates}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {shown.map((facet) => (
        <FacetChip
          key={facet.key}
          facet={facet}
          value={search[facet.key] ?? ''}
          isOpen={opened === facet.key}
          me={me}
          onOpen={(isOpen) => setOpened(isOpen ? facet.key : null)}
          onChange={(value) => set(facet.key, value)}
        />
      ))}
      {flags.map(([key, words]) => {
        const value = search[key];
        if (value !== 'true' && value !== 'false') return null;
        return <PlainChip key={key} label={words[value]} onRemove={() => set(key, '')} />;
      })}
      {search.breachingWithinSeconds === undefined ? null : (
        <PlainChip
          label={t.queue.within(Number(search.breachingWithinSeconds))}
          onRemove={() => set('breachingWithinSeconds', '')}
        />
      )}
      {isNarrowed ? (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          onClick={() =>
            void navigate({ to: '/queue', search: isByChannel(search) ? { by: 'channel' } : {}, replace: true })
          }
        >
          {t.queue.clearFilters}
        </Button>
      ) : null}
    </>
  );
}

function PlainChip({ label, onRemove }: { readonly label: string; readonly onRemove: () => void }) {
  return (
    <span className={classes.chip}>
      <button type="button" onClick={onRemove} aria-label={t.queue.removeFilter(label)}>
        <b>{label}</b>
        <IconX size={11} aria-hidden="true" />
      </button>
    </span>
  );
}

interface FacetChipProps {
  readonly facet: Facet;
  readonly value: string;
  readonly isOpen: boolean;
  readonly me: Me | undefined;
  readonly onOpen: (isOpen: boolean) => void;
  readonly onChange: (value: string) => void;
}

function FacetChip({ facet, value, isOpen, me, onOpen, onChange }: FacetChipProps) {
  const chosen = value === '' ? [] : value.split(',');
  const words = chosen.map((one) => facet.options.find((option) => option.value === one)?.label ?? wordFor(one));
  return (
    <span className={classes.chip}>
      <Popover opened={isOpen} onChange={onOpen} position="bottom-start" trapFocus>
        <Popover.Target>
          <button type="button" onClick={() => onOpen(!isOpen)} aria-haspopup="dialog">
            <span className={classes.chipName}>{facet.label}</span>
            <b>{words.join(', ')}</b>
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={facet.label}>
          {facet.options.length === 0 ? (
            <TextFacet
              facet={facet}
              value={value}
              me={me}
              onDone={(next) => {
                onChange(next);
                onOpen(false);
              }}
            />
          ) : (
            facet.options.map((option) => (
              <Checkbox
                key={option.value}
                size="xs"
                py={4}
                label={option.label}
                checked={chosen.includes(option.value)}
                onChange={(event) =>
                  onChange(
                    facet.options
                      .map((one) => one.value)
                      .filter((one) => (one === option.value ? event.currentTarget.checked : chosen.includes(one)))
                      .join(','),
                  )
                }
              />
            ))
          )}
        </Popover.Dropdown>
      </Popover>
      <button type="button" onClick={() => onChange('')} aria-label={t.queue.removeFilter(facet.label)}>
        <IconX size={11} aria-hidden="true" />
      </button>
    </span>
  );
}

function wordFor(value: string): string {
  if (value === 'me') return t.you;
  if (value === 'none') return t.nobody;
  if (value === 'all') return t.queue.allStates;
  return value;
}

function TextFacet({
  facet,
  value,
  me,
  onDone,
}: {
  readonly facet: Facet;
  readonly value: string;
  readonly me: Me | undefined;
  readonly onDone: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onDone(text.trim());
      }}
    >
      <TextInput
        size="xs"
        label={facet.label}
        value={text}
        maxLength={128}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {facet.key === 'assignee' ? (
        <Button.Group mt={6}>
          <Button variant="default" size="compact-xs" onClick={() => onDone('me')} disabled={me === undefined}>
            {t.you}
          </Button>
          <Button variant="default" size="compact-xs" onClick={() => onDone('none')}>
            {t.nobody}
          </Button>
        </Button.Group>
      ) : null}
    </form>
  );
}

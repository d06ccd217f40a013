import { Autocomplete, Button } from '@mantine/core';
import type { ComboboxItem } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Me } from '../api/types.ts';
import { peopleQuery } from '../people/people-query.ts';
import { t } from '../strings/index.ts';

interface PersonFieldProps {
  readonly label: string;
  readonly error: string | undefined;
  readonly required: boolean;
  readonly mb: string;
  readonly value: string;
  readonly isFirst: boolean;
  /** Offers the caller with one click. */
  readonly me: Me | undefined;
  readonly onChange: (value: string) => void;
}

/** Finds a person by name or id. The value is the id; one that the directory does not know may be typed. */
export function PersonField({ me, isFirst, value, onChange, ...rest }: PersonFieldProps) {
  const people = useQuery(peopleQuery).data?.items ?? [];
  const byId = new Map(people.map((person) => [person.id, person]));
  return (
    <Autocomplete
      {...rest}
      {...(isFirst ? { 'data-autofocus': true } : {})}
      value={value}
      // Names come with the first letter: open at once, they would lie over the form's other fields and its button.
      openOnFocus={false}
      description={byId.get(value)?.name ?? t.actions.assigneeHint}
      data={people.map((person) => person.id)}
      limit={8}
      maxLength={128}
      autoComplete="off"
      spellCheck={false}
      comboboxProps={{ withinPortal: true, zIndex: 500 }}
      filter={({ options, search }) => {
        const wanted = search.trim().toLowerCase();
        return options.filter((option): option is ComboboxItem => {
          if (!('value' in option)) return false;
          const person = byId.get(option.value);
          return [option.value, person?.name ?? '', person?.team ?? ''].some((text) =>
            text.toLowerCase().includes(wanted),
          );
        });
      }}
      renderOption={({ option }) => {
        const person = byId.get(option.value);
        return (
          <span>
            {person?.name ?? option.value}{' '}
            <span className="dim">
              {[option.value, person?.team ?? null].filter((part) => part !== null).join(' · ')}
            </span>
          </span>
        );
      }}
      onChange={onChange}
      rightSectionWidth={52}
      rightSection={
        me === undefined ? null : (
          <Button variant="subtle" size="compact-xs" onClick={() => onChange(me.id)}>
            {t.actions.assignMe}
          </Button>
        )
      }
    />
  );
}

import { Button, Group, Radio, Select, Textarea, TextInput } from '@mantine/core';
import { assertNever } from '../../../domain/assert-never.ts';
import type { PersonCommandType } from '../../../domain/escalation/commands.ts';
import type { Me } from '../api/types.ts';
import { t } from '../strings/index.ts';
import type { Field } from './forms.ts';
import { PersonField } from './person-field.tsx';
import { untilPresets } from './until.ts';

interface FieldInputProps {
  readonly field: Field;
  /** Has the focus when the form opens. */
  readonly isFirst: boolean;
  readonly command: PersonCommandType;
  readonly value: string;
  readonly error: string | undefined;
  readonly me: Me | undefined;
  readonly currentTier: number | undefined;
  readonly onChange: (value: string) => void;
}

const placeholders: Readonly<Partial<Record<PersonCommandType, string>>> = t.actions.placeholders;

/** One field of a command's form. */
export function FieldInput({ field, isFirst, command, value, error, me, currentTier, onChange }: FieldInputProps) {
  const common = { label: field.label, error, required: field.isRequired, mb: 'sm', value } as const;
  const focus = isFirst ? { 'data-autofocus': true } : {};
  switch (field.kind) {
    case 'prose':
      return (
        <Textarea
          {...common}
          {...focus}
          autosize
          minRows={field.name === 'reason' ? 2 : 5}
          maxRows={16}
          placeholder={placeholders[command]}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'line':
      return <TextInput {...common} maxLength={128} onChange={(event) => onChange(event.currentTarget.value)} />;
    case 'person':
      return (
        <PersonField {...common} isFirst={isFirst} me={field.name === 'to' ? undefined : me} onChange={onChange} />
      );
    case 'choice':
      return (field.options?.length ?? 0) > 5 ? (
        <Select
          {...common}
          {...focus}
          data={[...(field.options ?? [])]}
          value={value === '' ? null : value}
          onChange={(next) => onChange(next ?? '')}
          comboboxProps={{ withinPortal: true, zIndex: 500 }}
        />
      ) : (
        <Radio.Group {...common} onChange={onChange}>
          {(field.options ?? []).map((option, index) => (
            <Radio
              key={option.value}
              {...(index === 0 ? focus : {})}
              value={option.value}
              label={option.label}
              size="xs"
              my={7}
            />
          ))}
        </Radio.Group>
      );
    case 'tier':
      return <TierField field={field} command={command} value={value} currentTier={currentTier} onChange={onChange} />;
    case 'instant':
      return (
        <div>
          <TextInput
            {...common}
            mb={6}
            type="datetime-local"
            onChange={(event) => onChange(event.currentTarget.value)}
          />
          <Group gap={6} mb="sm">
            {untilPresets(Date.now()).map((preset) => (
              <Button key={preset.label} variant="default" size="compact-xs" onClick={() => onChange(preset.value)}>
                {preset.label}
              </Button>
            ))}
          </Group>
        </div>
      );
    default:
      return assertNever(field.kind);
  }
}

type TierFieldProps = Pick<FieldInputProps, 'field' | 'command' | 'value' | 'currentTier' | 'onChange'>;

function TierField({ field, command, value, currentTier, onChange }: TierFieldProps) {
  const isUp = command === 'escalate';
  const tiers = [1, 2, 3, 4].filter(
    (tier) => currentTier === undefined || (isUp ? tier > currentTier : tier < currentTier),
  );
  if (tiers.length < 2) return null;
  return (
    <Radio.Group label={field.label} value={value} onChange={onChange} mb="sm">
      <Group gap="md" mt={6}>
        <Radio size="xs" value="" label={isUp ? t.actions.tierNext : t.actions.tierBelow} />
        {tiers.map((tier) => (
          <Radio key={tier} size="xs" value={String(tier)} label={t.tier(tier)} />
        ))}
      </Group>
    </Radio.Group>
  );
}

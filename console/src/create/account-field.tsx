import { NativeSelect, TextInput } from '@mantine/core';
import { t } from '../strings/index.ts';

const s = t.create;

interface AccountFieldProps {
  /** The only accounts that the caller may file for; null: any. */
  readonly own: readonly string[] | null;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** The seller or brand: one of their own for account managers, any or none for others. */
export function AccountField({ own, value, error, onChange }: AccountFieldProps) {
  if (own === null) {
    return (
      <TextInput
        label={s.account}
        description={s.accountHint}
        maxLength={128}
        w={260}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <NativeSelect
      label={s.account}
      description={s.accountOwn}
      required
      w={260}
      data={[{ value: '', label: s.accountChoose }, ...own]}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

import { Button, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { announce } from '../shell/live-region.tsx';
import { t } from '../strings/index.ts';
import classes from './keys.module.css';

interface CopyFieldProps {
  readonly label: string;
  readonly copyLabel: string;
  readonly value: string;
}

/** A text to take away: selected with a click, copied with a button. */
export function CopyField({ label, copyLabel, value }: CopyFieldProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
    announce(t.keys.copied);
    window.setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <div className={classes.copy}>
      <TextInput
        label={label}
        readOnly
        value={value}
        classNames={{ input: classes.secret }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button
        data-autofocus
        variant="default"
        size="sm"
        leftSection={isCopied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        onClick={() => void copy()}
      >
        {isCopied ? t.keys.copied : copyLabel}
      </Button>
    </div>
  );
}

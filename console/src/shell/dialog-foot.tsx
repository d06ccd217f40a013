import { Alert, Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../strings/index.ts';

/** How every dialog ends: why it failed the last time, the way out, and what it is there for. */
export function DialogFoot({
  failure,
  failureTitle,
  focusesCancel = false,
  onCancel,
  children,
}: {
  readonly failure: string | null;
  readonly failureTitle?: string;
  /** For what can't be taken back. */
  readonly focusesCancel?: boolean;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}) {
  return (
    <>
      {failure === null ? null : (
        <Alert color="orange" variant="light" mt="sm" role="alert" title={failureTitle}>
          {failure}
        </Alert>
      )}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" data-autofocus={focusesCancel || undefined} onClick={onCancel}>
          {t.actions.cancel}
        </Button>
        {children}
      </Group>
    </>
  );
}

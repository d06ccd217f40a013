import { Alert, Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { t } from '../strings/index.ts';
import { signIn, signInBeside } from './session.ts';

/** Stands over the page when the session has ended, and leaves everything under it as it was. */
export default function SessionDialog() {
  const [isBlocked, setBlocked] = useState(false);
  const again = async (): Promise<void> => {
    try {
      await signInBeside();
      setBlocked(false);
    } catch {
      setBlocked(true);
    }
  };
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t.session.expiredTitle}
      size="sm"
      zIndex={400}
    >
      <Text size="sm">{t.session.expiredLead}</Text>
      {isBlocked ? (
        <Alert color="orange" variant="light" mt="sm">
          {t.session.popupBlocked}
        </Alert>
      ) : null}
      <Group justify="flex-end" mt="lg">
        {isBlocked ? (
          <Button variant="default" onClick={() => void signIn()}>
            {t.session.leave}
          </Button>
        ) : null}
        <Button data-autofocus onClick={() => void again()}>
          {t.session.signInAgain}
        </Button>
      </Group>
    </Modal>
  );
}

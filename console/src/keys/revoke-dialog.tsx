import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { DialogFoot } from '../shell/dialog-foot.tsx';
import { t } from '../strings/index.ts';
import { showToast } from '../toasts/toasts.tsx';
import { keysQuery } from './queries.ts';
import type { IntegrationKey } from './queries.ts';
import classes from './keys.module.css';

const s = t.keys;

interface RevokeDialogProps {
  readonly subject: IntegrationKey;
  readonly onClose: () => void;
}

/** Says what stops before it stops; the way back has the focus. */
export function RevokeDialog({ subject, onClose }: RevokeDialogProps) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => call('revokeIntegrationKey', { params: { keyId: subject.id } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keysQuery.queryKey });
      showToast({ tone: 'good', title: s.revoked, message: s.revokedToast(subject.label) });
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={s.revokeThis(subject.label)}
      size={460}
      closeButtonProps={{ 'aria-label': t.actions.cancel }}
    >
      <p className={classes.text}>{s.revokeLead(subject.label, subject.source)}</p>
      <p className={classes.text}>{s.revokeWhat}</p>
      <p className={`${classes.text} dim`}>{s.revokeHint}</p>
      <DialogFoot failure={revoke.isError ? messageOf(revoke.error) : null} focusesCancel onCancel={onClose}>
        <Button color="red.9" loading={revoke.isPending} onClick={() => revoke.mutate()}>
          {s.revoke}
        </Button>
      </DialogFoot>
    </Modal>
  );
}

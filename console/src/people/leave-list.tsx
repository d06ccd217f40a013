import { ActionIcon, Button, Modal, Tooltip } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { DialogFoot } from '../shell/dialog-foot.tsx';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { Person } from '../theme/person.tsx';
import { shortInstant } from '../time/format.ts';
import { Instant } from '../time/instant.tsx';
import { useNow } from '../time/ticker.ts';
import { showToast } from '../toasts/toasts.tsx';
import { refreshLeave } from './leave-query.ts';
import type { Leave } from './leave-query.ts';
import { nameOf, useNames } from './names.ts';
import classes from './people.module.css';

const s = t.people;

/** Who is away, the first to come back on top; each can be taken back. */
export function LeaveList({ items, canChange }: { readonly items: readonly Leave[]; readonly canChange: boolean }) {
  const [removing, setRemoving] = useState<Leave | null>(null);
  useNames();
  return (
    <>
      <ul className={classes.rows}>
        {items.map((leave) => (
          <LeaveRow key={leave.id} leave={leave} onRemove={canChange ? setRemoving : null} />
        ))}
      </ul>
      {removing === null ? null : <RemoveDialog leave={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function LeaveRow({ leave, onRemove }: { readonly leave: Leave; readonly onRemove: ((leave: Leave) => void) | null }) {
  const isNow = useNow((nowMs) => Date.parse(leave.from) <= nowMs && nowMs < Date.parse(leave.until));
  const label = s.removeLeave(nameOf(leave.person));
  return (
    <li className={classes.leaveRow}>
      <Person id={leave.person} />
      <span className={classes.span}>
        <Instant atMs={Date.parse(leave.from)} /> – <Instant atMs={Date.parse(leave.until)} />
        {isNow ? <Tag tone="warn">{s.awayNow}</Tag> : null}
      </span>
      {onRemove === null ? null : (
        <Tooltip label={s.remove}>
          <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => onRemove(leave)}>
            <IconX size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  );
}

function RemoveDialog({ leave, onClose }: { readonly leave: Leave; readonly onClose: () => void }) {
  const client = useQueryClient();
  const person = nameOf(leave.person);
  const remove = useMutation({
    mutationFn: () => call('removeLeave', { params: { changeId: leave.id } }),
    onSuccess: async () => {
      await refreshLeave(client);
      showToast({ tone: 'good', title: s.leave, message: s.leaveRemoved(person) });
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={s.removeTitle}
      size={440}
      closeButtonProps={{ 'aria-label': t.actions.cancel }}
    >
      <p className={classes.text}>
        {s.removeText(person, shortInstant(Date.parse(leave.from), 0), shortInstant(Date.parse(leave.until), 0))}
      </p>
      <DialogFoot failure={remove.isError ? messageOf(remove.error) : null} focusesCancel onCancel={onClose}>
        <Button loading={remove.isPending} onClick={() => remove.mutate()}>
          {s.remove}
        </Button>
      </DialogFoot>
    </Modal>
  );
}

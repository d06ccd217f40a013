import { Button, Checkbox, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { publishRecord } from '../api/record-bus.ts';
import { DialogFoot } from '../shell/dialog-foot.tsx';
import { t } from '../strings/index.ts';
import { showToast } from '../toasts/toasts.tsx';
import type { ErasableText } from './texts-of.ts';
import classes from './escalation.module.css';

const s = t.erase;

interface EraseDialogProps {
  readonly escalationId: string;
  /** At least one. */
  readonly texts: readonly ErasableText[];
  readonly onClose: () => void;
}

/** Says what goes and what stays, and erases once that was confirmed. */
export default function EraseDialog({ escalationId, texts: known, onClose }: EraseDialogProps) {
  const client = useQueryClient();
  // What is offered stays what was seen, even if a note is added meanwhile.
  const [texts] = useState(known);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(texts.map((text) => text.id)));
  const [isUnderstood, setUnderstood] = useState(false);
  const erase = useMutation({
    mutationFn: () => call('eraseTexts', { params: { id: escalationId }, body: { textIds: [...chosen] } }),
    onSuccess: async ({ erased }) => {
      const record = await call('getEscalation', { params: { id: escalationId } });
      client.setQueryData(['escalation', escalationId], record);
      publishRecord(record);
      await client.invalidateQueries({ queryKey: ['timeline', escalationId] });
      showToast({ tone: 'good', title: s.title, message: s.done(erased) });
      onClose();
    },
  });
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const isAll = chosen.size === texts.length;
  return (
    <Modal opened onClose={onClose} title={s.title} size={560} closeButtonProps={{ 'aria-label': t.actions.cancel }}>
      <p className={classes.eraseLead}>{s.lead}</p>
      <h3 className={classes.eraseHeading}>{s.goes}</h3>
      <Checkbox
        data-autofocus
        size="xs"
        mb={6}
        label={<b>{s.all}</b>}
        checked={isAll}
        indeterminate={!isAll && chosen.size > 0}
        onChange={() => setChosen(isAll ? new Set() : new Set(texts.map((text) => text.id)))}
      />
      <ul className={classes.eraseList} tabIndex={0} aria-label={s.goes}>
        {texts.map((text) => (
          <li key={text.id}>
            <Checkbox
              size="xs"
              label={text.label}
              description={text.text}
              classNames={{ description: classes.eraseText }}
              checked={chosen.has(text.id)}
              onChange={() => toggle(text.id)}
            />
          </li>
        ))}
      </ul>
      <h3 className={classes.eraseHeading}>{s.stays}</h3>
      <p className={classes.eraseLead}>{s.staysText}</p>
      <Checkbox
        size="xs"
        label={s.understood}
        checked={isUnderstood}
        onChange={(event) => setUnderstood(event.currentTarget.checked)}
      />
      <DialogFoot failure={erase.isError ? messageOf(erase.error) : null} onCancel={onClose}>
        <Button
          color="red.9"
          disabled={!isUnderstood || chosen.size === 0}
          loading={erase.isPending}
          onClick={() => erase.mutate()}
        >
          {s.submit(chosen.size)}
        </Button>
      </DialogFoot>
    </Modal>
  );
}

import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { DialogFoot } from '../shell/dialog-foot.tsx';
import { t } from '../strings/index.ts';
import { showToast } from '../toasts/toasts.tsx';
import { CopyField } from './copy-field.tsx';
import { sourceFault } from './key-source.ts';
import { keysQuery } from './queries.ts';
import classes from './keys.module.css';

const s = t.keys;
const maxLabel = 100;

type NewKey = ResponseOf<'createIntegrationKey'>;

/**
 * Makes a key, then shows its secret this once. The secret lives in this dialog only, which is closed by saying that it was
 * kept and by nothing else.
 */
export function CreateKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [label, setLabel] = useState('');
  const [source, setSource] = useState('');
  const [isTried, setTried] = useState(false);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [made, setMade] = useState<NewKey | null>(null);
  const fault = sourceFault(source.trim());
  const sourceError = fault === null ? undefined : fault === 'taken' ? s.sourceTaken : s.sourceBad;

  const submit = async (): Promise<void> => {
    setTried(true);
    if (label.trim() === '' || fault !== null) {
      window.setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    if (isSending) return;
    setSending(true);
    setFailure(null);
    try {
      setMade(await call('createIntegrationKey', { body: { label: label.trim(), source: source.trim() } }));
      void client.invalidateQueries({ queryKey: keysQuery.queryKey });
    } catch (error) {
      setFailure(messageOf(error));
    } finally {
      setSending(false);
    }
  };

  if (made !== null) {
    return (
      <Modal
        opened
        onClose={() => undefined}
        withCloseButton={false}
        closeOnEscape={false}
        closeOnClickOutside={false}
        title={s.secretTitle}
        size={560}
      >
        <p className={classes.text}>{s.secretLead}</p>
        <CopyField label={s.secret} copyLabel={s.copy} value={made.token} />
        <p className={classes.text}>{s.use}</p>
        <pre className={classes.example} tabIndex={0} aria-label={s.use}>
          {exampleOf(made.source)}
        </pre>
        <Group justify="flex-end" mt="md">
          <Button
            onClick={() => {
              showToast({ tone: 'good', title: made.label, message: s.createdToast(made.label) });
              onClose();
            }}
          >
            {s.kept}
          </Button>
        </Group>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={s.create} size={480} closeButtonProps={{ 'aria-label': t.actions.cancel }}>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextInput
          data-autofocus
          label={s.label}
          placeholder={s.labelPlaceholder}
          required
          mb="sm"
          maxLength={maxLabel}
          value={label}
          error={isTried && label.trim() === '' ? t.actions.required : undefined}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <TextInput
          label={s.source}
          description={s.sourceHint}
          placeholder={s.sourcePlaceholder}
          required
          mb="sm"
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          value={source}
          error={isTried ? sourceError : undefined}
          onChange={(event) => setSource(event.currentTarget.value)}
        />
        <DialogFoot failure={failure} onCancel={onClose}>
          <Button type="submit" loading={isSending}>
            {s.create}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}

/** A call that works as it stands once the key is in the variable: the secret does not go into a shell's history. */
function exampleOf(source: string): string {
  return [
    `curl ${window.location.origin}/v1/intake/events \\`,
    '  -H "authorization: Bearer $TIERLINE_KEY" -H "content-type: application/json" \\',
    `  -d '{"action":"trigger","dedupKey":"${source}-1","title":"A first alert","category":"service_defect","severity":"sev3"}'`,
  ].join('\n');
}

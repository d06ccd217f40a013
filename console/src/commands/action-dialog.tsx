import { Button, Modal, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { PersonCommandType } from '../../../domain/escalation/commands.ts';
import { serverNowMs } from '../api/clock-skew.ts';
import { messageOf } from '../api/problem.ts';
import { meQuery } from '../api/queries.ts';
import type { Escalation } from '../api/types.ts';
import { DialogFoot } from '../shell/dialog-foot.tsx';
import { announce } from '../shell/live-region.tsx';
import { t } from '../strings/index.ts';
import { dropDraft, keepDraft, readDraft } from './drafts.ts';
import { FieldInput } from './field-input.tsx';
import { checkForm, commandOf, forms } from './forms.ts';
import type { Errors, FieldName, Values } from './forms.ts';
import { newAttemptKey, sendCommand } from './send.ts';
import type { Outcome } from './send.ts';
import { sentenceOf, tellBulk, tellOutcome } from './tell.ts';

interface ActionDialogProps {
  readonly command: PersonCommandType;
  /** At least one. */
  readonly targets: readonly Escalation[];
  readonly onClose: () => void;
}

/**
 * The form of a command. It closes when the command was taken; refused, it stays as it was filled in and says why. What
 * was typed outlives closing it.
 */
export function ActionDialog({ command, targets, onClose }: ActionDialogProps) {
  const me = useQuery(meQuery).data;
  const draftKey = `${command} ${targets.map((target) => target.id).join(' ')}`;
  const [values, setValues] = useState<Values>(() => readDraft(draftKey));
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  // Repeats of the same form are the same attempt, until it is changed.
  const attempt = useRef(new Map<string, string>());
  const first = targets[0];

  const change = (name: FieldName, value: string): void => {
    attempt.current.clear();
    const next = { ...values, [name]: value };
    setValues(next);
    keepDraft(draftKey, next);
    setErrors(({ [name]: _mended, ...others }) => others);
  };

  const submit = async (): Promise<void> => {
    if (isSending || first === undefined) return;
    const found = checkForm(command, values, serverNowMs());
    setErrors(found);
    if (Object.keys(found).length > 0) {
      window.setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    const body = commandOf(command, values);
    if (body === null) return;
    setSending(true);
    setFailure(null);
    const outcomes = await Promise.all(
      targets.map((target) => {
        const key = attempt.current.get(target.id) ?? newAttemptKey();
        attempt.current.set(target.id, key);
        return sendCommand(target, body, key);
      }),
    );
    setSending(false);
    finish(outcomes);
  };

  const finish = (outcomes: readonly Outcome[]): void => {
    const [only] = outcomes;
    if (outcomes.length === 1 && only !== undefined) {
      if (only.kind === 'refused') {
        attempt.current.clear();
        setFailure(sentenceOf(only));
        return;
      }
      if (only.kind === 'failed') {
        setFailure(`${messageOf(only.error)} ${t.actions.unknown}`);
        return;
      }
      if (only.kind === 'pending') tellOutcome(command, only, first?.title ?? t.titleErased);
      else announce(t.actions.done[command]);
    } else {
      tellBulk(command, outcomes);
    }
    dropDraft(draftKey);
    onClose();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t.commandNames[command]}
      size={520}
      closeButtonProps={{ 'aria-label': t.actions.cancel }}
      trapFocus
      returnFocus
    >
      <Text size="sm" c="dimmed" mb="sm">
        {targets.length > 1 ? t.queue.selected(targets.length) : (first?.title ?? t.titleErased)}
        {' · '}
        {t.actions.hints[command]}
      </Text>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void submit();
        }}
      >
        {forms[command].map((field, index) => (
          <FieldInput
            key={field.name}
            isFirst={index === 0}
            field={field}
            command={command}
            value={values[field.name] ?? ''}
            error={errors[field.name]}
            me={me}
            currentTier={first?.tier}
            onChange={(value) => change(field.name, value)}
          />
        ))}
        <DialogFoot failure={failure} failureTitle={t.actions.refused(t.commandNames[command])} onCancel={onClose}>
          <Button type="submit" loading={isSending}>
            {t.commandNames[command]}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}

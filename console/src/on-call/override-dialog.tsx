import { Button, Modal, Select } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { meQuery } from '../api/queries.ts';
import { PersonField } from '../commands/person-field.tsx';
import { wallTime } from '../commands/until.ts';
import { nameOf } from '../people/names.ts';
import { DialogFoot } from '../shell/dialog-foot.tsx';
import { announce } from '../shell/live-region.tsx';
import { t } from '../strings/index.ts';
import { refreshSchedules } from './queries.ts';
import type { OnCallNow } from './queries.ts';
import { SpanFields } from './span-fields.tsx';

const s = t.onCall;

export interface OverrideDraft {
  readonly scheduleId: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

interface OverrideDialogProps {
  readonly draft: OverrideDraft;
  readonly schedules: readonly OnCallNow[];
  readonly onClose: () => void;
}

/** Puts somebody on call for a stretch; everything that was drawn can be typed as well. */
export function OverrideDialog({ draft, schedules, onClose }: OverrideDialogProps) {
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const [scheduleId, setScheduleId] = useState(draft.scheduleId);
  const [person, setPerson] = useState('');
  const [inPlaceOf, setInPlaceOf] = useState('');
  const [from, setFrom] = useState(wallTime(new Date(draft.fromMs)));
  const [until, setUntil] = useState(wallTime(new Date(draft.untilMs)));
  const [isTried, setTried] = useState(false);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const isOrdered = Date.parse(from) < Date.parse(until);

  const submit = async (): Promise<void> => {
    setTried(true);
    if (person.trim() === '' || !isOrdered || isSending) return;
    setSending(true);
    setFailure(null);
    try {
      await call('addOverride', {
        params: { scheduleId },
        body: {
          person: person.trim(),
          from: new Date(from).toISOString(),
          until: new Date(until).toISOString(),
          ...(inPlaceOf.trim() === '' ? {} : { inPlaceOf: inPlaceOf.trim() }),
        },
      });
      await refreshSchedules(client);
      announce(s.overrideAdded(nameOf(person.trim())));
      onClose();
    } catch (error) {
      setFailure(messageOf(error));
      setSending(false);
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={s.addOverride}
      size={480}
      closeButtonProps={{ 'aria-label': t.actions.cancel }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Select
          label={s.schedule}
          mb="sm"
          allowDeselect={false}
          data={schedules.map((schedule) => ({ value: schedule.schedule, label: schedule.name }))}
          value={scheduleId}
          onChange={(value) => setScheduleId(value ?? scheduleId)}
          comboboxProps={{ zIndex: 500 }}
        />
        <PersonField
          isFirst
          label={s.person}
          required
          mb="sm"
          me={me}
          value={person}
          error={isTried && person.trim() === '' ? t.actions.required : undefined}
          onChange={setPerson}
        />
        <PersonField
          isFirst={false}
          label={s.inPlaceOf}
          required={false}
          mb="sm"
          me={undefined}
          value={inPlaceOf}
          error={undefined}
          onChange={setInPlaceOf}
        />
        <SpanFields
          from={from}
          until={until}
          untilError={isTried && !isOrdered ? s.notOrdered : undefined}
          onFrom={setFrom}
          onUntil={setUntil}
        />
        <DialogFoot failure={failure} onCancel={onClose}>
          <Button type="submit" loading={isSending}>
            {s.addOverride}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}

import { Button, FileButton, Modal, SegmentedControl, Select, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconFileImport } from '@tabler/icons-react';
import { useEffect, useId, useState } from 'react';
import type { BodyOf } from '../../../contracts/schemas/requests.ts';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { refreshLeave } from '../people/leave-query.ts';
import { DialogFoot } from '../shell/dialog-foot.tsx';
import { t } from '../strings/index.ts';
import { showToast } from '../toasts/toasts.tsx';
import { ImportPreview } from './import-preview.tsx';
import { onCallQuery } from './queries.ts';
import classes from './on-call.module.css';

const s = t.import;
const maxCharacters = 200_000;

type Kind = BodyOf<'importSchedule'>['as'];

interface ImportDialogProps {
  readonly kind: Kind;
  readonly onClose: () => void;
}

/** Takes shifts or leave from a calendar file, once a preview has said what that changes. */
export function ImportDialog({ kind: firstKind, onClose }: ImportDialogProps) {
  const client = useQueryClient();
  const asId = useId();
  const schedules = useQuery(onCallQuery).data?.items ?? [];
  const [kind, setKind] = useState<Kind>(firstKind);
  const [chosen, setChosen] = useState<string | null>(null);
  const [ics, setIcs] = useState('');
  const scheduleId = chosen ?? schedules[0]?.schedule ?? '';
  const isTooLong = ics.length > maxCharacters;
  const isReady = ics.trim() !== '' && !isTooLong && scheduleId !== '';

  const send = (dryRun: boolean) => call('importSchedule', { params: { scheduleId }, body: { ics, as: kind, dryRun } });
  const preview = useQuery({
    queryKey: ['import-preview', scheduleId, kind, ics],
    queryFn: () => send(true),
    enabled: isReady,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  const take = useMutation({
    mutationFn: () => send(false),
    onSuccess: async (answer) => {
      await refreshLeave(client);
      showToast({
        tone: 'good',
        title: s.title,
        message: s.done(answer.stretches.filter((stretch) => !stretch.known).length),
      });
      onClose();
    },
  });
  const fresh = (preview.data?.stretches ?? []).filter((stretch) => !stretch.known).length;
  const failure = take.error ?? preview.error;
  // What failed is forgotten with the text that it failed for.
  const forget = take.reset;
  useEffect(() => forget(), [ics, kind, scheduleId, forget]);

  return (
    <Modal opened onClose={onClose} title={s.title} size={640} closeButtonProps={{ 'aria-label': t.actions.cancel }}>
      <p className={classes.text}>{s.lead}</p>
      <p className={classes.fieldLabel} id={asId}>
        {s.as}
      </p>
      <SegmentedControl
        size="xs"
        mb="sm"
        aria-labelledby={asId}
        value={kind}
        onChange={(value) => setKind(value === 'leave' ? 'leave' : 'overrides')}
        data={[
          { value: 'overrides', label: s.kinds.overrides },
          { value: 'leave', label: s.kinds.leave },
        ]}
      />
      <Select
        label={s.schedule}
        description={s.zoneHint}
        mb="sm"
        allowDeselect={false}
        data={schedules.map((schedule) => ({
          value: schedule.schedule,
          label: `${schedule.name} (${schedule.timezone.replaceAll('_', ' ')})`,
        }))}
        value={scheduleId === '' ? null : scheduleId}
        onChange={setChosen}
        comboboxProps={{ zIndex: 500 }}
      />
      <FileButton
        accept=".ics,text/calendar"
        onChange={(file) => {
          if (file !== null) void file.text().then(setIcs);
        }}
      >
        {(props) => (
          <Button {...props} data-autofocus variant="default" leftSection={<IconFileImport size={14} />}>
            {s.chooseFile}
          </Button>
        )}
      </FileButton>
      <Textarea
        label={s.paste}
        mt="sm"
        mb="md"
        rows={3}
        spellCheck={false}
        classNames={{ input: classes.ics }}
        value={ics}
        error={isTooLong ? s.tooLong : undefined}
        onChange={(event) => setIcs(event.currentTarget.value)}
      />
      <section aria-label={s.preview} aria-live="polite">
        <h3 className={classes.previewTitle}>{s.preview}</h3>
        {isReady && preview.isFetching && preview.data === undefined ? <p className="dim">{s.reading}</p> : null}
        {isReady ? null : <p className="dim">{s.previewNothing}</p>}
        {preview.data === undefined || !isReady ? null : (
          <ImportPreview kind={kind} scheduleId={scheduleId} answer={preview.data} />
        )}
      </section>
      <DialogFoot failure={failure === null || !isReady ? null : messageOf(failure)} onCancel={onClose}>
        <Button
          disabled={!isReady || fresh === 0 || preview.isFetching}
          loading={take.isPending}
          onClick={() => take.mutate()}
        >
          {s.submit(fresh)}
        </Button>
      </DialogFoot>
    </Modal>
  );
}

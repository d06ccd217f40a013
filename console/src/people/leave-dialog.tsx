import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { serverNowMs } from '../api/clock-skew.ts';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { meQuery } from '../api/queries.ts';
import { PersonField } from '../commands/person-field.tsx';
import { wallTime } from '../commands/until.ts';
import { SpanFields } from '../on-call/span-fields.tsx';
import { useTurns } from '../on-call/use-turns.ts';
import { DialogFoot } from '../shell/dialog-foot.tsx';
import { t } from '../strings/index.ts';
import { shortInstant } from '../time/format.ts';
import { showToast } from '../toasts/toasts.tsx';
import { refreshLeave } from './leave-query.ts';
import { nameOf } from './names.ts';
import classes from './people.module.css';

const s = t.people;

/** Tomorrow from midnight to midnight in the viewer's zone: leave is mostly whole days. */
function midnightIn(days: number): string {
  const at = new Date(serverNowMs());
  at.setHours(0, 0, 0, 0);
  at.setDate(at.getDate() + days);
  return wallTime(at);
}

/** Takes leave, and shows beforehand which turns on call it takes the person out of. */
export function LeaveDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const form = useRef<HTMLFormElement>(null);
  const [person, setPerson] = useState('');
  const [from, setFrom] = useState(() => midnightIn(1));
  const [until, setUntil] = useState(() => midnightIn(2));
  const [isTried, setTried] = useState(false);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const fromMs = Date.parse(from);
  const untilMs = Date.parse(until);
  const untilError = !(fromMs < untilMs) ? s.notOrdered : untilMs <= serverNowMs() ? s.past : undefined;
  const id = person.trim();

  const submit = async (): Promise<void> => {
    setTried(true);
    if (id === '' || untilError !== undefined) {
      window.setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    if (isSending) return;
    setSending(true);
    setFailure(null);
    try {
      const stretch = { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
      await call('addLeave', { body: { person: id, ...stretch } });
      await refreshLeave(client);
      showToast({ tone: 'good', title: s.leave, message: s.leaveAdded(nameOf(id)) });
      onClose();
    } catch (error) {
      setFailure(messageOf(error));
      setSending(false);
    }
  };

  return (
    <Modal opened onClose={onClose} title={s.addLeave} size={480} closeButtonProps={{ 'aria-label': t.actions.cancel }}>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p className={`${classes.text} dim`}>{s.leaveHint}</p>
        <PersonField
          isFirst
          label={s.person}
          required
          mb="sm"
          me={me}
          value={person}
          error={isTried && id === '' ? t.actions.required : undefined}
          onChange={setPerson}
        />
        <SpanFields
          from={from}
          until={until}
          untilError={isTried ? untilError : undefined}
          onFrom={setFrom}
          onUntil={setUntil}
        />
        {id !== '' && fromMs < untilMs ? <Turns person={id} fromMs={fromMs} untilMs={untilMs} /> : null}
        <DialogFoot failure={failure} onCancel={onClose}>
          <Button type="submit" loading={isSending}>
            {s.addLeave}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}

const maxShown = 6;

/** The turns on call that the leave takes this person out of. */
function Turns({
  person,
  fromMs,
  untilMs,
}: {
  readonly person: string;
  readonly fromMs: number;
  readonly untilMs: number;
}) {
  const turns = useTurns(fromMs, untilMs);
  if (turns === null) return null;
  const own = turns.filter((turn) => turn.people.includes(person));
  return (
    <div className={classes.turns} role="status">
      {own.length === 0 ? s.onCallNone : s.onCallThen}
      <ul>
        {own.slice(0, maxShown).map((turn) => (
          <li key={`${turn.schedule} ${turn.fromMs}`}>
            {`${turn.name}: ${shortInstant(turn.fromMs, 0)} – ${shortInstant(turn.untilMs, 0)}`}
          </li>
        ))}
      </ul>
      {own.length > maxShown ? `+ ${own.length - maxShown}` : null}
    </div>
  );
}

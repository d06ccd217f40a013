import { TextInput } from '@mantine/core';
import { t } from '../strings/index.ts';
import classes from './on-call.module.css';

/** From when until when, by the clock on the wall. */
export function SpanFields({
  from,
  until,
  untilError,
  onFrom,
  onUntil,
}: {
  readonly from: string;
  readonly until: string;
  readonly untilError: string | undefined;
  readonly onFrom: (value: string) => void;
  readonly onUntil: (value: string) => void;
}) {
  return (
    <div className={classes.pair}>
      <TextInput
        type="datetime-local"
        label={t.onCall.from}
        value={from}
        onChange={(event) => onFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label={t.onCall.untilLabel}
        value={until}
        error={untilError}
        onChange={(event) => onUntil(event.currentTarget.value)}
      />
    </div>
  );
}

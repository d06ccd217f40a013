import { Button, CloseButton } from '@mantine/core';
import type { Me } from '../api/types.ts';
import { t } from '../strings/index.ts';
import classes from './queue.module.css';

interface BulkBarProps {
  readonly count: number;
  readonly me: Me | undefined;
  readonly onAcknowledge: () => void;
  readonly onAssignToMe: () => void;
  readonly onEscalate: () => void;
  readonly onClear: () => void;
}

/** What can be done with all the selected rows at once. */
export function BulkBar({ count, me, onAcknowledge, onAssignToMe, onEscalate, onClear }: BulkBarProps) {
  const may = (command: Me['commands'][number]): boolean => me?.commands.includes(command) ?? false;
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t.queue.selected(count)}>
      <span className={classes.bulkCount}>{t.queue.selected(count)}</span>
      {may('acknowledge') ? <Button onClick={onAcknowledge}>{t.queue.bulkAcknowledge}</Button> : null}
      {may('assign') ? (
        <Button variant="default" onClick={onAssignToMe}>
          {t.queue.bulkAssignMe}
        </Button>
      ) : null}
      {may('escalate') ? (
        <Button variant="default" onClick={onEscalate}>
          {t.commandNames.escalate}
        </Button>
      ) : null}
      <CloseButton size="sm" aria-label={t.queue.clearSelection} onClick={onClear} />
    </div>
  );
}

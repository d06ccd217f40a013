import { Button, Kbd, Menu, Skeleton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import type { PersonCommandType } from '../../../domain/escalation/commands.ts';
import { t } from '../strings/index.ts';
import classes from './escalation.module.css';

/** The order in which commands are offered: what moves the work on comes first. */
const forward: readonly PersonCommandType[] = [
  'acknowledge',
  'start-investigation',
  'resolve',
  'submit-rca',
  'approve-rca',
  'close',
];
const often: readonly PersonCommandType[] = [
  'note',
  'send-update',
  'escalate',
  'assign',
  'hand-off',
  'resume',
  'pause',
];
const rest: readonly PersonCommandType[] = ['change-severity', 'de-escalate', 'reopen', 'migrate-policy', 'cancel'];
const keys: Readonly<Partial<Record<PersonCommandType, string>>> = {
  acknowledge: 'A',
  escalate: 'E',
  note: 'N',
  assign: 'S',
  resolve: 'R',
};
const maxButtons = 6;

interface ActionBarProps {
  readonly allowed: readonly PersonCommandType[];
  readonly isLoading: boolean;
  readonly pending: PersonCommandType | null;
  readonly onGive: (command: PersonCommandType) => void;
}

/** Only what the caller may do now; what is refused in this state is not offered. */
export function ActionBar({ allowed, isLoading, pending, onGive }: ActionBarProps) {
  if (isLoading) {
    return (
      <div className={classes.actions} aria-hidden="true">
        <Skeleton height={30} width={110} />
        <Skeleton height={30} width={80} />
        <Skeleton height={30} width={80} />
      </div>
    );
  }
  const ordered = [...forward, ...often].filter((command) => allowed.includes(command));
  const shown = ordered.slice(0, maxButtons);
  const hidden = [...ordered.slice(maxButtons), ...rest.filter((command) => allowed.includes(command))];
  const primary = forward.find((command) => allowed.includes(command));
  if (allowed.length === 0) return <p className={classes.noActions}>{t.actions.noneAllowed}</p>;
  return (
    <div className={classes.actions} role="toolbar" aria-label={t.palette.actions}>
      {shown.map((command) => (
        <Button
          key={command}
          variant={command === primary ? 'filled' : 'default'}
          loading={pending === command}
          disabled={pending !== null && pending !== command}
          rightSection={
            keys[command] === undefined ? null : (
              <Kbd size="xs" className={classes.kbd} aria-hidden="true">
                {keys[command]}
              </Kbd>
            )
          }
          onClick={() => onGive(command)}
        >
          {t.commandNames[command]}
        </Button>
      ))}
      {hidden.length > 0 ? (
        <Menu position="bottom-end" width={190}>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={14} />} disabled={pending !== null}>
              {t.actions.more}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {hidden.map((command) => (
              <Menu.Item key={command} color={command === 'cancel' ? 'red' : undefined} onClick={() => onGive(command)}>
                {t.commandNames[command]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </div>
  );
}

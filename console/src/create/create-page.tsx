import { Alert, Button, Chip, Fieldset, Group, Switch, Textarea, TextInput } from '@mantine/core';
import { AccountField } from './account-field.tsx';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { categories, channels, severities } from '../../../domain/escalation/vocabulary.ts';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { meQuery } from '../api/queries.ts';
import { newAttemptKey } from '../commands/send.ts';
import { publishRecord } from '../api/record-bus.ts';
import { announce } from '../shell/live-region.tsx';
import { t } from '../strings/index.ts';
import { SeverityBadge, StateBadge } from '../theme/badges.tsx';
import { checkNew, emptyForm, forgetForm, keepForm, keptForm, newEscalationOf, titleFrom } from './new-form.ts';
import type { NewErrors, NewForm } from './new-form.ts';
import { similarQuery } from './similar.ts';
import classes from './create.module.css';

const s = t.create;

/** Files an escalation: the text is pasted first, what is open already is shown while typing. */
export function CreatePage() {
  const navigate = useNavigate();
  const me = useQuery(meQuery).data;
  const [form, setForm] = useState<NewForm>(() => keptForm() ?? emptyForm);
  const isAccountManager = me?.roles.includes('account_manager') ?? false;
  // Who it is may be known only after the form is there.
  useEffect(() => {
    if (isAccountManager) setForm((now) => (now.channel === '' ? { ...now, channel: 'account_manager' } : now));
  }, [isAccountManager]);
  const [errors, setErrors] = useState<NewErrors>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const attempt = useRef<string | null>(null);
  const element = useRef<HTMLFormElement>(null);

  const change = (part: Partial<NewForm>): void => {
    attempt.current = null;
    const next = { ...form, ...part };
    setForm(next);
    keepForm(next);
    setErrors((before) => Object.fromEntries(Object.entries(before).filter(([key]) => !(key in part))));
  };
  const changeText = (text: string): void => {
    const follows = form.title === titleFrom(form.text);
    change({ text, ...(follows ? { title: titleFrom(text) } : {}) });
  };

  const submit = async (): Promise<void> => {
    if (isSending) return;
    const found = checkNew(form, me?.accounts ?? null);
    setErrors(found);
    const body = newEscalationOf(form);
    if (Object.keys(found).length > 0 || body === null) {
      window.setTimeout(() =>
        element.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-missing="true"] input')?.focus(),
      );
      return;
    }
    setSending(true);
    setFailure(null);
    try {
      attempt.current ??= newAttemptKey();
      const receipt = await call('createEscalation', { body, idempotencyKey: attempt.current });
      publishRecord(receipt);
      forgetForm();
      announce(s.filed);
      await navigate({ to: '/escalations/$id', params: { id: receipt.id } });
    } catch (error) {
      setFailure(messageOf(error));
      setSending(false);
    }
  };

  return (
    <div className={classes.page}>
      <form
        ref={element}
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void submit();
        }}
      >
        <h1 className={classes.title}>{s.title}</h1>
        <p className={classes.lead}>{s.lead}</p>
        <Textarea
          autoFocus
          label={s.text}
          placeholder={s.textPlaceholder}
          autosize
          minRows={5}
          maxRows={14}
          mb="md"
          value={form.text}
          error={errors.text}
          onChange={(event) => changeText(event.currentTarget.value)}
        />
        <TextInput
          label={s.titleLabel}
          placeholder={s.titlePlaceholder}
          required
          mb="md"
          maxLength={200}
          value={form.title}
          error={errors.title}
          onChange={(event) => change({ title: event.currentTarget.value })}
        />
        <Choice
          label={s.channel}
          error={errors.channel}
          value={form.channel}
          onChange={(channel) => change({ channel })}
          options={channels.map((value) => [value, t.channel[value]])}
        />
        <Choice
          label={s.category}
          error={errors.category}
          value={form.category}
          onChange={(category) => change({ category })}
          options={categories.map((value) => [value, t.category[value]])}
        />
        <Choice
          label={s.severity}
          value={form.severity}
          onChange={(severity) => change({ severity })}
          options={[
            ['', s.severityUnset],
            ...severities.map((value) => [value, t.severity[value], t.severityLong[value]] as const),
          ]}
        />
        <Group align="flex-start" gap="xl" mb="md" mt={4}>
          <AccountField
            own={me?.accounts ?? null}
            value={form.accountId}
            error={errors.accountId}
            onChange={(accountId) => change({ accountId })}
          />
          <Switch
            mt={26}
            size="sm"
            label={s.drill}
            description={s.drillHint}
            checked={form.isDrill}
            onChange={(event) => change({ isDrill: event.currentTarget.checked })}
          />
        </Group>
        {failure === null ? null : (
          <Alert color="red" variant="light" role="alert" mb="md">
            {failure}
          </Alert>
        )}
        <Group gap="sm">
          <Button type="submit" size="sm" loading={isSending}>
            {s.submit}
          </Button>
          <span className="dim">Ctrl + Enter</span>
        </Group>
      </form>
      <Similar title={form.title} accountId={form.accountId.trim()} />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly error?: string;
  readonly options: readonly (readonly [value: string, label: string, title?: string])[];
  readonly onChange: (value: string) => void;
}

/** One of a few words, all of them in sight: one click or two keys. */
function Choice({ label, value, error, options, onChange }: ChoiceProps) {
  return (
    <Fieldset legend={label} variant="unstyled" className={classes.choice} data-missing={error !== undefined}>
      <Chip.Group value={value} onChange={(next) => onChange(typeof next === 'string' ? next : '')}>
        <Group gap={6}>
          {options.map(([option, text, title]) => (
            <Chip key={option} value={option} size="xs" radius="sm" variant="light" title={title}>
              {text}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {error === undefined ? null : <p className={classes.error}>{error}</p>}
    </Fieldset>
  );
}

function Similar({ title, accountId }: { readonly title: string; readonly accountId: string }) {
  const [asked] = useDebouncedValue(title, 250);
  const found = useQuery({
    ...similarQuery(asked, accountId === '' ? null : accountId),
    placeholderData: (before) => before,
  });
  const items = (asked.trim() === '' ? [] : (found.data ?? [])).slice(0, 6);
  return (
    <aside className={classes.similar} aria-label={s.similar} aria-live="polite">
      <h2 className={classes.similarTitle}>{s.similar}</h2>
      <p className={classes.similarLead}>
        {asked.trim() === '' ? s.similarIdle : items.length === 0 ? s.similarNone : s.similarLead}
      </p>
      <ul className={classes.list}>
        {items.map((item) => (
          <li key={item.id}>
            <Link to="/escalations/$id" params={{ id: item.id }} className={classes.item}>
              <span className={classes.itemTitle}>{item.title ?? t.titleErased}</span>
              <span className={classes.itemMarks}>
                <SeverityBadge severity={item.severity} />
                <StateBadge state={item.state} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </aside>
  );
}

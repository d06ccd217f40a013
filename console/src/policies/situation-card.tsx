import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { describeStep } from '../escalation/describe-step.ts';
import { useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { Instant } from '../time/instant.tsx';
import classes from './policies.module.css';

const s = t.policies;
const maxSituation = 200;

/** Asks the server what would happen in a situation, with the people who would be on call then. */
export function SituationCard({ name }: { readonly name: string }) {
  const [situation, setSituation] = useState('');
  useNames();
  const asked = useMutation({
    mutationFn: (text: string) => call('forecastPolicy', { params: { name }, query: { situation: text } }),
  });
  return (
    <section aria-label={s.situation}>
      <h2 className={classes.heading}>{s.situation}</h2>
      <form
        className={classes.situation}
        onSubmit={(event) => {
          event.preventDefault();
          if (situation.trim() !== '') asked.mutate(situation.trim());
        }}
      >
        <TextInput
          className={classes.grow}
          size="xs"
          aria-label={s.situation}
          placeholder={s.situationExample}
          maxLength={maxSituation}
          value={situation}
          onChange={(event) => setSituation(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={asked.isPending}>
          {s.ask}
        </Button>
      </form>
      {asked.isError ? (
        <p role="alert" className={classes.bad}>
          {messageOf(asked.error)}
        </p>
      ) : null}
      {asked.data === undefined ? null : (
        <>
          <p className={classes.lead}>
            {t.severity[asked.data.severity]} · {t.category[asked.data.category]}
            {asked.data.team === null ? '' : ` · ${asked.data.team}`}
            {asked.data.rules.length === 0 ? '' : ` · ${s.routedBy(asked.data.rules.join(', '))}`}
          </p>
          <ol className={classes.steps}>
            {asked.data.steps.map((step, index) => (
              <li key={`${step.at}-${index}`}>
                <Instant atMs={Date.parse(step.at)} className={classes.after} />
                {describeStep(step)}
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

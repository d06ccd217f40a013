import { Button, NativeSelect, SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { isOneOf, severities } from '../../../domain/escalation/vocabulary.ts';
import type { Severity } from '../../../domain/escalation/vocabulary.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { duration } from '../time/format.ts';
import { kindsOfPreview, previewOf } from './preview.ts';
import classes from './policies.module.css';

const s = t.policies;
const shownAtFirst = 10;

/** What the policy does if nobody acts: the walk through the tiers as a picture, each step in words. */
export function PreviewCard({ policy }: { readonly policy: Policy }) {
  const [severity, setSeverity] = useState<Severity>('sev1');
  const [isLong, setLong] = useState(false);
  const names = useNames();
  // The steps name people: they change when the directory is learnt.
  const kinds = useMemo(() => kindsOfPreview(policy, severity), [policy, severity]);
  const [whom, setWhom] = useState('');
  const kind = kinds.find(({ words }) => words === whom) ?? kinds[0];
  const preview = useMemo(() => (kind === undefined ? null : previewOf(policy, kind)), [policy, kind, names]);
  if (preview === null) return null;
  const total = preview.walk.at(-1)?.untilMs ?? 1;
  const steps = isLong ? preview.steps : preview.steps.slice(0, shownAtFirst);
  return (
    <section className={classes.preview} aria-label={s.preview}>
      <div className={classes.previewHead}>
        <div>
          <h2 className={classes.heading}>{s.preview}</h2>
          <p className={classes.lead}>{s.previewLead}</p>
        </div>
        <SegmentedControl
          size="xs"
          aria-label={t.queue.filters.severity}
          value={severity}
          onChange={(value) => {
            if (isOneOf(severities, value)) setSeverity(value);
          }}
          data={severities.map((value) => ({ value, label: t.severity[value] }))}
        />
      </div>
      {kinds.length < 2 ? null : (
        <NativeSelect
          size="xs"
          className={classes.whom}
          label={s.forWhom}
          value={kind?.words ?? ''}
          onChange={(event) => setWhom(event.currentTarget.value)}
          data={kinds.map(({ words }) => ({ value: words, label: words === '' ? s.everybody : words }))}
        />
      )}
      <ol className={classes.walk}>
        {preview.walk.map((leg) => (
          <li
            key={leg.fromMs}
            className={classes.leg}
            data-tier={leg.tier}
            style={{ left: `${(leg.fromMs / total) * 100}%`, width: `${((leg.untilMs - leg.fromMs) / total) * 100}%` }}
            title={`${t.tier(leg.tier)}: ${duration(leg.untilMs - leg.fromMs)}`}
          >
            <span>{t.tierShort(leg.tier)}</span>
            <span className="sr-only">{duration(leg.untilMs - leg.fromMs)}</span>
          </li>
        ))}
      </ol>
      <div className={classes.scale} aria-hidden="true">
        <span>0</span>
        <span>{duration(total)}</span>
      </div>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          <li key={`${step.afterMs}-${index}`} data-kind={step.kind}>
            <span className={`${classes.after} tabular`}>+{duration(step.afterMs)}</span>
            {step.text}
          </li>
        ))}
      </ol>
      {preview.steps.length > shownAtFirst ? (
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setLong(!isLong)} aria-expanded={isLong}>
          {isLong ? t.page.showLess : `${t.page.showMore} (${preview.steps.length - shownAtFirst})`}
        </Button>
      ) : null}
      {preview.holds.length === 0 ? null : <p className={classes.lead}>{s.holdsLeftOut(preview.holds.join(', '))}</p>}
      {preview.leftOut.length === 0 ? null : (
        <p className={classes.lead}>{s.leftOut(preview.leftOut.map((name) => t.clock[name]).join(', '))}</p>
      )}
    </section>
  );
}

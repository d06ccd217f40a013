import { FileButton, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import { severities } from '../../../domain/escalation/vocabulary.ts';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { duration } from '../time/format.ts';
import { Instant } from '../time/instant.tsx';
import classes from './policies.module.css';

const s = t.policies;

/** Checks the files of a policy set before anybody publishes them: each finding with its place and its remedy. */
export function CheckCard() {
  const check = useMutation({
    mutationFn: async (files: readonly File[]) => {
      const read = await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
      return call('checkPolicies', { body: { files: read } });
    },
  });
  const result = check.data;
  return (
    <section aria-label={s.check}>
      <h2 className={classes.heading}>{s.check}</h2>
      <p className={classes.lead}>{s.checkLead}</p>
      <FileButton multiple accept=".yaml,.yml,.ics" onChange={(files) => files.length > 0 && check.mutate(files)}>
        {(props) => (
          <Button {...props} variant="default" loading={check.isPending}>
            {s.chooseFiles}
          </Button>
        )}
      </FileButton>
      <div role="status">
        {check.isError ? <p className={classes.bad}>{messageOf(check.error)}</p> : null}
        {result === undefined ? null : (
          <p>
            <Tag tone={result.ok ? 'good' : 'danger'}>{result.ok ? s.checkOk : s.checkNotOk}</Tag>{' '}
            {result.until === null ? null : (
              <span className="dim">
                {s.checkedUntil} <Instant atMs={Date.parse(result.until)} />
              </span>
            )}
          </p>
        )}
      </div>
      <ul className={classes.findings}>
        {(result?.problems ?? []).map((problem) => (
          <li key={`${problem.file}:${problem.line}:${problem.column}:${problem.message}`}>
            <Tag tone={problem.level === 'error' ? 'danger' : 'warn'}>{s.levels[problem.level]}</Tag>
            <span>
              <span className={classes.place}>
                {problem.file}:{problem.line}:{problem.column}
              </span>{' '}
              {problem.message}
              <span className={classes.sub}>{problem.fix}</span>
            </span>
          </li>
        ))}
      </ul>
      {result === undefined || result.worstWaits.length === 0 ? null : <Walked result={result} />}
    </section>
  );
}

/** The longest waits that were found, and every change of clocks that was walked through. */
function Walked({ result }: { readonly result: ResponseOf<'checkPolicies'> }) {
  const policies = [...new Set(result.worstWaits.map(({ policy }) => policy))];
  return (
    <details className={classes.walked}>
      <summary>{s.walked(result.changePoints, result.zoneChanges.length)}</summary>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={s.worstWaits}>
        <table className={classes.table}>
          <caption>{s.worstWaits}</caption>
          <thead>
            <tr>
              <th scope="col">{s.policy}</th>
              {severities.map((severity) => (
                <th key={severity} scope="col">
                  {t.severity[severity]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {policies.map((policy) => (
              <tr key={policy}>
                <th scope="row">{policy}</th>
                {severities.map((severity) => {
                  const wait = result.worstWaits.find((each) => each.policy === policy && each.severity === severity);
                  return (
                    <td key={severity} className="tabular">
                      {wait === undefined
                        ? '–'
                        : wait.waitSeconds === null
                          ? s.never
                          : duration(wait.waitSeconds * 1000)}
                      {wait === undefined || wait.clockSeconds === null ? null : (
                        <span className={classes.sub}>{s.ofClock(duration(wait.clockSeconds * 1000))}</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className={classes.plain}>
        {result.zoneChanges.map(({ zone, at, shiftSeconds }) => (
          <li key={`${zone} ${at}`}>
            {zone} <Instant atMs={Date.parse(at)} /> {shiftSeconds > 0 ? '+' : '−'}
            {duration(Math.abs(shiftSeconds) * 1000)}
          </li>
        ))}
      </ul>
    </details>
  );
}

import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { t } from '../strings/index.ts';
import { SeverityBadge } from '../theme/badges.tsx';
import { Instant } from '../time/instant.tsx';
import type { PolicyFileText } from './files.ts';
import classes from './policies.module.css';

type Diff = ResponseOf<'diffPolicies'>;
const s = t.policies;
const days = 30;
const dayMs = 86_400_000;
const shownRows = 20;

/** What changed policies would do otherwise in the next 30 days: an escalation an hour and severity that nobody acts on. */
export function DiffCard({ files }: { readonly files: readonly PolicyFileText[] }) {
  const [parts, setParts] = useState<readonly Diff[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [running, setRunning] = useState(false);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  async function run(): Promise<void> {
    const controller = new AbortController();
    stop.current = controller;
    setRunning(true);
    setError(null);
    setParts([]);
    try {
      let left = days;
      let from: string | null | undefined;
      while (from !== null && left > 0) {
        const part: Diff = await call('diffPolicies', {
          body: { files: [...files], channel: 'external', days: left, ...(from === undefined ? {} : { from }) },
          signal: controller.signal,
        });
        setParts((known) => [...known, part]);
        left -= Math.round((Date.parse(part.until) - Date.parse(part.from)) / dayMs);
        from = part.next;
      }
    } catch (failure) {
      if (!controller.signal.aborted) setError(failure);
    } finally {
      setRunning(false);
    }
  }

  const [first] = parts;
  const last = parts.at(-1);
  return (
    <section aria-label={s.diff}>
      <h2 className={classes.heading}>{s.diff}</h2>
      <p className={classes.lead}>{s.diffLead}</p>
      <Button variant="default" loading={running} disabled={files.length === 0} onClick={() => void run()}>
        {s.compare}
      </Button>
      <div role="status">
        {error === null ? null : <p className={classes.bad}>{messageOf(error)}</p>}
        {first === undefined || last === undefined ? null : (
          <p className="dim">
            {s.compared} <Instant atMs={Date.parse(first.from)} /> – <Instant atMs={Date.parse(last.until)} />
          </p>
        )}
      </div>
      {first === undefined ? null : <Differences parts={parts} first={first} />}
    </section>
  );
}

function Differences({ parts, first }: { readonly parts: readonly Diff[]; readonly first: Diff }) {
  const rows = summed(parts);
  const values = first.policies.flatMap(({ policy, differences }) =>
    differences.map((difference) => ({ policy, ...difference })),
  );
  return (
    <>
      <ul className={classes.plain}>
        {values.slice(0, shownRows).map(({ policy, path, before, after }) => (
          <li key={`${policy} ${path}`}>
            <span className={classes.place}>{`${policy}: ${path}`}</span> {before ?? s.none} → {after ?? s.none}
          </li>
        ))}
        {first.directoryChanged ? <li>{s.directoryChanged}</li> : null}
        {first.routingChanged ? <li>{s.routingChanged}</li> : null}
      </ul>
      {rows.length === 0 ? (
        <p className={classes.lead}>{s.noDifference}</p>
      ) : (
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={s.differences}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t.queue.filters.severity}</th>
                <th scope="col">{s.what}</th>
                <th scope="col">{s.side}</th>
                <th scope="col">{s.times}</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, shownRows).map(({ severity, kind, what, times }) => (
                <tr key={`${severity} ${kind} ${what}`}>
                  <th scope="row">
                    <SeverityBadge severity={severity} />
                  </th>
                  <td>{what}</td>
                  <td>{kind === 'only_before' ? s.onlyBefore : s.onlyAfter}</td>
                  <td className="tabular">{times.toLocaleString('en')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > shownRows ? <p className={classes.lead}>{s.more(rows.length - shownRows)}</p> : null}
    </>
  );
}

function summed(parts: readonly Diff[]): Diff['differences'] {
  const found = new Map<string, Diff['differences'][number]>();
  for (const difference of parts.flatMap(({ differences }) => differences)) {
    const key = `${difference.severity} ${difference.kind} ${difference.what}`;
    const known = found.get(key);
    found.set(key, known === undefined ? difference : { ...known, times: known.times + difference.times });
  }
  return [...found.values()].toSorted((a, b) => a.severity.localeCompare(b.severity) || b.times - a.times);
}

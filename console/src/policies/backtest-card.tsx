import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { Instant } from '../time/instant.tsx';
import { BacktestTables } from './backtest-tables.tsx';
import type { PolicyFileText } from './files.ts';
import { mergeBacktests, type BacktestPage } from './merge-backtest.ts';
import classes from './policies.module.css';

const s = t.policies;
const pageSize = 300;

/** Runs the desk's own log through changed policies, page by page, and shows what has been found so far. */
export function BacktestCard({ files }: { readonly files: readonly PolicyFileText[] }) {
  const [found, setFound] = useState<BacktestPage | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [running, setRunning] = useState(false);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  async function run(): Promise<void> {
    const controller = new AbortController();
    stop.current = controller;
    setRunning(true);
    setError(null);
    setFound(null);
    try {
      let sum: BacktestPage | null = null;
      for (let cursor: string | null | undefined; cursor !== null; cursor = sum.nextCursor) {
        const page: BacktestPage = await call('backtestPolicies', {
          body: {
            limit: pageSize,
            ...(files.length === 0 ? {} : { files: [...files] }),
            ...(cursor === undefined ? {} : { cursor }),
          },
          signal: controller.signal,
        });
        sum = sum === null ? page : mergeBacktests(sum, page);
        setFound(sum);
      }
    } catch (failure) {
      if (!controller.signal.aborted) setError(failure);
    } finally {
      setRunning(false);
    }
  }

  return (
    <section aria-label={s.backtest}>
      <h2 className={classes.heading}>{s.backtest}</h2>
      <p className={classes.lead}>{s.backtestLead}</p>
      {running ? (
        <Button variant="default" onClick={() => stop.current?.abort()}>
          {s.stop}
        </Button>
      ) : (
        <Button variant="default" onClick={() => void run()}>
          {files.length === 0 ? s.backtestInForce : s.backtestFiles}
        </Button>
      )}
      <div role="status">
        {error === null ? null : <p className={classes.bad}>{messageOf(error)}</p>}
        {found === null ? null : (
          <p>
            <Tag tone={found.reproduced === found.escalations - found.leftOut ? 'good' : 'warn'}>
              {s.reproduced(found.reproduced, found.escalations)}
            </Tag>{' '}
            <span className="dim">
              {found.nextCursor === null ? s.coveredAll : running ? s.goingOn : s.coveredPart}
              {found.from === null ? null : (
                <>
                  {' '}
                  <Instant atMs={Date.parse(found.from)} /> – <Instant atMs={Date.parse(found.until ?? found.from)} />
                </>
              )}
            </span>
          </p>
        )}
      </div>
      {found === null || found.escalations === 0 ? null : <BacktestTables found={found} />}
    </section>
  );
}

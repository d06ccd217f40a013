import { Button, FileButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { t } from '../strings/index.ts';
import { BacktestCard } from './backtest-card.tsx';
import { DiffCard } from './diff-card.tsx';
import { textsOf, type PolicyFileText } from './files.ts';
import classes from './policies.module.css';

const s = t.policies;

/** What changed policies would have done, and would do: before anybody publishes them. */
export function ChangePage() {
  const [files, setFiles] = useState<readonly PolicyFileText[]>([]);
  const key = files.map(({ name, text }) => `${name}:${text.length}`).join(' ');
  return (
    <div className={classes.page}>
      <p className={classes.crumb}>
        <Link to="/policies" className="link">
          {s.title}
        </Link>
      </p>
      <h1 className={classes.title}>{s.tryTitle}</h1>
      <p className={classes.lead}>{s.tryLead}</p>
      <FileButton
        multiple
        accept=".yaml,.yml,.ics"
        onChange={(chosen) => {
          if (chosen.length > 0) void textsOf(chosen).then(setFiles);
        }}
      >
        {(props) => (
          <Button {...props} variant="default">
            {s.chooseFiles}
          </Button>
        )}
      </FileButton>
      <p className={classes.lead} role="status">
        {files.length === 0 ? s.noFiles : s.chosen(files.map(({ name }) => name).join(', '))}
      </p>
      <BacktestCard key={`backtest ${key}`} files={files} />
      <DiffCard key={`diff ${key}`} files={files} />
    </div>
  );
}

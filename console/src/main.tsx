import '@mantine/core/styles.css';
import 'virtual:theme.css';
import './theme/app.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startSession } from './auth/session.ts';
import { t } from './strings/index.ts';

async function main(): Promise<void> {
  const element = document.querySelector('#root');
  if (element === null) throw new Error('the page has no root element');
  const root = createRoot(element);
  try {
    const path = await startSession();
    // A window that was opened to sign in, or a page on its way to the issuer, shows nothing of its own.
    if (path === null) return;
    window.history.replaceState(null, '', path);
    root.render(<App failure={null} />);
  } catch (error) {
    root.render(<App failure={`${t.session.configFailed} ${error instanceof Error ? error.message : ''}`} />);
  }
}

void main();

/** Installs the Debian packages that tests use (Chromium, Alertmanager) where they are missing and that is possible. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from './ensure-install.mjs';

const result = spawnSync(process.execPath, [join(checkout, 'scripts', 'run.mjs'), 'local/tools/prepare.ts', 'debian'], {
  stdio: 'inherit',
});
process.exit(result.status ?? 1);

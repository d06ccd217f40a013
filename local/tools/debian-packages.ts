import { findOnPath, runCommand } from './command.ts';

/** Programs that tests use where they are there; each by the names that distributions give it. */
const programs = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  alertmanager: ['prometheus-alertmanager', 'alertmanager'],
  amtool: ['amtool'],
} as const;

const packageOf = { chromium: 'chromium', alertmanager: 'prometheus-alertmanager' } as const;
export type DebianTool = keyof typeof packageOf;

/** Path of a Chromium that Playwright can drive; undefined when there is none. */
export function findChromium(): string | undefined {
  return findOnPath(...programs.chromium);
}

/** Path of the Prometheus Alertmanager and of its command line tool; undefined when one is missing. */
export function findAlertmanager(): { readonly alertmanager: string; readonly amtool: string } | undefined {
  const alertmanager = findOnPath(...programs.alertmanager);
  const amtool = findOnPath(...programs.amtool);
  return alertmanager !== undefined && amtool !== undefined ? { alertmanager, amtool } : undefined;
}

/** Why a tool is not there and what to do: for the message of a test that needs it. */
export function missingTool(tool: DebianTool): string {
  return `${packageOf[tool]} is not installed and could not be: run \`apt-get install ${packageOf[tool]}\` as root (or put it on PATH).`;
}

/** The tools that are not there. */
export function missingTools(): DebianTool[] {
  const missing: DebianTool[] = [];
  if (findChromium() === undefined) missing.push('chromium');
  if (findAlertmanager() === undefined) missing.push('alertmanager');
  return missing;
}

/**
 * Installs what is missing by apt-get, where that is possible: on Debian, as root. Answers with the tools that are
 * still missing afterwards; never throws.
 */
export async function installDebianTools(progress: (line: string) => void): Promise<DebianTool[]> {
  const missing = missingTools();
  if (missing.length === 0) return missing;
  const apt = findOnPath('apt-get');
  if (apt === undefined || process.getuid?.() !== 0) return missing;
  // Without fonts a browser draws boxes.
  const packages = missing.flatMap((tool) =>
    tool === 'chromium' ? [packageOf[tool], 'fonts-liberation'] : [packageOf[tool]],
  );
  progress(`Installing ${packages.join(' and ')} by apt-get...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { timeoutMs: 10 * 60_000, env };
  const patience = ['-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::Retries=1', '-o', 'DPkg::Lock::Timeout=120'];
  await runCommand(apt, ['update', '-q', ...patience], options);
  const result = await runCommand(
    apt,
    ['install', '-y', '-q', '--no-install-recommends', ...patience, ...packages],
    options,
  );
  if (result.status !== 0) progress(`  apt-get failed: ${result.stderr.trim().split('\n').at(-1) ?? 'no message'}`);
  return missingTools();
}

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loopback } from './names.ts';
import { runCommand } from './tools/command.ts';
import { findAlertmanager, missingTool } from './tools/debian-packages.ts';
import { freePort } from './tools/ports.ts';
import { UserError } from './tools/user-error.ts';
import { answersHttp, waitUntil } from './tools/wait.ts';

export interface AlertmanagerOptions {
  /** Folder for its configuration, state and log. */
  readonly folder: string;
  readonly receiver: {
    readonly url: string;
    /** Sent as `Authorization: Bearer …`. */
    readonly bearer: string;
  };
  readonly port?: number;
  /** How alerts are put together and how soon they are told. Short by default: tests wait for them. */
  readonly groupBy?: readonly string[];
  readonly groupWaitSeconds?: number;
  readonly groupIntervalSeconds?: number;
  readonly repeatIntervalSeconds?: number;
}

export interface Alertmanager {
  readonly url: string;
  readonly log: string;
  /** `amtool alert add`: labels and annotations as `name=value`. Ends the alert when `endAt` is given. */
  addAlert(
    labels: Readonly<Record<string, string>>,
    annotations?: Readonly<Record<string, string>>,
    endAt?: Date,
  ): Promise<void>;
  /** Makes an alert that was added end now. */
  endAlert(labels: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

function configuration(options: AlertmanagerOptions): string {
  return stringify({
    route: {
      receiver: 'tierline',
      group_by: options.groupBy ?? ['alertname'],
      group_wait: `${options.groupWaitSeconds ?? 1}s`,
      group_interval: `${options.groupIntervalSeconds ?? 1}s`,
      repeat_interval: `${options.repeatIntervalSeconds ?? 3_600}s`,
    },
    receivers: [
      {
        name: 'tierline',
        webhook_configs: [
          {
            url: options.receiver.url,
            send_resolved: true,
            http_config: { authorization: { type: 'Bearer', credentials: options.receiver.bearer } },
          },
        ],
      },
    ],
  });
}

function pairs(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${value}`);
}

/** Starts the real Prometheus Alertmanager with one webhook receiver. Throws a `UserError` when it is not installed. */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<Alertmanager> {
  const found = findAlertmanager();
  if (!found) throw new UserError('Alertmanager is missing:', missingTool('alertmanager'));
  mkdirSync(options.folder, { recursive: true });
  const file = join(options.folder, 'alertmanager.yml');
  writeFileSync(file, configuration(options), { mode: 0o600 });
  const port = options.port ?? (await freePort(new Set()));
  const url = `http://${loopback}:${port}`;
  const log = join(options.folder, 'alertmanager.log');
  const output = openSync(log, 'a');
  const flags = [
    `--config.file=${file}`,
    `--storage.path=${join(options.folder, 'state')}`,
    `--web.listen-address=${loopback}:${port}`,
    // One instance: it need not look for others.
    '--cluster.listen-address=',
  ];
  const child = spawn(found.alertmanager, flags, { stdio: ['ignore', output, output] });
  closeSync(output);
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  let hasEnded = false;
  child.once('exit', () => {
    hasEnded = true;
    process.removeListener('exit', killWithUs);
  });
  const isUp = async (): Promise<boolean> => hasEnded || answersHttp(`${url}/-/ready`);
  if (!(await waitUntil(isUp, 20_000)) || hasEnded) throw new Error(`Alertmanager did not start: see ${log}`);

  const addAlert = async (
    labels: Readonly<Record<string, string>>,
    annotations: Readonly<Record<string, string>> = {},
    endAt?: Date,
  ): Promise<void> => {
    const end = endAt ? [`--end=${endAt.toISOString()}`] : [];
    const args = [
      'alert',
      'add',
      `--alertmanager.url=${url}`,
      ...end,
      ...pairs(annotations).map((pair) => `--annotation=${pair}`),
      ...pairs(labels),
    ];
    const result = await runCommand(found.amtool, args, { timeoutMs: 20_000 });
    if (result.status !== 0) throw new Error(`amtool failed: ${result.stderr.trim()}`);
  };
  return {
    url,
    log,
    addAlert,
    endAlert: (labels) => addAlert(labels, {}, new Date(Date.now() - 1_000)),
    stop: async () => {
      child.kill('SIGTERM');
      if (!(await waitUntil(() => hasEnded, 5_000, 20))) child.kill('SIGKILL');
      await waitUntil(() => hasEnded, 5_000, 20);
    },
  };
}

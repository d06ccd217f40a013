import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { Client, Connection } from '@temporalio/client';
import * as z from 'zod';
import { readRunFile, type RunFile } from '../../local/run-file.ts';
import { publishedMessages } from '../../local/published.ts';
import { checkout } from '../../local/tools/folders.ts';
import { isSameProcess } from '../../local/tools/process-identity.ts';
import { freePort } from '../../local/tools/ports.ts';
import { waitUntil } from '../../local/tools/wait.ts';

const readySchema = z.object({
  console: z.string(),
  api: z.string(),
  openApi: z.string(),
  issuer: z.string(),
  temporal: z.string(),
  dynamodb: z.string(),
  sns: z.string(),
  dataDir: z.string(),
  pid: z.number(),
});
type Ready = z.infer<typeof readySchema>;

interface Started {
  readonly child: ChildProcess;
  readonly ready: Ready;
  readonly stdout: () => string;
  readonly tookMs: number;
  readonly exit: Promise<number | null>;
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

function livingParts(run: RunFile | undefined): string[] {
  return Object.entries(run?.parts ?? {}).flatMap(([name, { pid, identity }]) =>
    pid !== null && identity !== null && isSameProcess(pid, identity) ? [name] : [],
  );
}

/** `npm start -- --json`, as somebody without a terminal runs it. */
describe('npm start', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let started: Started;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tierline-start-'));
    env = { ...process.env, TIERLINE_DATA_DIR: folder, PORT: String(await freePort(new Set())) };
    started = await start();
  }, 300_000);

  afterAll(async () => {
    started.child.kill('SIGKILL');
    await waitUntil(() => livingParts(readRunFile(folder)).length === 0, 15_000);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function start(): Promise<Started> {
    const startedAtMs = Date.now();
    const child = spawn(process.execPath, ['scripts/run.mjs', 'local/start.ts', '--json'], {
      cwd: checkout,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const exit = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => resolve(code));
    });
    await waitUntil(() => stdout.includes('\n') || child.exitCode !== null, 240_000);
    if (!stdout.includes('\n')) throw new Error(`it did not start: ${stderr}`);
    return {
      child,
      ready: readySchema.parse(JSON.parse(stdout)),
      stdout: () => stdout,
      tookMs: Date.now() - startedAtMs,
      exit,
    };
  }

  function second(extra: NodeJS.ProcessEnv): { readonly status: number | null; readonly stderr: string } {
    return spawnSync(process.execPath, ['scripts/run.mjs', 'local/start.ts', '--json'], {
      cwd: checkout,
      env: { ...env, ...extra },
      encoding: 'utf8',
    });
  }

  const dynamodb = (): DynamoDBClient =>
    new DynamoDBClient({ endpoint: started.ready.dynamodb, region: 'us-east-1', credentials });

  async function withTemporal<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: started.ready.temporal });
    try {
      return await work(new Client({ connection }));
    } finally {
      await connection.close();
    }
  }

  test('prints one line of JSON with every address, and each of them answers', async () => {
    expect(started.stdout().trim().split('\n')).toHaveLength(1);
    const { ready } = started;
    for (const url of [
      `${ready.console}/healthz`,
      `${ready.console}/readyz`,
      ready.openApi,
      `${ready.issuer}/.well-known/openid-configuration`,
      ready.dynamodb,
    ]) {
      expect([url, (await fetch(url)).status]).toEqual([url, 200]);
    }
    expect(await (await fetch(`${ready.console}/readyz`)).json()).toEqual({
      status: 'ready',
      parts: { temporal: 'ok', dynamodb: 'ok', sns: 'ok', issuer: 'ok', worker: 'ok' },
    });
  });

  test('npm run token prints a token that the API takes', async () => {
    const { stdout, status } = spawnSync('npm', ['run', '-s', 'token', '--', 'responder'], {
      cwd: checkout,
      env,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const response = await fetch(`${started.ready.api}/me`, { headers: { authorization: `Bearer ${stdout.trim()}` } });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id: 'dana', roles: ['responder'] });
  });

  test('a second start on the same folder says in one line who has it', () => {
    const result = second({ PORT: '0' });
    expect(result.status).toBe(1);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).toContain(`in use by process ${started.ready.pid}`);
  });

  test('a taken port is one line with the remedy', async () => {
    const other = mkdtempSync(join(tmpdir(), 'tierline-other-'));
    const result = second({ TIERLINE_DATA_DIR: other });
    expect(result.status).toBe(1);
    expect(result.stderr).toBe(
      `Port ${env['PORT']} on 127.0.0.1 is taken. End the program that listens there, or set PORT to another one.\n`,
    );
    rmSync(other, { recursive: true, force: true });
  });

  test('a part that is killed comes back at its address, and the others go on', async () => {
    const before = readRunFile(folder);
    const victim = before?.parts['sns'];
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    await waitUntil(
      () => readRunFile(folder)?.parts['sns']?.restarts === 1 && readRunFile(folder)?.parts['sns']?.state === 'up',
      30_000,
    );
    const after = readRunFile(folder);
    expect(after?.ports['sns']).toBe(before?.ports['sns']);
    expect(after?.parts['gateway']).toEqual(before?.parts['gateway']);
    const sns = new SNSClient({ endpoint: started.ready.sns, region: 'us-east-1', credentials });
    await sns.send(
      new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:000000000000:tierline-pages', Message: 'still here' }),
    );
    expect(publishedMessages(folder).map(({ message }) => message)).toContain('still here');
  });

  test('after kill -9 of everything the state is there again, at the same addresses', async () => {
    await dynamodb().send(new PutItemCommand({ TableName: 'tierline', Item: { pk: { S: 'kept' }, sk: { S: '1' } } }));
    // No worker listens on this queue: the workflow stays as it is.
    await withTemporal((client) => client.workflow.start('anything', { workflowId: 'kept', taskQueue: 'nobody' }));
    const run = readRunFile(folder);
    for (const { pid } of [{ pid: started.child.pid ?? null }, ...Object.values(run?.parts ?? {})]) {
      if (pid !== null) process.kill(pid, 'SIGKILL');
    }
    await started.exit;
    const { ready } = started;
    started = await start();

    expect({ ...started.ready, pid: 0 }).toEqual({ ...ready, pid: 0 });
    const found = await dynamodb().send(
      new GetItemCommand({ TableName: 'tierline', Key: { pk: { S: 'kept' }, sk: { S: '1' } } }),
    );
    expect(found.Item).toBeDefined();
    const description = await withTemporal((client) => client.workflow.getHandle('kept').describe());
    expect(description.status.name).toBe('RUNNING');
    // The promise is 10 s on an idle machine; this one runs other tests as well.
    expect(started.tookMs).toBeLessThan(30_000);
  }, 120_000);

  test('parts end by themselves when their supervisor is killed', async () => {
    const run = readRunFile(folder);
    started.child.kill('SIGKILL');
    await started.exit;
    await waitUntil(() => livingParts(run).length === 0, 15_000);
    expect(livingParts(run)).toEqual([]);
    started = await start();
  }, 120_000);

  test('Ctrl-C ends it in order, with exit code 0 and nothing left running', async () => {
    started.child.kill('SIGINT');
    expect(await started.exit).toBe(0);
    expect(livingParts(readRunFile(folder))).toEqual([]);
    const server = createServer().listen(Number(env['PORT']), '127.0.0.1');
    await new Promise((resolve) => {
      server.once('listening', resolve);
    });
    server.close();
  });
});

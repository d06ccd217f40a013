import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToText } from './history-text.ts';
import { signalNames } from '../../contracts/temporal-names.ts';
import { hour, minute, omar, text } from '../domain/escalation/given.ts';
import { until } from '../support/until.ts';
import { openDesk, type DeskEnv, type Running } from './desk-env.ts';

/**
 * Writes the histories against which later versions are replayed: `npx tsx tests/workflows/record-histories.ts v2`.
 * A file that exists is never written again.
 */
const folder = join(__dirname, '..', 'histories');
const resolve = { type: 'resolve', code: 'fixed', summary: text } as const;

/** The promise to resolve is missed two minutes after a tier was asked by hand. */
async function missPromiseWhileAsked(desk: DeskEnv): Promise<Running> {
  const it = await desk.start({ severity: 'sev1' });
  await it.send({ type: 'acknowledge' });
  await desk.env.sleep(4 * hour - 2 * minute);
  await it.send({ type: 'escalate', reason: text });
  await desk.env.sleep(4 * minute);
  await it.send({ type: 'acknowledge' });
  await desk.env.sleep(10 * minute);
  return it;
}

const scenarios: Readonly<Record<string, (desk: DeskEnv) => Promise<Running>>> = {
  'whole-lifecycle': async (desk) => {
    const it = await desk.start({ severity: 'sev1' });
    await desk.env.sleep(minute);
    await it.send({ type: 'acknowledge' });
    await it.send({ type: 'start-investigation' });
    await it.send({ type: 'note', text });
    await desk.env.sleep(5 * hour);
    await it.send({ type: 'acknowledge' });
    await it.send(resolve);
    await it.send({ type: 'submit-rca', text });
    await it.send({ type: 'approve-rca' }, { actor: omar });
    await it.send({ type: 'close' });
    return it;
  },
  'nobody-answers': async (desk) => {
    const it = await desk.start({ severity: 'sev2' });
    await desk.env.sleep(40 * hour);
    return it;
  },
  'paused-and-reopened': async (desk) => {
    const it = await desk.start({ severity: 'sev3' });
    await it.send({ type: 'acknowledge' });
    await it.send({ type: 'pause', reason: 'legal_hold', untilMs: (await desk.env.currentTimeMs()) + 48 * hour });
    await desk.env.sleep(50 * hour);
    await it.send(resolve);
    await it.send({ type: 'reopen', reason: text });
    await it.send({ type: 'hand-off', to: 'mei', note: text });
    await it.send({ type: 'change-severity', severity: 'sev1', reason: text });
    await desk.env.sleep(hour);
    return it;
  },
  'promise-while-asked': missPromiseWhileAsked,
  // As an escalation that was begun before a missed promise left a tier its time.
  'promise-while-asked-before': async (desk) => {
    desk.desk.flags = ['count_with_load'];
    return missPromiseWhileAsked(desk);
  },
  'begun-at-intake': async (desk) => {
    const it = await desk.start({ severity: 'sev2', begins: true });
    await desk.env.sleep(20 * minute);
    await it.send({ type: 'acknowledge' });
    return it;
  },
  'taken-up-late': async (desk) => {
    const it = await desk.start({ severity: 'sev2', begins: true, startsLateMs: 20 * minute });
    await desk.env.sleep(20 * minute);
    await it.send({ type: 'acknowledge' });
    return it;
  },
  'handed-over': async (desk) => {
    const it = await desk.start({ severity: 'sev2', begins: true, handsOver: true, dedupKey: 'k' });
    await desk.env.sleep(20 * minute);
    await it.send({ type: 'acknowledge' });
    return it;
  },
  'sending-is-slow': async (desk) => {
    let tries = 0;
    desk.desk.answerPage = () => {
      tries += 1;
      if (tries % 2 === 1) throw new Error('SNS is slow');
      return { kind: 'sent', recipients: ['x'] };
    };
    const it = await desk.start({ severity: 'sev2', begins: true, handsOver: true });
    await desk.env.sleep(20 * minute);
    await it.send({ type: 'acknowledge' });
    return it;
  },
  'woken-by-signal': async (desk) => {
    const it = await desk.start({ severity: 'sev1', begins: true, handsOver: true });
    await desk.env.sleep(minute);
    await it.handle.signal(signalNames.wake);
    const dueAtMs = desk.desk.records.get(it.id)?.nextWakeAtMs ?? 0;
    await desk.env.sleep(dueAtMs - 300 - (await desk.env.currentTimeMs()));
    // It falls due while a task is under way, and the signal is there before the timer.
    let isHeld = false;
    desk.desk.beforeCommit = async () => {
      isHeld = true;
      await desk.env.sleep(600);
    };
    const noted = it.send({ type: 'note', text });
    await until('the task is under way', async () => isHeld);
    desk.desk.beforeCommit = null;
    await it.handle.signal(signalNames.wake);
    await noted;
    await desk.env.sleep(20 * minute);
    await it.send({ type: 'acknowledge' });
    return it;
  },
  'store-away': async (desk) => {
    const it = await desk.start({ severity: 'sev2' });
    await desk.env.sleep(10 * minute);
    const backAtMs = (await desk.env.currentTimeMs()) + 12 * minute;
    const refuse = async (): Promise<void> => {
      if ((await desk.env.currentTimeMs()) < backAtMs) throw new Error('the store is away');
    };
    desk.desk.beforeCommit = refuse;
    desk.desk.beforeProbe = refuse;
    await desk.env.sleep(13 * minute);
    desk.desk.beforeCommit = null;
    desk.desk.beforeProbe = null;
    await it.send({ type: 'acknowledge' });
    return it;
  },
  'repeats-and-uncovered': async (desk) => {
    const { desk: paper } = desk;
    paper.answerPage = (request) =>
      request.page.tier === 1 ? { kind: 'uncovered' } : { kind: 'sent', recipients: ['x'] };
    const it = await desk.start({ severity: 'sev3', dedupKey: 'k' });
    await desk.env.sleep(minute);
    const pointer = paper.pointers.get('k');
    if (pointer !== undefined) pointer.count = 120;
    await it.handle.signal('occurrences', { count: 120 });
    await desk.env.sleep(minute);
    await it.handle.signal('cleared', { source: 'alertmanager', messageId: 'm1' });
    await desk.env.sleep(minute);
    return it;
  },
};

async function main(): Promise<void> {
  const version = process.argv[2] ?? 'v1';
  mkdirSync(folder, { recursive: true });
  for (const [name, play] of Object.entries(scenarios)) {
    const file = join(folder, `${version}-${name}.json`);
    if (existsSync(file)) continue;
    const desk = await openDesk();
    try {
      const it = await play(desk);
      const history = await it.handle.fetchHistory();
      writeFileSync(file, historyToText(history));
      process.stdout.write(`${file}: ${history.events?.length ?? 0} events\n`);
    } finally {
      await desk.close();
    }
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);

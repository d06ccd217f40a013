import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import * as z from 'zod';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { waitUntil } from '../../local/tools/wait.ts';
import { checkout } from '../../local/tools/folders.ts';
import { callApi, file } from './support/api.ts';
import { axeViolations } from './support/axe.ts';
import { launchBrowser, screenshot, signIn, visit } from './support/browser.ts';

jest.setTimeout(180_000);

const folder = join(checkout, 'policies');
const filing = { title: 'Parcels come too late', channel: 'account_manager', category: 'logistics', severity: 'sev2' };

/** The shipped files, with another acknowledge clock for sev2. */
function changedFiles(minutes: number): { name: string; mimeType: string; buffer: Buffer }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const changed = text
        .replace('sev2: { within: 30m }', `sev2: { within: ${minutes}m }`)
        .replace('{ sev1: 10s, sev2: 10s, sev3: 10s, sev4: 10s }', '{ sev1: 1m, sev2: 1m, sev3: 1m, sev4: 1m }');
      return { name, mimeType: 'application/yaml', buffer: Buffer.from(changed) };
    });
}

async function choose(page: Page, minutes: number): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose files…' }).click(),
  ]);
  await chooser.setFiles(changedFiles(minutes));
  await page.getByText('Chosen: ').waitFor();
}

const views = [
  { colorScheme: 'light', width: 1440, height: 900 },
  { colorScheme: 'dark', width: 1024, height: 768 },
  { colorScheme: 'light', width: 390, height: 844 },
] as const;

async function flawsOf(page: Page): Promise<readonly string[]> {
  const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  return [...(await axeViolations(page)), ...(wide ? ['wider than the window'] : [])];
}

describe('changing policies in the console', () => {
  let stack: TemporaryStack;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startTemporaryStack({ console: true }), launchBrowser()]);
    origin = stack.addresses.console;
    for (const severity of ['sev1', 'sev2', 'sev3'] as const) {
      const id = await file(stack, { ...filing, severity });
      expect((await callApi(stack, 'dana', `/escalations/${id}/acknowledge`, {})).status).toBe(200);
    }
    // A drill has tiers of ten seconds: this one moves up by itself before it is taken.
    const drill = await file(stack, { ...filing, policy: 'drill' });
    const climbed = await waitUntil(async () => {
      const { body } = await callApi(stack, 'dana', `/escalations/${drill}`);
      return z.object({ tier: z.number() }).parse(body).tier === 2;
    }, 60_000);
    expect(climbed).toBe(true);
    expect((await callApi(stack, 'dana', `/escalations/${drill}/acknowledge`, {})).status).toBe(200);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
  }, 60_000);

  async function open(view: (typeof views)[number]) {
    return signIn(browser, {
      origin,
      person: 'priya',
      colorScheme: view.colorScheme,
      viewport: { width: view.width, height: view.height },
      reducedMotion: 'reduce',
    });
  }

  test.each(views)('tries files on the log and on the coming days, $colorScheme at $width px', async (view) => {
    const { page, complaints } = await open(view);
    await visit(page, '/policies/try');
    const backtest = page.getByRole('region', { name: 'What they would have done' });
    await backtest.getByRole('button', { name: 'Run through the policies in force' }).click();
    await backtest.getByText('4 of 4 reproduced event by event').waitFor();
    await backtest.getByText('No difference.').waitFor();

    await choose(page, 10);
    const diff = page.getByRole('region', { name: 'What they would do' });
    await diff.getByRole('button', { name: 'Compare' }).click();
    await diff.getByText('+10m breach of acknowledge').waitFor();
    await diff.getByText('default: severities.sev2.clocks.acknowledge.targetMs').waitFor();
    await backtest.getByRole('button', { name: 'Run through the files' }).click();
    await backtest.getByText('The whole log was covered:').waitFor();
    await backtest.getByText('page avoided: tier 2 not acknowledged').waitFor();
    // The pictures are drawn by a library that is loaded after the page.
    await backtest.locator('svg.recharts-surface').nth(3).waitFor();
    expect(await backtest.getByRole('table').first().getByRole('row').count()).toBe(4);
    await screenshot(page, `policies-try-${view.width}-${view.colorScheme}`);
    expect(await flawsOf(page)).toEqual([]);
    expect(complaints.all).toEqual([]);
    await page.context().close();
  });

  test('previews what a new version would change for what is open, and moves what is chosen', async () => {
    const files = changedFiles(45).map(({ name, buffer }) => ({ name, text: buffer.toString('utf8') }));
    expect((await callApi(stack, 'priya', '/policies/publish', { files })).body).toMatchObject({ ok: true });
    for (const view of views) {
      const { page, complaints } = await open(view);
      await visit(page, '/policies/default');
      const migration = page.getByRole('region', { name: 'Open escalations under older versions' });
      await migration.getByRole('button', { name: 'Look' }).click();
      const boxes = migration.getByRole('checkbox');
      await boxes.first().waitFor();
      const before = await boxes.count();
      await boxes.first().check();
      await screenshot(page, `policies-migration-${view.width}-${view.colorScheme}`);
      expect(await flawsOf(page)).toEqual([]);
      await migration.getByRole('button', { name: 'Move 1 escalation' }).click();
      await migration.getByText('1 escalation moved.').waitFor();
      await expectCount(boxes, before - 1);
      expect(complaints.all).toEqual([]);
      await page.context().close();
    }
  });

  test('the preview says for whom it holds, and what is not in it', async () => {
    const { page } = await open(views[0]);
    await visit(page, '/policies/default');
    const preview = page.getByRole('region', { name: 'What it does if nobody acts' });
    await preview.getByText('SEV2', { exact: true }).click();
    await preview.getByLabel('For whom').selectOption({ label: 'account class strategic' });
    // 75 % of the half hour that strategic accounts are promised, not of the hour of everybody else.
    await preview.getByText('+22 min', { exact: true }).first().waitFor();
    await page.context().close();
  });
});

async function expectCount(items: ReturnType<Page['getByRole']>, count: number): Promise<void> {
  if (count > 0) await items.nth(count - 1).waitFor();
  await items.nth(count).waitFor({ state: 'detached' });
}

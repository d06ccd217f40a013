import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { checkout } from '../../local/tools/folders.ts';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { axeViolations } from './support/axe.ts';
import { fillDesk, placesOf, type Place } from './support/full-desk.ts';
import { launchBrowser, screenshot, signIn, visit } from './support/browser.ts';

jest.setTimeout(180_000);

const stopwatchMs = 6_000;

/** A layout shift that nobody can see: a part of a pixel, where 0.1 counts as good. */
const maxShift = 0.0001;

/** From now on, what moves in the page is noted. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(
    `window.shifts = []; new PerformanceObserver((list) => window.shifts.push(...list.getEntries())).observe({ type: 'layout-shift' })`,
  );
}

/** What has moved by more than anybody can see: by how much, and which parts. */
async function shiftsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(
    `window.shifts.filter((shift) => shift.value > ${maxShift}).map((shift) => [shift.value, ...shift.sources.map(({ node }) => node?.textContent?.slice(0, 60))].join(' '))`,
  );
}

/** Every page in both schemes and in three widths: accessible, without complaints, without a shift, with its picture. */

describe('each page', () => {
  let stack: TemporaryStack;
  let browser: Browser;
  let origin: string;
  let places: readonly Place[];

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startTemporaryStack({ console: true }), launchBrowser()]);
    origin = stack.addresses.console;
    places = placesOf(await fillDesk(stack));
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
  }, 60_000);

  test.each([
    { colorScheme: 'light', width: 1440, height: 900 },
    { colorScheme: 'dark', width: 1024, height: 768 },
    { colorScheme: 'light', width: 390, height: 844 },
  ] as const)(
    'is clean for axe and the policy of contents, $colorScheme at $width px',
    async ({ colorScheme, width, height }) => {
      const { page, complaints } = await signIn(browser, {
        origin,
        person: 'priya',
        colorScheme,
        viewport: { width, height },
        reducedMotion: 'reduce',
      });
      const found: string[] = [];
      for (const place of places) {
        await visit(page, place.path);
        await place.ready(page);
        await screenshot(page, `${place.name}-${width}-${colorScheme}`);
        found.push(...(await axeViolations(page)).map((violation) => `${place.name}: ${violation}`));
        const isWider = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
        if (isWider) found.push(`${place.name}: wider than the window`);
      }
      expect(found).toEqual([]);
      expect(complaints.all).toEqual([]);
      await page.context().close();
    },
    240_000,
  );

  test('the page before signing in is clean for axe', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(origin);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await screenshot(page, 'sign-in');
    expect(await axeViolations(page)).toEqual([]);
    await page.context().close();
  });

  test('dialogs, the palette and the list of keys are clean for axe', async () => {
    const { page, complaints } = await signIn(browser, { origin, person: 'dana', reducedMotion: 'reduce' });
    await page.getByRole('grid').waitFor();
    const found: string[] = [];
    const look = async (name: string): Promise<void> => {
      await screenshot(page, name);
      found.push(...(await axeViolations(page)).map((violation) => `${name}: ${violation}`));
    };
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByText('New escalation').waitFor();
    await look('palette');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await look('help');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    await page.getByRole('dialog', { name: 'Escalate' }).waitFor();
    await look('dialog');
    expect(found).toEqual([]);
    expect(complaints.all).toEqual([]);
    await page.context().close();
  }, 240_000);

  test('nothing moves while the queue and a page refresh themselves', async () => {
    const { page } = await signIn(browser, { origin, person: 'dana' });
    await page.getByRole('grid').waitFor();
    await page.waitForLoadState('networkidle');
    await watchShifts(page);
    const refreshed = async (): Promise<void> => {
      const deadlineMs = Date.now() + stopwatchMs;
      // Two refreshes at least: each asks the server anew.
      for (let answers = 0; answers < 2 || Date.now() < deadlineMs; answers += 1)
        await page.waitForResponse(/\/v1\/escalations/);
    };
    await refreshed();
    expect(await shiftsOf(page)).toEqual([]);
    const escalation = places.find((place) => place.name === 'escalation');
    await visit(page, escalation?.path ?? '/');
    await escalation?.ready(page);
    await refreshed();
    expect(await shiftsOf(page)).toEqual([]);
    await page.context().close();
  }, 180_000);

  test.each(['forecast', 'ledger', 'timeline', 'actions', 'on-call'])(
    'nothing moves when the %s of an escalation comes late',
    async (late) => {
      const viewport = { width: 390, height: 844 };
      const { page } = await signIn(browser, { origin, person: 'dana', ...(late === 'actions' ? { viewport } : {}) });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await watchShifts(page);
      let isHeld = false;
      await page.route(
        (url) => url.pathname.startsWith('/v1/') && url.pathname.endsWith(`/${late}`),
        async (route) => {
          isHeld = true;
          await new Promise((resolve) => setTimeout(resolve, 1_500));
          await route.continue();
        },
      );
      const escalation = places.find((place) => place.name === 'escalation');
      await visit(page, escalation?.path ?? '/');
      await escalation?.ready(page);
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(1_000);
      expect(isHeld).toBe(true);
      expect(await shiftsOf(page)).toEqual([]);
      await page.context().close();
    },
    120_000,
  );

  test('each role has a home of its own', async () => {
    for (const [person, title] of [
      ['dana', 'Your work'],
      ['mina', 'Your accounts'],
      ['priya', 'The programme'],
      ['victoria', 'The desk in a minute'],
    ] as const) {
      const { page } = await signIn(browser, { origin, person, path: '/' });
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await page
        .getByRole('main')
        .getByText(/^Breach/)
        .first()
        .waitFor();
      await screenshot(page, `home-of-${person}`);
      expect(await axeViolations(page)).toEqual([]);
      await page.context().close();
    }
  }, 240_000);

  test('the files of a policy set are checked before anybody publishes them', async () => {
    const { page } = await signIn(browser, { origin, person: 'priya', path: '/policies' });
    const check = page.getByRole('region', { name: 'Check before publishing' });
    await check.waitFor();
    const folder = join(checkout, 'policies');
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    await page.locator('input[type="file"]').setInputFiles(files.map((name) => join(folder, name)));
    await check.getByText('Can be published').waitFor();
    // What was walked is there to be looked at: the longest waits, and every change of clocks.
    await check.getByText(/^Walked [\d,]+ stretches of on-call and \d+ changes of clocks$/).click();
    const waits = check.getByRole('region', { name: 'Longest until somebody is tried, of the time to acknowledge' });
    const cells = waits.getByRole('row', { name: /^default/ }).getByRole('cell');
    expect(await cells.count()).toBe(4);
    expect(await cells.first().innerText()).toMatch(/of 15 min/);
    for (const zone of ['Europe/London', 'America/Los_Angeles'])
      await check.getByRole('listitem').filter({ hasText: zone }).first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.locator('input[type="file"]').setInputFiles({
      name: 'default.yaml',
      mimeType: 'text/yaml',
      buffer: Buffer.from('tiers: nothing'),
    });
    await check.getByText('Cannot be published').waitFor();
    await check
      .getByText(/^default\.yaml:\d+:\d+$/)
      .first()
      .waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.context().close();
  }, 180_000);

  test('a policy tells what would happen in a situation, with names', async () => {
    const { page } = await signIn(browser, { origin, person: 'dana', path: '/policies/default' });
    const card = page.getByRole('region', { name: 'What would happen if…' });
    await card.getByRole('textbox').fill('sev1 external Sunday 03:00 Asia/Singapore');
    await page.keyboard.press('Enter');
    await card
      .getByText(/Pages [A-Z]\w+ [A-Z]\w+, on call for desk/)
      .first()
      .waitFor();
    await screenshot(page, 'policy-situation');
    expect(await axeViolations(page)).toEqual([]);
    await page.context().close();
  }, 180_000);

  test('an override is drawn on a schedule and takes effect', async () => {
    const { page } = await signIn(browser, { origin, person: 'dana', path: '/on-call' });
    const lane = page.getByRole('region', { name: 'Duty manager of the week' });
    await lane.getByRole('listitem').first().waitFor();
    const box = await lane.getByRole('list').first().locator('..').boundingBox();
    if (box === null) throw new Error('the lane has no place on the page');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.6, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, y, { steps: 5 });
    await page.mouse.up();
    const dialog = page.getByRole('dialog', { name: 'Add override' });
    await dialog.getByLabel('On call').fill('grace');
    await dialog.getByRole('button', { name: 'Add override' }).click();
    await dialog.waitFor({ state: 'detached' });
    const override = lane.getByTitle(/^Grace Park \(override\)/);
    await override.waitFor();
    await screenshot(page, 'on-call-override');
    await lane.getByRole('button', { name: 'Remove the override of Grace Park' }).click();
    await override.waitFor({ state: 'detached' });
    await page.context().close();
  }, 180_000);
});

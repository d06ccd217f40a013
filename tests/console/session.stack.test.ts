import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { file } from './support/api.ts';
import { launchBrowser, signIn } from './support/browser.ts';

jest.setTimeout(180_000);

/** Counts the questions that a page's hidden frame asks the issuer. */
function watchQuietRenewals(page: Page): { count: number } {
  const seen = { count: 0 };
  page.on('request', (request) => {
    const isQuiet = new URL(request.url()).searchParams.get('prompt') === 'none';
    if (isQuiet && request.frame() !== page.mainFrame()) seen.count += 1;
  });
  return seen;
}

async function writeHalfANote(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Note' }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('Half a thought');
}

async function finishTheNote(page: Page): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Text' });
  expect(await field.inputValue()).toBe('Half a thought');
  await field.press('End');
  await page.keyboard.type(', and the other half');
  await page.getByRole('dialog').getByRole('button', { name: 'Note' }).click();
  await page.getByRole('listitem').getByText('Half a thought, and the other half').waitFor();
  expect(await page.getByRole('dialog', { name: 'Your session has ended' }).count()).toBe(0);
}

describe('a session', () => {
  let stack: TemporaryStack;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startTemporaryStack({ console: true }), launchBrowser()]);
    origin = stack.addresses.console;
  }, 300_000);

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
  }, 180_000);

  test('that is about to expire renews itself in a hidden frame, and a half-written form does not notice', async () => {
    const id = await file(stack, { title: 'Renewed before its time' });
    const context = await browser.newContext();
    // What the issuer gives is said to last little more than the minute's notice that the console takes.
    let tokens = 0;
    const renewed = new EventEmitter();
    const isRenewed = once(renewed, 'renewed');
    await context.route('**/token', async (route) => {
      const answer = await route.fetch();
      tokens += 1;
      const body: unknown = await answer.json();
      const isFirst = tokens === 1 && typeof body === 'object' && body !== null;
      await route.fulfill({ response: answer, json: isFirst ? { ...body, expires_in: 64 } : body });
      if (tokens === 2) renewed.emit('renewed');
    });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const quiet = watchQuietRenewals(page);
    await page.goto(`${origin}/escalations/${id}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('button[value="dana"]').click();
    await writeHalfANote(page);
    await isRenewed;
    expect(quiet.count).toBe(1);
    await finishTheNote(page);
    expect(page.url()).toBe(`${origin}/escalations/${id}`);
  });

  test('whose token the server refuses is renewed in a hidden frame, and the form is sent all the same', async () => {
    const id = await file(stack, { title: 'Refused once' });
    const { page, complaints } = await signIn(browser, { origin, person: 'dana', path: `/escalations/${id}` });
    const quiet = watchQuietRenewals(page);
    await writeHalfANote(page);
    let refusals = 0;
    await page.route(`**/v1/escalations/${id}/note`, (route) => {
      refusals += 1;
      return refusals === 1
        ? route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{}' })
        : route.continue();
    });
    await finishTheNote(page);
    expect(refusals).toBe(2);
    expect(quiet.count).toBe(1);
    expect(complaints.all).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { callApi } from './support/api.ts';
import { axeViolations } from './support/axe.ts';
import { launchBrowser, screenshot, signIn } from './support/browser.ts';

jest.setTimeout(300_000);

const give = (page: Page, name: string) =>
  page.getByRole('toolbar', { name: 'Actions' }).getByRole('button', { name }).click();
const form = (page: Page, name: string) => page.getByRole('dialog', { name });
const state = (page: Page, name: string) => page.locator('header').getByText(name, { exact: true }).first().waitFor();

/** One escalation from its filing to its end, by the people whose work it is, each in a browser of their own. */
describe('a whole escalation in the console', () => {
  let stack: TemporaryStack;
  let browser: Browser;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startTemporaryStack({ console: true }), launchBrowser()]);
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
  }, 180_000);

  test('is filed, taken, worked, resolved, explained, approved and closed, and everybody sees it', async () => {
    const origin = stack.addresses.console;
    const accountManager = (await signIn(browser, { origin, person: 'mina', path: '/new' })).page;
    await accountManager
      .getByRole('textbox', { name: 'What happened' })
      .fill('Payouts of Northwind are a day late\nTheir bank shows nothing since Friday.');
    await accountManager.getByRole('group', { name: 'Category' }).getByText('Payments').click();
    await accountManager.getByRole('group', { name: 'Severity' }).getByText('SEV1').click();
    await accountManager.getByRole('combobox', { name: 'Account' }).selectOption('northwind');
    await accountManager.keyboard.press('Control+Enter');
    await accountManager.waitForURL(/\/escalations\/esc_/);
    const path = new URL(accountManager.url()).pathname;

    const { page, complaints } = await signIn(browser, { origin, person: 'dana', path: '/' });
    await page
      .getByRole('region', { name: /^Waiting for an owner/ })
      .getByText('Payouts of Northwind')
      .click();
    await page.waitForURL(`${origin}${path}`);
    await page.getByRole('toolbar', { name: 'Actions' }).waitFor();
    await page.keyboard.press('a');
    await state(page, 'Acknowledged');
    await give(page, 'Start investigation');
    await state(page, 'Investigating');
    await give(page, 'Send update');
    await form(page, 'Send update').getByText('Account managers').click();
    await form(page, 'Send update').getByRole('textbox').fill('The bank confirms a stuck batch. Next word at noon.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('The bank confirms a stuck batch').waitFor();
    await accountManager.getByText('The bank confirms a stuck batch').waitFor();
    await screenshot(page, 'lifecycle-working');
    await page.keyboard.press('r');
    await form(page, 'Resolve').getByLabel('Resolution').first().click();
    await page.getByRole('option', { name: 'Fixed' }).click();
    await form(page, 'Resolve').getByRole('textbox', { name: 'Summary' }).fill('The batch was released.');
    await form(page, 'Resolve').getByRole('button', { name: 'Resolve' }).click();
    await state(page, 'Resolved');
    await screenshot(page, 'lifecycle-resolved');
    await give(page, 'Submit root cause');
    await form(page, 'Submit root cause').getByRole('textbox').fill('A file was named for the day before.');
    await form(page, 'Submit root cause').getByRole('button', { name: 'Submit root cause' }).click();
    await state(page, 'Root cause');

    const office = (await signIn(browser, { origin, person: 'priya', path })).page;
    await give(office, 'Approve root cause');
    await office.getByText('Priya Nair approved').waitFor();
    await give(office, 'Close');
    await state(office, 'Closed');
    await screenshot(office, 'lifecycle-closed');
    expect(await axeViolations(office)).toEqual([]);

    const leader = (await signIn(browser, { origin, person: 'victoria', path })).page;
    await state(leader, 'Closed');
    await leader.getByText('It has ended. Nothing more happens by itself.').waitFor();
    await leader.getByText('The batch was released.').waitFor();
    expect((await callApi(stack, 'dana', path)).body).toMatchObject({
      state: 'closed',
      rca: 'approved',
    });
    expect(complaints.all).toEqual([]);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { callApi, file } from './support/api.ts';
import { axeViolations } from './support/axe.ts';
import { launchBrowser, screenshot, signIn, visit } from './support/browser.ts';

jest.setTimeout(180_000);

/** What people do with the console, in a real browser against the whole stack. */
describe('the desk', () => {
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

  test('signing in leads to the address that was asked for, and no token is kept in storage', async () => {
    const id = await file(stack, { title: 'Deep link after sign-in' });
    const { page, complaints } = await signIn(browser, { origin, person: 'dana', path: `/escalations/${id}` });
    await page.getByRole('heading', { level: 1, name: 'Deep link after sign-in' }).waitFor();
    expect(page.url()).toBe(`${origin}/escalations/${id}`);
    const kept = await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })');
    expect(kept).not.toMatch(/eyJ|access_token|id_token|refresh_token/);
    expect(complaints.all).toEqual([]);
  });

  test('a reload signs in again by itself and stays on the page', async () => {
    const { page } = await signIn(browser, { origin, person: 'dana', path: '/queue?severity=sev1' });
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(page.url()).toBe(`${origin}/queue?severity=sev1`);
  });

  test('the keyboard alone finds, opens and acknowledges an escalation', async () => {
    const id = await file(stack, { title: 'Keyboard only', severity: 'sev1' });
    const { page } = await signIn(browser, { origin, person: 'dana' });
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('Keyboard only');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=Keyboard/);
    const row = page.locator(`#row-${id}`);
    await row.waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await row.getByText('Acknowledged').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/escalations/${id}`);
    await page.getByText('Dana Lim acknowledged for tier 1').waitFor();
    expect((await callApi(stack, 'dana', `/escalations/${id}`)).body).toMatchObject({ state: 'acknowledged' });
  });

  test('an automatic escalation appears by itself, on the page and in the queue, and is announced', async () => {
    const id = await file(stack, { title: 'A drill nobody answers', policy: 'drill' });
    const queue = await signIn(browser, { origin, person: 'dana', path: '/queue?q=drill' });
    await queue.page.locator(`#row-${id}`).waitFor();
    const { page } = await signIn(browser, { origin, person: 'ravi', path: `/escalations/${id}` });
    await page.getByText('Tier 2 was asked: nobody acknowledged in time').waitFor({ timeout: 40_000 });
    await page.getByTestId('live-region').getByText('Tier is now').waitFor();
    await queue.page
      .locator(`#row-${id}`)
      .getByTitle('Tier 2')
      .or(queue.page.locator(`#row-${id}`).getByTitle('Tier 3'))
      .first()
      .waitFor();
    await screenshot(page, 'automatic-escalation');
    expect(queue.complaints.all).toEqual([]);
  });

  test('of two people who acknowledge at once, one does and the other is told who was faster', async () => {
    const id = await file(stack, { title: 'Two at once', severity: 'sev2' });
    const [first, second] = await Promise.all([
      signIn(browser, { origin, person: 'dana', path: `/escalations/${id}` }),
      signIn(browser, { origin, person: 'ravi', path: `/escalations/${id}` }),
    ]);
    const button = (page: typeof first.page) => page.getByRole('button', { name: 'Acknowledge' });
    await Promise.all([button(first.page).waitFor(), button(second.page).waitFor()]);
    // What the second one sees is from before the first one's click.
    const before = await callApi(stack, 'ravi', `/escalations/${id}`);
    let isSent = false;
    await second.page.route(`**/v1/escalations/${id}`, (route) =>
      isSent ? route.continue() : route.fulfill({ status: 200, json: before.body }),
    );
    await second.page.route(`**/v1/escalations/${id}/acknowledge`, (route) => {
      isSent = true;
      return route.continue();
    });
    await button(first.page).click();
    await first.page.getByText('Dana Lim acknowledged').waitFor();
    await button(second.page).click();
    const refusal = second.page.getByRole('status').filter({ hasText: 'Acknowledge was refused' });
    await refusal.getByText('Dana Lim acknowledged for tier 1.').waitFor();
    await second.page
      .getByRole('toolbar', { name: 'Actions' })
      .getByRole('button', { name: 'Start investigation' })
      .waitFor();
    expect(await button(second.page).count()).toBe(0);
  });

  test('a form that is refused stays as it was filled in', async () => {
    const id = await file(stack, { title: 'Resolved by somebody else' });
    const { page } = await signIn(browser, { origin, person: 'dana', path: `/escalations/${id}` });
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByRole('textbox', { name: 'Summary' }).fill('It was the cache.');
    await callApi(stack, 'ravi', `/escalations/${id}/cancel`, { reason: 'no' });
    await callApi(stack, 'ravi', `/escalations/${id}/resolve`, { code: 'fixed', summary: 'Ravi was here' });
    await page.getByLabel('Resolution').first().click();
    await page.getByRole('option', { name: 'Fixed' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
    await page.getByRole('alert').getByText('Ravi Menon resolved it').waitFor();
    expect(await page.getByRole('textbox', { name: 'Summary' }).inputValue()).toBe('It was the cache.');
  });

  test('a form that is incomplete says what is missing and sends nothing', async () => {
    const id = await file(stack, { title: 'Needs a reason' });
    const { page } = await signIn(browser, { origin, person: 'dana', path: `/escalations/${id}` });
    await page.getByRole('button', { name: 'Escalate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Escalate' }).click();
    await page.getByText('This is needed.').waitFor();
    expect(await page.locator('textarea:focus').getAttribute('aria-invalid')).toBe('true');
    expect((await callApi(stack, 'dana', `/escalations/${id}`)).body).toMatchObject({ tier: 1 });
  });

  test('an escalation whose every field is an injection attempt shows as text', async () => {
    const attack = `<script>window.hit=1</script><img src=x onerror="window.hit=2">{{7*7}}"'\``;
    const id = await file(stack, {
      title: attack,
      description: `${attack}\n<svg onload="window.hit=3">`,
      accountId: 'javascript:hit',
    });
    await callApi(stack, 'dana', `/escalations/${id}/note`, { text: `${attack} javascript:window.hit=4` });
    const { page, complaints } = await signIn(browser, { origin, person: 'dana', path: '/queue?q=script' });
    await page.locator(`#row-${id}`).getByText('<script>window.hit=1</script>').waitFor();
    await visit(page, `/escalations/${id}`);
    await page.getByRole('heading', { level: 1, name: '<script>' }).waitFor();
    await page.getByText('<svg onload="window.hit=3">').waitFor();
    await page.getByText('javascript:window.hit=4').waitFor();
    expect(await page.evaluate<boolean>("Object.hasOwn(window, 'hit')")).toBe(false);
    expect(await page.locator('main img, main svg[onload]').count()).toBe(0);
    expect(complaints.all).toEqual([]);
    await screenshot(page, 'injection-attempt');
  });

  test('with the worker down reading goes on, and a command is never shown as done before it is', async () => {
    const id = await file(stack, { title: 'Nobody at the engine' });
    const { page } = await signIn(browser, { origin, person: 'dana', path: `/escalations/${id}` });
    const button = page.getByRole('button', { name: 'Acknowledge' });
    await button.waitFor();
    await stack.down('worker');
    try {
      await button.click();
      await page.getByRole('article').and(page.locator('[aria-busy="true"]')).waitFor();
      await visit(page, '/queue');
      await page.getByRole('grid').waitFor();
    } finally {
      await stack.up('worker');
    }
    await visit(page, `/escalations/${id}`);
    await page.getByText('Dana Lim acknowledged for tier 1').waitFor({ timeout: 60_000 });
  }, 240_000);

  test('an ended session asks to sign in again and a half-written form survives it', async () => {
    const id = await file(stack, { title: 'Session runs out' });
    const { page } = await signIn(browser, { origin, person: 'dana', path: `/escalations/${id}` });
    await page.getByRole('button', { name: 'Note' }).click();
    await page.getByRole('textbox', { name: 'Text' }).fill('Half a thought');
    // The token is no longer accepted, and the issuer does not know the person any more.
    const issuer = new URL(stack.addresses.issuer ?? '');
    await page.context().clearCookies({ domain: issuer.hostname });
    let isEnded = true;
    await page.route('**/v1/**', (route) =>
      isEnded ? route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{}' }) : route.continue(),
    );
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor({ timeout: 30_000 });
    await screenshot(page, 'session-ended');
    const opened = page.waitForEvent('popup');
    await dialog.getByRole('button', { name: 'Sign in again' }).click();
    const popup = await opened;
    await popup.locator('button[value="dana"]').waitFor();
    isEnded = false;
    await popup.locator('button[value="dana"]').click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByRole('textbox', { name: 'Text' }).inputValue()).toBe('Half a thought');
    await page.getByRole('dialog').getByRole('button', { name: 'Note' }).click();
    await page.getByRole('listitem').getByText('Half a thought').waitFor();
  }, 180_000);

  test('a new escalation is filed within a few keys, and what is open already is shown', async () => {
    await file(stack, { title: 'Parcel lockers in Lyon return everything' });
    const { page } = await signIn(browser, { origin, person: 'mina', path: '/' });
    await page.keyboard.press('c');
    await page
      .getByRole('textbox', { name: 'What happened' })
      .fill('Parcel lockers in Lyon are full\nSeen by two sellers since Monday.');
    await page.getByRole('complementary', { name: 'Open already?' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Parcel lockers in Lyon are full');
    await page.getByRole('group', { name: 'Category' }).getByText('Logistics').click();
    await page.getByRole('combobox', { name: 'Account' }).selectOption('northwind');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/escalations\/esc_/);
    await page.getByRole('heading', { level: 1, name: 'Parcel lockers in Lyon are full' }).waitFor();
  });

  test('a role is offered only what it may do', async () => {
    const id = await file(stack, { title: 'For leaders to read' });
    const { page } = await signIn(browser, { origin, person: 'victoria', path: `/escalations/${id}` });
    const actions = page.getByRole('toolbar', { name: 'Actions' });
    await actions.waitFor();
    expect(await actions.getByRole('button').allInnerTexts()).toEqual([
      expect.stringContaining('Note'),
      expect.stringContaining('Escalate'),
    ]);
  });

  test('the queue by channel has a tab with a count for each, in the address and by keyboard', async () => {
    const id = await file(stack, { title: 'A letter came in', channel: 'external' });
    await file(stack, { title: 'A post came up', channel: 'social_media' });
    const { page, complaints } = await signIn(browser, { origin, person: 'dana', path: '/queue' });
    await page.getByRole('list', { name: 'Views' }).getByRole('link', { name: 'By channel' }).click();
    await page.waitForURL(/by=channel/);
    await page.getByRole('heading', { level: 1, name: 'By channel' }).waitFor();
    const tabs = page.getByRole('navigation', { name: 'Channels' });
    await tabs.getByRole('link', { name: /^External 1 open$/ }).click();
    await page.waitForURL(/channel=external/);
    await page.locator(`#row-${id}`).waitFor();
    expect(await page.getByRole('grid').getByRole('row').count()).toBe(2);
    await page.getByRole('heading', { level: 1, name: 'By channel' }).waitFor();
    await file(stack, { title: 'A second letter', channel: 'external' });
    await tabs.getByRole('link', { name: /^External 2 open$/ }).waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.press('[');
    await page.waitForURL(/channel=leadership/);
    await page.getByText('Nothing matches').waitFor();
    await screenshot(page, 'queue-by-channel');
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints.all).toEqual([]);
  });

  test('the tiles of breached and paused ones lead to a queue of exactly those', async () => {
    const held = await file(stack, { title: 'Held until they answer' });
    await callApi(stack, 'dana', `/escalations/${held}/acknowledge`, {});
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await callApi(stack, 'dana', `/escalations/${held}/pause`, { reason: 'waiting_for_customer', until });
    const late = await file(stack, { title: 'A drill that nobody answered in time', policy: 'drill' });
    await file(stack, { title: 'In good time' });
    const { page } = await signIn(browser, { origin, person: 'priya', path: '/' });
    const main = page.getByRole('main');
    await main.getByRole('link', { name: /^[1-9]\d*\s*Paused$/ }).click();
    await page.waitForURL(`${origin}/queue?paused=true`);
    await page.locator(`#row-${held}`).waitFor();
    expect(await page.getByText('In good time').count()).toBe(0);
    await visit(page, '/');
    // The drill's first clock runs a minute. Another test's may have breached before: then this one joins the queue.
    await main.getByRole('link', { name: /^[1-9]\d*\s*Breached$/ }).click({ timeout: 120_000 });
    await page.waitForURL(`${origin}/queue?breached=true`);
    await page.locator(`#row-${late}`).waitFor({ timeout: 90_000 });
    expect(await page.getByText('In good time').count()).toBe(0);
    expect(await page.locator(`#row-${held}`).count()).toBe(0);
  }, 240_000);

  test('what happens next names the tier and everybody who is paged, and counts down to the second', async () => {
    const from = new Date(Date.now() - 60_000).toISOString();
    const until = new Date(Date.now() + 4 * 3_600_000).toISOString();
    const override = { person: 'victoria', from, until };
    expect((await callApi(stack, 'priya', '/schedules/duty-manager/overrides', override)).status).toBe(201);
    const id = await file(stack, { title: 'Who comes after me', severity: 'sev2' });
    const { page } = await signIn(browser, { origin, person: 'dana', path: `/escalations/${id}` });
    const next = page.getByRole('region', { name: 'What happens next' });
    const step = next.getByRole('listitem').filter({ hasText: 'Tier 2 is asked: nobody acknowledged in time' });
    await step.getByText(/^Pages Victoria/).waitFor();
    const left = step.getByText(/^in (\d+:)?\d+:\d\d$/);
    const first = await left.innerText();
    expect(await left.getAttribute('title')).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    await step.getByText(first, { exact: true }).waitFor({ state: 'detached' });
    expect(await left.innerText()).not.toBe(first);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { callApi, file } from './support/api.ts';
import { axeViolations } from './support/axe.ts';
import { launchBrowser, screenshot, signIn, visit } from './support/browser.ts';

jest.setTimeout(180_000);

const dayMs = 24 * 3_600_000;

/** Midnight in UTC, some days from now. */
function inDays(days: number): string {
  return new Date(Math.floor(Date.now() / dayMs) * dayMs + days * dayMs).toISOString();
}

/** An instant as iCalendar writes it. */
const time = (instant: string): string => instant.replaceAll(/[-:]|\.000/g, '');

/** A calendar as other programs write it. */
function calendar(...events: readonly { readonly summary: string; readonly from: string; readonly until: string }[]) {
  const lines = events.flatMap(({ summary, from, until }, index) => [
    'BEGIN:VEVENT',
    `UID:event-${index}`,
    `DTSTAMP:${time(inDays(0))}`,
    `DTSTART:${time(from)}`,
    `DTEND:${time(until)}`,
    `SUMMARY:${summary}`,
    'END:VEVENT',
  ]);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//tests//EN', ...lines, 'END:VCALENDAR'].join('\r\n');
}

describe('those who run the desk', () => {
  let stack: TemporaryStack;
  let browser: Browser;
  let origin: string;
  /** A second try of a test finds what the first one left: each has names and days of its own. */
  let attempt = 0;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startTemporaryStack({ console: true }), launchBrowser()]);
    origin = stack.addresses.console;
  }, 300_000);

  beforeEach(() => {
    attempt += 1;
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
  }, 180_000);

  test('are told why there is no key yet, and what one is for', async () => {
    const { page } = await signIn(browser, { origin, person: 'priya', path: '/keys' });
    await page.getByRole('heading', { name: 'No machine has a key yet' }).waitFor();
    await screenshot(page, 'keys-empty');
    expect(await axeViolations(page)).toEqual([]);
  });

  test('make a key whose secret is shown once and works, and revoke it for good', async () => {
    const { page, complaints } = await signIn(browser, { origin, person: 'priya', path: '/keys' });
    const label = `Alertmanager ${attempt}`;
    await page.getByRole('main').getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'What it is for' }).fill(label);
    await dialog.getByRole('textbox', { name: 'Source' }).fill('api');
    await dialog.getByRole('button', { name: 'New key' }).click();
    await dialog.getByText('Choose another').waitFor();
    await dialog.getByRole('textbox', { name: 'Source' }).fill('alertmanager');
    await dialog.getByRole('button', { name: 'New key' }).click();

    const field = dialog.getByRole('textbox', { name: 'Key' });
    const token = await field.inputValue();
    await dialog.getByRole('button', { name: 'Copy key' }).click();
    await dialog.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(token);
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, 'key-secret');
    await page.keyboard.press('Escape');
    await field.waitFor();
    const trigger = () =>
      fetch(`${stack.addresses.api}/intake/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ action: 'trigger', dedupKey: 'first', title: 'Filed by a machine' }),
      });
    expect((await trigger()).status).toBe(200);
    await dialog.getByRole('button', { name: 'I have kept it' }).click();
    const row = page.getByRole('row', { name: new RegExp(label) });
    await row.getByText('by Priya').waitFor();
    expect(await page.content()).not.toContain(token);
    await page.reload();
    await row.waitFor();
    expect(await page.content()).not.toContain(token);

    await row.getByRole('button', { name: `Revoke ${label}` }).click();
    await page.getByRole('dialog').getByText('stops working within seconds, for good').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, 'key-revoke');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Revoked \(\d\)$/ }).click();
    await page.getByRole('table', { name: 'Revoked' }).getByText(label).waitFor();
    await expectStatus(trigger, 401);
    expect(complaints.all).toEqual([]);
  });

  test('are the only ones with keys and erasure: others are not offered them, and an address says so', async () => {
    const id = await file(stack, { title: 'Nobody erases this' });
    const { page } = await signIn(browser, { origin, person: 'dana', path: '/keys' });
    await page.getByRole('heading', { level: 1, name: 'You have no access to this' }).waitFor();
    expect(await page.getByRole('link', { name: 'Integration keys' }).count()).toBe(0);
    await visit(page, `/escalations/${id}`);
    await page.getByRole('toolbar', { name: 'Actions' }).waitFor();
    expect(await page.getByRole('button', { name: 'Erase texts…' }).count()).toBe(0);
  });

  test('erase texts after being told what goes and what stays, and every page shows it', async () => {
    const id = await file(stack, {
      title: 'Mr Smith of 4 Elm Street was sent a wrong parcel',
      description: 'He can be reached at home.',
    });
    await callApi(stack, 'dana', `/escalations/${id}/note`, { text: 'Mr Smith called again.' });
    const { page, complaints } = await signIn(browser, { origin, person: 'priya', path: '/queue?q=parcel' });
    await page.locator(`#row-${id}`).waitFor();
    await visit(page, `/escalations/${id}`);
    await page.getByRole('button', { name: 'Erase texts…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Erase texts' });
    await dialog.getByText('Nobody can bring them back').waitFor();
    await dialog.getByText('every clock and its verdict').waitFor();
    expect(await dialog.getByRole('button', { name: 'Erase 3 texts' }).isDisabled()).toBe(true);
    await dialog.getByRole('checkbox', { name: /Dana Lim noted/ }).uncheck();
    await dialog.getByRole('checkbox', { name: 'I know that' }).check();
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, 'erase-texts');
    await dialog.getByRole('button', { name: 'Erase 2 texts' }).click();
    await page.getByRole('heading', { level: 1, name: 'Title erased' }).waitFor();
    await page.getByText('He can be reached at home.').waitFor({ state: 'detached' });
    await page.getByText('Mr Smith called again.').waitFor();
    expect((await callApi(stack, 'dana', `/escalations/${id}`)).body).toMatchObject({ title: null, description: null });
    await visit(page, '/queue');
    await page.locator(`#row-${id}`).getByText('Title erased').waitFor();
    expect(complaints.all).toEqual([]);
  });

  test('take leave after seeing which turns it takes somebody out of, and take it back', async () => {
    const schedule = await callApi(stack, 'priya', `/schedules/duty-manager?from=${inDays(1)}&until=${inDays(30)}`);
    expect(JSON.stringify(schedule.body)).toContain('grace');
    const { page, complaints } = await signIn(browser, { origin, person: 'priya', path: '/people' });
    await page.getByText('Nobody is away, now or later.').waitFor();
    await page.getByRole('button', { name: 'Add leave' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add leave' });
    await dialog.getByRole('button', { name: 'Add leave' }).click();
    await dialog.getByText('This is needed.').waitFor();
    await dialog.getByLabel('Who is away').fill('grace');
    await dialog.getByLabel('Until').fill(inDays(30).slice(0, 16));
    await dialog
      .getByText(/^Duty manager of the week: /)
      .first()
      .waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, 'leave-dialog');
    await dialog.getByRole('button', { name: 'Add leave' }).click();
    const away = page.getByRole('region', { name: /^Away/ });
    await away.getByText('Grace Park').waitFor();
    expect((await callApi(stack, 'dana', '/leave')).body).toMatchObject({ items: [{ person: 'grace' }] });
    await away.getByRole('button', { name: 'Take back the leave of Grace Park' }).click();
    await page.getByRole('dialog').getByText('is on call again').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByText('Nobody is away, now or later.').waitFor();
    expect((await callApi(stack, 'dana', '/leave')).body).toEqual({ items: [] });
    expect(complaints.all).toEqual([]);
  });

  test('import a calendar after seeing what it changes, once', async () => {
    const { page, complaints } = await signIn(browser, { origin, person: 'priya', path: '/on-call' });
    await page.getByRole('button', { name: 'Import calendar…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import calendar' });
    await dialog.getByText('Nothing is changed before you say so').waitFor();
    await dialog.getByLabel('Schedule', { exact: true }).first().click();
    await page.getByRole('option', { name: /^Duty manager of the week/ }).click();
    const day = 40 + 10 * attempt;
    const text = calendar(
      { summary: 'Duty: victoria', from: inDays(day), until: inDays(day + 1) },
      { summary: 'Team lunch', from: inDays(day + 2), until: inDays(day + 3) },
    );
    await dialog
      .locator('input[type="file"]')
      .or(page.locator('input[type="file"]'))
      .first()
      .setInputFiles({
        name: 'duty.ics',
        mimeType: 'text/calendar',
        buffer: Buffer.from(text),
      });
    const preview = dialog.getByRole('region', { name: 'What would change' });
    await preview.getByText(/^in place of [A-Z]/).waitFor();
    await preview.getByText('1 event left out').waitFor();
    await preview.getByText('Team lunch').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, 'import-preview');
    const overrides = async (): Promise<string> =>
      JSON.stringify(
        (await callApi(stack, 'dana', `/schedules/duty-manager?from=${inDays(day)}&until=${inDays(day + 3)}`)).body,
      );
    expect(await overrides()).not.toContain('victoria');
    await dialog.getByRole('button', { name: 'Take in 1 entry' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await overrides()).toContain('"person":"victoria","inPlaceOf":null');

    await page.getByRole('button', { name: 'Import calendar…' }).click();
    await dialog.getByLabel('Schedule', { exact: true }).first().click();
    await page.getByRole('option', { name: /^Duty manager of the week/ }).click();
    await dialog.getByRole('textbox', { name: 'Or paste its text' }).fill(text);
    await preview.getByText('there already', { exact: true }).waitFor();
    expect(await dialog.getByRole('button', { name: 'Take in', exact: true }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Or paste its text' }).fill('this is no calendar');
    await dialog.getByRole('alert').getByText('is not an iCalendar text').waitFor();
    expect(complaints.all).toEqual([]);
  });
});

/** A revoked key may be known to a Lambda for some seconds more. */
async function expectStatus(ask: () => Promise<Response>, status: number): Promise<void> {
  const untilMs = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer.status === status) return;
    if (Date.now() > untilMs) throw new Error(`answered with ${answer.status} for a minute`);
  }
}

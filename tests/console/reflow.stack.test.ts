import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { fillDesk, placesOf, type Place } from './support/full-desk.ts';
import { launchBrowser, loaded, screenshot, signIn, visit } from './support/browser.ts';

jest.setTimeout(240_000);

/**
 * The texts of a page's content that are drawn, each once. Instants are left out, for they change by the second; so are
 * the heads of columns, which a list without columns has no use for, and what is a picture's only.
 */
const textsScript = `(() => {
  const skip = 'time, [role="columnheader"], thead, [aria-hidden="true"], svg, style';
  const texts = new Set();
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent.replace(/\\s+/g, ' ').trim();
    const element = node.parentElement;
    if (text === '' || element.closest(skip) !== null || !element.checkVisibility({ visibilityProperty: true })) continue;
    texts.add(text);
  }
  return [...texts];
})()`;

/** What stands outside the window to the side and cannot be scrolled to: lost to whoever enlarges the page. */
const cutOffScript = `(() => {
  const isScrolled = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const overflow = getComputedStyle(at).overflowX;
      if ((overflow === 'auto' || overflow === 'scroll') && at.scrollWidth > at.clientWidth) return true;
    }
    return false;
  };
  return [...document.querySelectorAll('main a, main button, main input, main h1, main h2, main h3, main p')]
    .filter((element) => element.checkVisibility() && element.closest('.sr-only') === null)
    .filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !isScrolled(element);
    })
    .map((element) => element.outerHTML.slice(0, 160));
})()`;

/** Counts of what comes and goes, and lengths that grow: they may change between two looks. */
const isCount = (text: string): boolean => /^[\d,+]+$|\d:\d\d of /.test(text);

/** WCAG 2.2: 1.4.4 (text at 200 %) and 1.4.10 (reflow at 320 CSS pixels), neither with a loss of content or function. */
describe('enlarged', () => {
  let stack: TemporaryStack;
  let browser: Browser;
  let places: readonly Place[];
  let wide: ReadonlyMap<string, readonly string[]>;

  async function open(width: number, height: number, deviceScaleFactor: number): Promise<Page> {
    const { page } = await signIn(browser, {
      origin: stack.addresses.console,
      person: 'priya',
      viewport: { width, height },
      deviceScaleFactor,
      reducedMotion: 'reduce',
    });
    return page;
  }

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startTemporaryStack({ console: true }), launchBrowser()]);
    places = placesOf(await fillDesk(stack));
    const page = await open(1280, 800, 1);
    const texts = new Map<string, readonly string[]>();
    for (const place of places) {
      await visit(page, place.path);
      await place.ready(page);
      await loaded(page);
      texts.set(place.name, await page.evaluate<string[]>(textsScript));
    }
    wide = texts;
    await page.context().close();
  }, 400_000);

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
  }, 180_000);

  test.each([
    ['to 200 % of a window of 1280 by 800 pixels', 640, 400, 2],
    ['to 400 %, which is 320 pixels', 320, 640, 1],
  ] as const)('%s, every page keeps what it says', async (name, width, height, scale) => {
    const page = await open(width, height, scale);
    const lost: string[] = [];
    for (const place of places) {
      await visit(page, place.path);
      await place.ready(page);
      await loaded(page);
      await screenshot(page, `zoom-${place.name}-${width}`);
      const said = wide.get(place.name) ?? [];
      expect(said.length).toBeGreaterThan(0);
      // A list that draws only the rows in sight draws fewer of them in a small window.
      const rows = place.name.startsWith('queue') ? await page.getByRole('grid').getByRole('row').count() : 0;
      const here = new Set(await page.evaluate<string[]>(textsScript));
      if (rows === 0)
        lost.push(...said.filter((text) => !here.has(text) && !isCount(text)).map((text) => `${place.name}: ${text}`));
      const cut = await page.evaluate<string[]>(cutOffScript);
      lost.push(...cut.map((html) => `${place.name} cut off: ${html}`));
      if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth'))
        lost.push(`${place.name}: scrolls in two directions`);
    }
    expect(lost).toEqual([]);
    expect(await page.getByRole('button', { name: 'Open navigation' }).isVisible()).toBe(true);
    expect(name).not.toBe('');
  });

  test.each([
    [640, 400],
    [320, 640],
  ] as const)('a row of the queue keeps every cell at %d by %d pixels, and its keys', async (width, height) => {
    const page = await open(width, height, 1);
    await visit(page, '/queue?q=Checkout');
    const row = page.getByRole('grid').getByRole('row').nth(1);
    await row.waitFor();
    for (const text of ['Checkout latency above 4 s in two regions', 'SEV2', 'Received', 'Monitoring · Service defect'])
      expect(await row.getByText(text).isVisible()).toBe(true);
    expect(await row.getByText('Unassigned').isVisible()).toBe(true);
    await page.getByRole('grid').focus();
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: 'Escalate' });
    const submit = dialog.getByRole('button', { name: 'Escalate' });
    await submit.scrollIntoViewIfNeeded();
    const box = await submit.boundingBox();
    expect(box === null ? -1 : box.y + box.height).toBeLessThanOrEqual(height);
    expect(box?.y).toBeGreaterThanOrEqual(0);
  });
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { enStates } from '../../../console/src/strings/en/states.ts';
import { findChromium, missingTool } from '../../../local/tools/debian-packages.ts';
import { checkout } from '../../../local/tools/folders.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Screenshots are output of the build: made anew by each run, kept out of the repository. */
const shots = join(checkout, 'build', 'screenshots');

/** A real Chromium with an empty profile. Throws, with what to install, where there is none. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(missingTool('chromium'));
  mkdirSync(shots, { recursive: true });
  return chromium.launch({ executablePath, headless: true, args: flags });
}

/** What a page said that it should not have: errors of scripts, refusals of the content security policy. */
export interface Complaints {
  readonly all: string[];
}

export interface SignedIn {
  readonly page: Page;
  readonly complaints: Complaints;
}

export interface SignInOptions extends BrowserContextOptions {
  readonly origin: string;
  /** Id of a demo person. */
  readonly person: string;
  /** Where to begin: the address survives signing in. */
  readonly path?: string;
}

/** Opens the console in a context of its own and signs in through the issuer, as a person does. */
export async function signIn(browser: Browser, options: SignInOptions): Promise<SignedIn> {
  const { origin, person, path = '/queue', ...context } = options;
  const page = await (
    await browser.newContext({
      viewport: { width: 1440, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
      ...context,
    })
  ).newPage();
  // A machine that runs a whole stack beside the browser may be slow; a condition is waited for, never a time.
  page.setDefaultTimeout(60_000);
  const complaints: Complaints = { all: [] };
  page.on('pageerror', (error) => complaints.all.push(error.message));
  page.on('console', (message) => {
    // A refused or missing resource is told by the page itself; what counts here is what nobody handled.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.all.push(message.text());
    }
  });
  await page.goto(`${origin}${path}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator(`button[value="${person}"]`).click();
  await page.getByRole('main').and(page.locator('#content')).waitFor();
  return { page, complaints };
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** Moves within the console without loading the page again: tokens live in memory. */
export async function visit(page: Page, path: string): Promise<void> {
  // As text: this folder is checked without the browser's own types.
  const to = JSON.stringify(path);
  await page.evaluate(`history.pushState(null, '', ${to}); dispatchEvent(new PopStateEvent('popstate'))`);
}

/** Waits until no part of the page says that it is loading. The network's idleness tells that of the first load only. */
export async function loaded(page: Page): Promise<void> {
  const waiting = page.locator('[aria-busy="true"]').or(page.getByText(enStates.loading, { exact: true }));
  await waiting.first().waitFor({ state: 'detached' });
}

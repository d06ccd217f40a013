import type { Page } from 'playwright-core';
import type { TemporaryStack } from '../../../local/temporary-stack.ts';
import { callApi, file } from './api.ts';

const dayMs = 24 * 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** A page of the console. */
export interface Place {
  readonly name: string;
  readonly path: string;
  /** There once the page has what it shows. */
  readonly ready: (page: Page) => Promise<unknown>;
}

/** Every page, as a programme manager sees it; `id` is the escalation that has most to show. */
export function placesOf(id: string): readonly Place[] {
  return [
    { name: 'queue', path: '/queue', ready: (page) => page.getByRole('grid').waitFor() },
    {
      name: 'queue-empty',
      path: '/queue?q=nothing-is-called-this',
      ready: (page) => page.getByText('Nothing matches').waitFor(),
    },
    {
      name: 'escalation',
      path: `/escalations/${id}`,
      ready: (page) => page.getByText('Dana Lim noted').waitFor(),
    },
    {
      name: 'not-found',
      path: '/escalations/esc_00000000000000000000000000',
      ready: (page) => page.getByText('There is nothing here').waitFor(),
    },
    {
      name: 'home',
      path: '/',
      // Once the reconciler has checked its books and the charts are drawn.
      ready: async (page) => {
        await page.getByText('Orphaned').waitFor();
        await page.locator('.recharts-surface').first().waitFor();
      },
    },
    { name: 'new', path: '/new', ready: (page) => page.getByRole('textbox', { name: 'Title' }).waitFor() },
    {
      name: 'on-call',
      path: '/on-call',
      // Its lanes come one by one.
      ready: async (page) => {
        for (const name of ['Escalation desk, follow the sun', 'Payments risk on call', 'Leader on call'])
          await page.getByRole('region', { name }).getByRole('listitem').first().waitFor();
      },
    },
    { name: 'policies', path: '/policies', ready: (page) => page.getByRole('link', { name: /^default/ }).waitFor() },
    { name: 'policy', path: '/policies/default', ready: (page) => page.getByRole('table').first().waitFor() },
    { name: 'people', path: '/people', ready: (page) => page.getByText('Dana Lim').first().waitFor() },
    { name: 'keys', path: '/keys', ready: (page) => page.getByRole('row', { name: /Ticket system/ }).waitFor() },
    {
      name: 'queue-by-channel',
      path: '/queue?by=channel',
      ready: (page) => page.getByRole('link', { name: /^External \d/ }).waitFor(),
    },
  ];
}

/** A desk with something of everything on it; answers with the escalation that has most to show. */
export async function fillDesk(stack: TemporaryStack): Promise<string> {
  const titles = [
    ['Refunds doubled for card payments since 09:40', 'sev1', 'payments', 'monitoring'],
    ['Viral post: counterfeit vaccine listed by a verified seller', 'sev1', 'viral_post', 'social_media'],
    ['Regulator asks for takedown records by Friday', 'sev2', 'regulatory', 'external'],
    ['Checkout latency above 4 s in two regions', 'sev2', 'service_defect', 'monitoring'],
    ['Seller payouts delayed by one day in Poland', 'sev3', 'payments', 'account_manager'],
    ['Parcel lockers in Lyon return everything to sender', 'sev3', 'logistics', 'customer_contact'],
    ['Mail from a consumer association about delivery promises', 'sev4', 'other', 'external'],
  ] as const;
  for (const [title, severity, category, channel] of titles) {
    await file(stack, { title, severity, category, channel, accountId: 'northwind' });
  }
  const id = await file(stack, {
    title: 'Baby carrier buckle reported broken: three injury claims',
    severity: 'sev1',
    category: 'safety',
    description: 'Three customers wrote in since Friday.\n\nThe listing has sold 4,100 units.',
  });
  const give = (command: string, body: object): Promise<unknown> =>
    callApi(stack, 'dana', `/escalations/${id}/${command}`, body);
  await give('acknowledge', {});
  await give('start-investigation', {});
  await give('note', { text: 'Called the manufacturer: a bad batch, 2026-W44.' });
  await give('send-update', { audience: 'leadership', text: 'The listing is down. Next update in 30 minutes.' });
  await give('pause', {
    reason: 'waiting_for_third_party',
    until: new Date(Date.now() + 3_600_000).toISOString(),
    note: 'The manufacturer answers within the hour.',
  });
  const tomorrowMs = Math.ceil(Date.now() / dayMs) * dayMs;
  await callApi(stack, 'priya', '/leave', { person: 'grace', from: iso(tomorrowMs), until: iso(tomorrowMs + dayMs) });
  await callApi(stack, 'priya', '/integration-keys', { label: 'Ticket system', source: 'tickets' });
  return id;
}

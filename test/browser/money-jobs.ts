// Prices and invoices as the operator works with them: use without a price gets one and is rated again, and the invoice that it
// blocked is finalized and downloaded. By the keyboard alone, but for what a browser does itself.

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiClient, createApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import type { DashboardStand } from './dashboard-stand.ts';

const DAY_MS = 86_400_000;
/** Of the list, and without a price. Slashes and marks, since models are named by people. */
const PRICED = 'gpt-4o-mini';
const UNPRICED = 'mystery/<b>model</b> 9';
/** What every place has to bear: markup, the other direction, and no end. */
const NAME = `<img src=x onerror=alert(1)> شركة ${'Long'.repeat(40)}`;
/** Of 1,000 and 10 tokens, 3 times, at 1,000 and 2,000 for a million. */
const COST = '3.06';
const WAIT = { timeoutMs: 60_000 } as const;

export function moneyJobs(stand: () => DashboardStand): void {
  describe('prices and invoices', () => {
    let page: Page;
    let api: ApiClient;
    let customer: string;
    let invoice: string;
    beforeAll(async () => {
      const { detailPages, openAs, stack } = stand();
      api = createApiClient(stack.api.url, stack.operatorKey);
      customer = await useOfEndedPeriod(api, stack.ingest.url);
      invoice = await eventually(async () => {
        const { data } = await api.json<{ data: { id: string }[] }>(api.get(`/v1/invoices?customer=${customer}`));
        expect(data).toHaveLength(1);
        return data[0]?.id ?? '';
      }, WAIT);
      for (const path of [
        `/invoices/${invoice}`,
        `/invoices/${invoice}/usage?line=usage%2F%2Fopenai%2F${PRICED}%2Finput`,
      ])
        detailPages.add(path);
      for (const path of ['archives', `preview?customer=${customer}`]) detailPages.add(`/invoices/${path}`);
      for (const path of [
        'unpriced',
        'rerates',
        'rerates/new',
        'simulate',
        'import',
        'new',
        'model?provider=openai&model=gpt-4o',
      ])
        detailPages.add(`/prices/${path}`);
      for (const path of ['/plans/new', `/customers/${customer}/billing`]) detailPages.add(path);
      page = await openAs(stack.operatorKey, `/invoices/${invoice}`);
    });
    afterAll(() => page?.context().close());

    const press = async (role: 'button' | 'link', name: string): Promise<void> => {
      await page.getByRole(role, { name, exact: true }).first().focus();
      await page.keyboard.press('Enter');
    };
    const write = async (label: string, text: string): Promise<void> => {
      await page.getByRole('textbox', { name: label }).focus();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(text);
    };

    it('a draft says what blocks it, and leads to where that is settled', async () => {
      const check = page.locator('[data-check="unpriced"]');
      await check.getByText('Some use has no price').waitFor();
      expect(await page.locator('[data-book="events accepted"]').textContent()).toBe('4events accepted');
      await check.getByRole('link').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Unpriced use' }).waitFor();
    });

    it('what had no price gets one: the month under it is shown first, then the difference, then it is applied', async () => {
      await press('link', `Set a price for ${UNPRICED} in USD`);
      await page.getByRole('heading', { name: 'New price' }).waitFor();
      expect(await page.getByRole('textbox', { name: 'Model' }).inputValue()).toBe(UNPRICED);
      await write('Input', '1000');
      await write('Output', '2000');
      await press('button', 'Set the price');
      await page.getByRole('heading', { name: 'New re-rate' }).waitFor();
      await press('button', 'Show the difference');
      await page.getByText('This is what would change').waitFor();
      expect(await page.getByTitle(`${COST} USD`).count()).toBeGreaterThan(0);
      await press('button', 'Apply');
      await press('button', 'Apply to 3 events');
      await page.getByText('It is applied').waitFor();
    });

    it('the draft that was blocked is finalized, by its name, and downloaded', async () => {
      await stand().goTo(page, `/invoices/${invoice}`);
      await page.getByText('Nothing blocks it').waitFor();
      await page.locator('[data-format="ubl"]').getByText('The invoice has no number').waitFor();
      await press('button', 'Finalize');
      await page.locator('[role=dialog] input:focus').waitFor();
      const dialog = page.getByRole('dialog');
      // The name is too long to be typed: its id is asked for.
      await page.keyboard.type(invoice);
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'hidden' });
      await page.getByText('finalized', { exact: true }).waitFor();
      const [download] = await Promise.all([page.waitForEvent('download'), press('link', 'Download PDF')]);
      expect((await readFile(await download.path())).subarray(0, 5).toString()).toBe('%PDF-');
    });

    it('a line leads to its events, and an event to its line', async () => {
      await press('link', `Usage, ${UNPRICED}, input: the use behind it`);
      await page.getByText('How it was calculated').waitFor();
      await press('link', 'unpriced-0');
      await page.getByRole('heading', { name: 'Events', exact: true }).waitFor();
      await press('button', 'unpriced-0');
      await page
        .locator('[data-billing="billed"]')
        .getByRole('link', { name: /input$/ })
        .waitFor();
      await page.keyboard.press('Escape');
    });

    it('the month is packed into an archive', async () => {
      await stand().goTo(page, '/invoices/archives');
      await page.getByLabel('Month').first().fill(monthOfPeriod());
      await press('button', 'Make the archive');
      const ready = page.getByRole('link', { name: `Download the archive of ${monthOfPeriod()}` });
      await ready.waitFor();
      const [download] = await Promise.all([page.waitForEvent('download'), ready.click()]);
      expect((await readFile(await download.path())).subarray(0, 2).toString()).toBe('PK');
    });
  });
}

/** The period ended yesterday. */
function endOfPeriodMs(): number {
  return Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
}

function monthOfPeriod(): string {
  return new Date(endOfPeriodMs() - 1).toISOString().slice(0, 7);
}

async function useOfEndedPeriod(api: ApiClient, ingestUrl: string): Promise<string> {
  const { id } = await api.json<{ id: string }>(
    api.post('/v1/customers', { name: NAME, zone: 'UTC', billing_day: new Date(endOfPeriodMs()).getUTCDate() }),
  );
  const { secret } = await api.json<{ secret: string }>(
    api.post('/v1/keys', { name: 'use', customer: id, scopes: ['usage:write', 'billing:read'] }),
  );
  await api.json(api.put('/v1/organization/billing', { name: 'The seller', country: 'DE', grace_seconds: null }));
  const usage = { prompt_tokens: 1_000, completion_tokens: 10, total_tokens: 1_010 };
  const time = new Date(endOfPeriodMs() - 2 * DAY_MS).toISOString();
  const shared = { time, type: 'llm.chat', provider: 'openai', usage };
  const ingest = createApiClient(ingestUrl, secret);
  await ingest.json(
    ingest.post('/v1/events', [
      { ...shared, id: 'priced', model: PRICED },
      ...[0, 1, 2].map((number) => ({ ...shared, id: `unpriced-${number}`, model: UNPRICED })),
    ]),
  );
  return id;
}

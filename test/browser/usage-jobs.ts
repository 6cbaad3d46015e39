// What was used: live, by model, as a file, and down to the events.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import type { DashboardStand } from './dashboard-stand.ts';

interface UsageRow {
  readonly group: { readonly model: string };
  readonly tokens: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly cost: string | null;
}

export function usageJobs(stand: () => DashboardStand): void {
  describe('usage', () => {
    let customer: TestCustomer;
    let page: Page;
    beforeAll(async () => {
      const reader = { scopes: ['usage:read', 'usage:write', 'keys:read'] };
      customer = await createTestCustomer(stand().stack);
      const key = await customer.api.json<{ secret: string }>(
        customer.api.post('/v1/keys', { name: 'who looks', customer: customer.customerId, ...reader }),
      );
      page = await stand().openAs(key.secret, '/');
    });
    afterAll(() => page?.context().close());

    const send = (input: number, model = 'gpt-4o') =>
      customer.ingest.json(
        customer.ingest.post('/v1/events', {
          ...{ id: randomUUID(), type: 'llm.chat', provider: 'openai', model },
          usage: { prompt_tokens: input, completion_tokens: 7 },
        }),
      );

    it('the overview shows an event within two seconds of its 202', async () => {
      await send(1_000);
      const tile = page.locator('[data-tile="Tokens"]');
      await tile.getByText('1,007').waitFor();
      await page.getByRole('status').getByText('Live').waitFor();
      await send(500);
      const acknowledgedAtMs = performance.now();
      await tile.getByText('1,514').waitFor({ timeout: 5_000 });
      expect(performance.now() - acknowledgedAtMs).toBeLessThan(2_000);
    });

    it('the explorer has the figures of the api, to the unit, and so has its file', async () => {
      await Promise.all([send(123, 'gpt-4o-mini'), send(45, 'o3-mini'), send(6, 'a-model-without-a-price')]);
      const path = `/v1/usage?start=${dayFromNow(-1)}&end=${dayFromNow(2)}&group_by=model&customer=${customer.customerId}`;
      const rows = await eventually(
        async () => {
          const { data } = await customer.api.json<{ data: UsageRow[] }>(customer.api.get(path));
          expect(data).toHaveLength(4);
          return data;
        },
        { timeoutMs: 5_000 },
      );
      await stand().goTo(page, '/usage?range=today&group=model');
      for (const { group, tokens, requests, cost } of rows) {
        const row = page.locator(`tr[data-group="${group.model}"]`);
        const sum = Object.values(tokens).reduce((total, count) => total + count, 0);
        await row.waitFor();
        expect(await figure(row, 'tokens')).toBe(String(sum));
        expect(await figure(row, 'requests')).toBe(String(requests));
        expect(await figure(row, 'cost')).toBe(`${cost ?? '0'} USD`);
      }
      const total = page.locator('tr[data-group="total"]');
      const all = rows.flatMap(({ tokens }) => Object.values(tokens)).reduce((sum, count) => sum + count, 0);
      expect(await figure(total, 'tokens')).toBe(String(all));
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download CSV' }).click(),
      ]);
      expect(await readFile(await download.path(), 'utf8')).toContain('gpt-4o-mini');
    });

    it('what is chosen stands in the address, which shows the same again', async () => {
      await page.locator('label', { hasText: /^Tokens$/ }).click();
      await page.getByRole('switch', { name: 'Compare with the time before' }).check({ force: true });
      await eventually(async () => expect(page.url()).toMatch(/measure=tokens.*compare=true/), { timeoutMs: 5_000 });
      await page.reload();
      await page.getByRole('columnheader', { name: 'Change of tokens' }).waitFor();
    });

    it('leads down to the events', async () => {
      await page.getByRole('link', { name: 'Events of gpt-4o-mini' }).click();
      await page.getByRole('heading', { name: 'Events', exact: true }).waitFor();
      const rows = page.locator('tr[data-row]');
      await eventually(async () => expect(await rows.count()).toBe(1), { timeoutMs: 5_000 });
      await rows.getByRole('button').click();
      const drawer = page.getByRole('dialog');
      await drawer.getByText('reported').first().waitFor();
      await page.keyboard.press('Escape');
      await drawer.waitFor({ state: 'hidden' });
    });
  });
}

/** As it is shown, without the marks that group its digits. */
async function figure(row: Locator, name: string): Promise<string | undefined> {
  return (await row.locator(`[data-figure="${name}"]`).textContent())?.replaceAll(',', '');
}

function dayFromNow(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
}

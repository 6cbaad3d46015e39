// Customers and their API keys, made and changed by the keyboard alone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DashboardStand } from './dashboard-stand.ts';

export function keyJobs(stand: () => DashboardStand): void {
  describe('customers and keys, by the keyboard alone', () => {
    let page: Page;
    beforeAll(async () => {
      page = await stand().openAs(stand().stack.operatorKey, '/customers');
    });
    afterAll(() => page?.context().close());

    const press = async (name: string): Promise<void> => {
      await page.getByRole('button', { name, exact: true }).focus();
      await page.keyboard.press('Enter');
    };
    const shownSecret = async (): Promise<string> => {
      const shown = page.locator('[data-secret]');
      await shown.waitFor();
      return (await shown.textContent()) ?? '';
    };

    it('a customer and a key are made, and the secret is shown once; it is rotated', async () => {
      await press('New customer');
      await page.locator('[role=dialog] input:focus').waitFor();
      await page.keyboard.type('<b>Ana</b>');
      await page.keyboard.press('Enter');
      await page.locator('tr[data-row]', { hasText: '<b>Ana</b>' }).waitFor();
      await stand().goTo(page, '/keys');
      await press('New API key');
      await page.locator('[role=dialog] input:focus').waitFor();
      await page.keyboard.type('by hand');
      await page.keyboard.press('Tab');
      await page.keyboard.type('<b>Ana');
      await page.getByRole('option', { name: '<b>Ana</b>' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Create' }).focus();
      await page.keyboard.press('Enter');
      const secret = await shownSecret();
      const today = new Date().toISOString().slice(0, 10);
      const res = await fetch(`${stand().stack.api.url}/v1/usage?start=${today}T00:00:00Z&end=${today}T01:00:00Z`, {
        headers: { Authorization: `Bearer ${secret}` },
      });
      expect(res.status).toBe(200);
      await press('I have kept it');
      await press('Actions for by hand');
      await page.getByRole('menuitem', { name: 'Rotate the secret' }).focus();
      await page.keyboard.press('Enter');
      await press('Rotate');
      expect(await shownSecret()).not.toBe(secret);
      await press('I have kept it');
      await page.getByText('old secret in its grace').waitFor();
    });
  });
}

// Signing in with an API key, and out.

import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { DashboardStand } from './dashboard-stand.ts';

export function signInJobs(stand: () => DashboardStand): void {
  describe('signing in', () => {
    let page: Page;
    afterAll(() => page?.context().close());

    it('a wrong key is told, with the request id to quote', async () => {
      page = await stand().open();
      await stand().goTo(page, '/usage?range=30d');
      await page.getByRole('textbox', { name: 'API key' }).fill('tg_live_0000000000000000000000000000003nUU1K');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText('is not valid').waitFor();
      expect(await page.getByRole('alert').textContent()).toMatch(/Request id [\w-]{8,}/);
      expect(await stand().violations(page)).toEqual([]);
    });

    it('leads back to where one was, and no script sees the session', async () => {
      await page.getByRole('textbox', { name: 'API key' }).fill(stand().stack.operatorKey);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Usage' }).waitFor();
      expect(page.url()).toContain('/usage?range=30d');
      expect(await page.evaluate('document.cookie + JSON.stringify({ ...localStorage })')).not.toMatch(/tg_/);
    });

    it('who signs out is out', async () => {
      await page.getByRole('button', { name: /^Account/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      await stand().goTo(page, '/usage');
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
    });
  });
}

// The customer's view, by a link.

import { describe, expect, it } from 'vitest';
import { createTestCustomer } from '../support/customer.ts';
import type { DashboardStand } from './dashboard-stand.ts';

export function portalJobs(stand: () => DashboardStand): void {
  describe('a customer', () => {
    it('sees its own by a link, once', async () => {
      const { api, customerId, ingest } = await createTestCustomer(stand().stack);
      await ingest.json(
        ingest.post('/v1/events', {
          ...{ id: 'one', type: 'llm.chat', provider: 'openai', model: 'gpt-4o' },
          usage: { prompt_tokens: 4_321, completion_tokens: 0 },
        }),
      );
      const link = await api.json<{ url: string }>(api.post('/v1/portal-sessions', { customer: customerId }));
      const page = await stand().open();
      await page.goto(link.url);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await page.locator('[data-tile="Tokens"]').getByText('4,321').waitFor();
      expect(await page.getByText('Top customers').count()).toBe(0);
      await page.goto(link.url);
      await page.reload();
      await page.getByRole('alert').getByText('was used already').waitFor();
      await page.context().close();
    });
  });
}

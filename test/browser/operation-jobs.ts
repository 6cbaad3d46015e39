// What operators do all day: a limit that trips, the webhook that tells of it, dead letters, sessions, and how the system is.

import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import type { DashboardStand } from './dashboard-stand.ts';

/** Of what other services do in between, on a machine that may be busy. */
const TIMEOUT_MS = 30_000;
const JOB_TIMEOUT_MS = 180_000;

export function operationJobs(stand: () => DashboardStand): void {
  describe('operations, by the keyboard alone', () => {
    let customer: TestCustomer;
    let receiver: WebhookReceiver;
    let page: Page;
    const name = `<img src=x onerror=alert(1)> مرحبا ${randomUUID()}`;
    beforeAll(async () => {
      [customer, receiver] = await Promise.all([
        createTestCustomer(stand().stack, { name }),
        startReceiver({ host: '127.0.0.1' }),
      ]);
      page = await stand().openAs(stand().stack.operatorKey, '/webhooks');
    });
    afterAll(async () => {
      await page?.context().close();
      await receiver?.close();
    });

    const press = async (button: string): Promise<void> => {
      await page.getByRole('button', { name: button, exact: true }).focus();
      await page.keyboard.press('Enter');
    };
    const type = async (label: string | RegExp, text: string): Promise<void> => {
      await page.getByRole('textbox', { name: label }).focus();
      await page.keyboard.type(text);
    };
    const pick = async (label: string, text: string): Promise<void> => {
      await page.getByRole('dialog').getByRole('combobox', { name: label, exact: true }).focus();
      await page.keyboard.type(text);
      await page.getByRole('option').filter({ hasText: text }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
    };
    const unique = name.slice(-36);

    it('an endpoint is added, whose secret is shown once', { timeout: JOB_TIMEOUT_MS }, async () => {
      await press('New endpoint');
      await type('URL', `http://127.0.0.1:${receiver.port}/hook`);
      await pick('Of', unique);
      await press('Create');
      const secret = page.locator('[data-secret]');
      await secret.waitFor();
      expect(await secret.textContent()).toMatch(/^whsec_/);
      await press('I have kept it');
      await page.locator('tr[data-row]', { hasText: unique }).waitFor();
    });

    it('a limit is set, and trips while one looks on', { timeout: JOB_TIMEOUT_MS }, async () => {
      await stand().goTo(page, '/limits');
      await press('New limit');
      await pick('API key', unique);
      await type(/^Amount/, '1,000');
      await press('Create');
      const row = page.locator('.limit-row', { hasText: unique });
      const used = row.locator('[data-figure="used"]');
      await used.getByText('0', { exact: true }).waitFor();
      const usage = { prompt_tokens: 1_200, completion_tokens: 34 };
      const event = { id: randomUUID(), type: 'llm.chat', provider: 'openai', model: 'gpt-4o', usage };
      await customer.ingest.json(customer.ingest.post('/v1/events', event));
      await used.getByText('1,234', { exact: true }).waitFor();
      await row.locator('[data-level="full"]').waitFor();
      const asked = { provider: 'openai', model: 'gpt-4o', input_tokens: 1, max_output_tokens: 1 };
      expect(await customer.ingest.json(customer.ingest.post('/v1/authorizations', asked))).toMatchObject({
        ...{ allowed: false, code: 'quota_exceeded' },
      });
    });

    it('the webhook that tells of it comes, and is sent again', { timeout: JOB_TIMEOUT_MS }, async () => {
      const told = await eventually(
        async () => {
          const found = receiver.received.find(({ body }) => JSON.parse(body).type === 'quota.exceeded');
          if (found === undefined) throw new Error(`told of ${receiver.received.map(({ body }) => body)}`);
          return found;
        },
        { timeoutMs: TIMEOUT_MS },
      );
      await stand().goTo(page, '/webhooks');
      const row = page.locator('tr[data-row]', { hasText: `127.0.0.1:${receiver.port}/hook` });
      const sent = row.filter({ hasText: 'quota.exceeded' });
      await sent.getByText('delivered', { exact: true }).waitFor();
      await sent.getByRole('button', { name: 'quota.exceeded' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText(told.id).waitFor();
      expect(await stand().violations(page)).toEqual([]);
      await press('Send it again');
      await eventually(async () => expect(receiver.received.filter(({ id }) => id === told.id)).toHaveLength(2), {
        timeoutMs: TIMEOUT_MS,
      });
      await eventually(async () => expect(await page.getByRole('dialog').getByText('200').count()).toBe(2), {
        timeoutMs: TIMEOUT_MS,
      });
      await page.keyboard.press('Escape');
    });

    it('a dead letter says what to do, is replayed, and discarded', { timeout: JOB_TIMEOUT_MS }, async () => {
      const id = `<b>${randomUUID()}</b>`;
      const usage = { prompt_tokens: -1, completion_tokens: 1 };
      await customer.ingest.post('/v1/events', {
        ...{ id, type: 'llm.chat', provider: 'openai', model: 'gpt-4o', usage },
      });
      await stand().goTo(page, `/dead-letters?customer=${customer.customerId}`);
      await page.locator('[data-reason="invalid_usage"]').waitFor();
      await page.getByRole('checkbox', { name: `Choose ${id}` }).focus();
      await page.keyboard.press('Space');
      await press('Replay 1');
      await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('1 sent through again.').waitFor();
      await page.getByRole('dialog').getByText('Close', { exact: true }).focus();
      await page.keyboard.press('Escape');
      await press('Discard all');
      await type('Why', 'sent anew');
      await type(/^Type discard/, 'discard');
      await page.keyboard.press('Enter');
      await page.getByText('1 discarded.').waitFor();
      expect(await stand().violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByText('No dead letters of this kind').waitFor();
    });

    it('every service is heard of', { timeout: JOB_TIMEOUT_MS }, async () => {
      await stand().goTo(page, '/health');
      for (const service of ['ingest', 'api', 'counter', 'quota', 'webhooks', 'billing']) {
        await page.locator(`[data-service="${service}"]`).getByText('Ready').first().waitFor();
      }
      await page.locator('[data-book="accepted"]').waitFor();
    });

    it('a session that should not be is ended at once', { timeout: JOB_TIMEOUT_MS }, async () => {
      const scopes = ['usage:read', 'keys:read', 'keys:write'];
      const key = await customer.api.json<{ secret: string }>(
        customer.api.post('/v1/keys', { name: 'who signs in', customer: customer.customerId, scopes }),
      );
      const [here, elsewhere] = await Promise.all([
        stand().openAs(key.secret, '/sessions'),
        stand().openAs(key.secret, '/usage'),
      ]);
      await here.reload();
      await here.getByRole('button', { name: 'Sign out all others' }).focus();
      await here.keyboard.press('Enter');
      await here.getByRole('button', { name: 'End the session' }).focus();
      await here.keyboard.press('Enter');
      await eventually(async () => expect(await here.locator('tr[data-row]').count()).toBe(1), {
        timeoutMs: TIMEOUT_MS,
      });
      await elsewhere.reload();
      await elsewhere.getByRole('button', { name: 'Sign in' }).waitFor();
      await Promise.all([here.context().close(), elsewhere.context().close()]);
    });
  });
}

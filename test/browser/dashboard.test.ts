// The dashboard as people use it, on the real system. One stack for all of it: its start is most of the time.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// The generator of the dashboard's types, which is no part of what it exports.
import { typesOf } from '../../services/dashboard/generate-types.mjs';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { type DashboardStand, startDashboardStand } from './dashboard-stand.ts';

let stand: DashboardStand;
let customer: TestCustomer;
let page: Page;

beforeAll(async () => {
  stand = await startDashboardStand();
  customer = await createTestCustomer(stand.stack);
  page = await stand.open();
});
afterAll(() => stand?.close());

const PAGES = [
  '/',
  '/usage',
  '/customers',
  '/keys',
  '/events',
  '/audit-log',
  '/limits',
  '/webhooks',
  '/sessions',
] as const;

const send = (input: number, model = 'gpt-4o') =>
  customer.ingest.json(
    customer.ingest.post('/v1/events', {
      ...{ id: randomUUID(), type: 'llm.chat', provider: 'openai', model },
      usage: { prompt_tokens: input, completion_tokens: 7 },
    }),
  );

const goTo = (path: string) => page.goto(`${stand.stack.api.url}${path}`);

describe('signing in', () => {
  it('a wrong key is told, with the request id to quote', async () => {
    await goTo('/usage?range=30d');
    await page.getByRole('textbox', { name: 'API key' }).fill('tg_live_0000000000000000000000000000003nUU1K');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('is not valid').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/Request id [\w-]{8,}/);
    expect(await stand.violations(page)).toEqual([]);
  });

  it('leads back to where one was, and no script sees the session', async () => {
    await page.getByRole('textbox', { name: 'API key' }).fill(stand.stack.operatorKey);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Usage' }).waitFor();
    expect(page.url()).toContain('/usage?range=30d');
    expect(await page.evaluate('document.cookie + JSON.stringify({ ...localStorage })')).not.toMatch(/tg_/);
  });
});

describe('the overview', () => {
  it('shows an event within two seconds of its 202', async () => {
    await send(1_000);
    await goTo('/');
    const tile = page.locator('[data-tile="Tokens"]');
    await tile.getByText('1,007').waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    await send(500);
    const acknowledgedAtMs = performance.now();
    await tile.getByText('1,514').waitFor({ timeout: 5_000 });
    expect(performance.now() - acknowledgedAtMs).toBeLessThan(2_000);
  });
});

describe('the explorer', () => {
  it('its table has the figures of the api, to the unit, and so has its file', async () => {
    await Promise.all([send(123, 'gpt-4o-mini'), send(45, 'o3-mini'), send(6, 'a-model-without-a-price')]);
    const path = `/v1/usage?start=${dayFromNow(-1)}&end=${dayFromNow(2)}&group_by=model`;
    const rows = await eventually(
      async () => {
        const { data } = await customer.api.json<{ data: UsageRow[] }>(customer.api.get(path));
        expect(data).toHaveLength(4);
        return data;
      },
      { timeoutMs: 5_000 },
    );
    await goTo('/usage?range=today&group=model');
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

describe('by the keyboard alone', () => {
  it('a customer and a key are made, and the secret is shown once; it is rotated', async () => {
    await goTo('/customers');
    await press('New customer');
    await page.locator('[role=dialog] input:focus').waitFor();
    await page.keyboard.type('<b>Ana</b>');
    await page.keyboard.press('Enter');
    await page.locator('tr[data-row]', { hasText: '<b>Ana</b>' }).waitFor();
    await goTo('/keys');
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
    const key = await fetch(`${stand.stack.api.url}/v1/usage?start=${dayFromNow(0)}&end=${dayFromNow(1)}`, {
      headers: { Authorization: `Bearer ${secret}` },
    });
    expect(key.status).toBe(200);
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

describe('every page', () => {
  it.each(['light', 'dark'] as const)('has nothing that axe finds, %s', async (colorScheme) => {
    const other = await stand.open({ colorScheme });
    await stand.signIn(other, stand.stack.operatorKey);
    const found: string[] = [];
    for (const path of PAGES) {
      await other.goto(`${stand.stack.api.url}${path}`);
      await other.getByRole('heading', { level: 1 }).waitFor();
      await other.waitForLoadState('load');
      found.push(...(await stand.violations(other)).map((one) => `${path} ${one}`));
    }
    expect(found).toEqual([]);
    await other.context().close();
  });

  it('fits a phone', async () => {
    const phone = await stand.open({ width: 390 });
    await stand.signIn(phone, stand.stack.operatorKey);
    for (const path of PAGES) {
      await phone.goto(`${stand.stack.api.url}${path}`);
      await phone.getByRole('heading', { level: 1 }).waitFor();
      const overflow = await phone.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect({ path, overflow }).toEqual({ path, overflow: 0 });
    }
    await phone.getByRole('button', { name: 'Navigation', exact: true }).click();
    await phone.getByRole('link', { name: 'Usage' }).click();
    await phone.getByRole('heading', { name: 'Usage', exact: true }).waitFor();
    await phone.context().close();
  });
});

describe('a customer', () => {
  it('sees its own by a link, once', async () => {
    const link = await customer.api.json<{ url: string }>(
      customer.api.post('/v1/portal-sessions', { customer: customer.customerId }),
    );
    const theirs = await stand.open();
    await theirs.goto(link.url);
    await theirs.getByRole('heading', { name: 'Overview' }).waitFor();
    await theirs.locator('[data-tile="Tokens"]').getByText(/^1,7/).first().waitFor();
    expect(await theirs.getByText('Top customers').count()).toBe(0);
    await theirs.goto(link.url);
    await theirs.reload();
    await theirs.getByRole('alert').getByText('was used already').waitFor();
    await theirs.context().close();
  });
});

it('who signs out is out', async () => {
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await goTo('/usage');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});

it('the types that the pages are checked with are those of the api', async () => {
  const document = await (await fetch(`${stand.stack.api.url}/openapi.json`)).json();
  const file = new URL('../../services/dashboard/src/api/schema.ts', import.meta.url);
  expect(typesOf(document)).toBe(await readFile(file, 'utf8'));
});

it('no page asked another origin, broke the policy, or failed', () => {
  expect(stand.offences).toEqual([]);
});

async function press(name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).focus();
  await page.keyboard.press('Enter');
}

async function shownSecret(): Promise<string> {
  const shown = page.locator('[data-secret]');
  await shown.waitFor();
  return (await shown.textContent()) ?? '';
}

interface UsageRow {
  readonly group: { readonly model: string };
  readonly tokens: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly cost: string | null;
}

/** As it is shown, without the marks that group its digits. */
async function figure(row: ReturnType<Page['locator']>, name: string): Promise<string | undefined> {
  return (await row.locator(`[data-figure="${name}"]`).textContent())?.replaceAll(',', '');
}

function dayFromNow(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
}

// The end of every row on a whole stack: usage, limits, the invoice and the webhooks are held against what was acknowledged.

import { parseDecimal } from '@tollgate/domain';
import { expect } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import type { Quantities } from './journal.ts';
import { ALERT_TOKENS, SETTLE_TIMEOUT_MS, type WholeScene } from './scene.ts';
import { MODELS } from './traffic.ts';
import { expectExact } from './verify.ts';

/** What was counted, by the event's id. */
type Counted = ReadonlyMap<string, Quantities>;

interface Invoice {
  readonly id: string;
  readonly state: string;
  readonly subtotal: string | null;
}

const settled = { timeoutMs: SETTLE_TIMEOUT_MS };

export async function expectAllHolds(scene: WholeScene, close: (invoiceId: string) => Promise<void>): Promise<void> {
  const journal = await scene.traffic.stop();
  const keys = await scene.keyMaking.stop();
  const counted = await expectExact({ ...scene.customer, journal, timeoutMs: SETTLE_TIMEOUT_MS });
  await expectLimits(scene, counted);
  const invoiceId = await draftOf(scene);
  await close(invoiceId);
  await expectInvoiced(scene, invoiceId, counted);
  await expectTold(scene, { keys, invoiceId, counted });
}

async function expectLimits({ customer: { api }, blockLimitId, alertLimitId }: WholeScene, counted: Counted) {
  const used = tokensOf(counted);
  await eventually(async () => {
    for (const id of [blockLimitId, alertLimitId]) {
      expect(await api.json(api.get(`/v1/limits/${id}`))).toMatchObject({ state: 'known', used, held: 0 });
    }
  }, settled);
}

function tokensOf(counted: Counted): number {
  return [...counted.values()].reduce((sum, { input, output }) => sum + input + output, 0);
}

async function draftOf({ customer: { api, customerId } }: WholeScene): Promise<string> {
  return await eventually(async () => {
    const { data } = await api.json<{ data: readonly Invoice[] }>(
      api.get(`/v1/invoices?customer=${customerId}&state=draft`),
    );
    expect(data, 'drafts of the period').toHaveLength(1);
    return data[0]?.id ?? '';
  }, settled);
}

/** As finance does it: tried again until it is accepted. */
export async function finalize({ customer: { api } }: WholeScene, invoiceId: string): Promise<void> {
  await eventually(async () => {
    const { state } = await api.json<Invoice>(api.get(`/v1/invoices/${invoiceId}`));
    if (state === 'draft') await api.json(api.post(`/v1/invoices/${invoiceId}/finalize`, {}));
  }, settled);
}

/** Exactly one invoice, which comes to what its events come to at list prices, and agrees with its ledger. */
async function expectInvoiced({ customer }: WholeScene, invoiceId: string, counted: Counted): Promise<void> {
  const { api, customerId } = customer;
  const { data } = await api.json<{ data: readonly Invoice[] }>(api.get(`/v1/invoices?customer=${customerId}`));
  expect(data).toEqual([expect.objectContaining({ id: invoiceId, state: 'finalized' })]);
  expect(parseDecimal(data[0]?.subtotal ?? '', 2)).toBe(await centsOf(api, counted));
  const verified = await api.json(api.post(`/v1/invoices/${invoiceId}/verify`, {}));
  expect(verified).toEqual({ equal: true, differences: [] });
}

const PICO_OF_CENT = 10n ** 10n;

/** A line for each model and class, rounded by itself. */
async function centsOf(api: ApiClient, counted: Counted): Promise<bigint> {
  let cents = 0n;
  for (const model of MODELS) {
    const rates = await listPrices(api, model);
    const rows = [...counted.values()].filter((row) => row.model === model);
    for (const kind of ['input', 'output'] as const) {
      const tokens = rows.reduce((sum, row) => sum + BigInt(row[kind]), 0n);
      cents += (tokens * rates[kind] + PICO_OF_CENT / 2n) / PICO_OF_CENT;
    }
  }
  return cents;
}

/** Micro-units for a million tokens are picounits for one. */
async function listPrices(api: ApiClient, model: string) {
  const { data } = await api.json<{ data: readonly { readonly class: string; readonly amount: string }[] }>(
    api.get(`/v1/prices/effective?provider=openai&model=${model}`),
  );
  const picoOf = (name: string): bigint =>
    parseDecimal(data.find((rate) => rate.class === name)?.amount ?? '', 6) ?? expect.fail(`${model} has no ${name}`);
  return { input: picoOf('input'), output: picoOf('output') };
}

interface Facts {
  readonly keys: readonly string[];
  readonly invoiceId: string;
  readonly counted: Counted;
}

/** Every fact was told of, and whatever was sent has arrived. */
async function expectTold(scene: WholeScene, { keys, invoiceId, counted }: Facts): Promise<void> {
  const { customer, endpointId, receiver } = scene;
  const { api } = customer;
  await eventually(async () => {
    const sent = await messagesOf(api, endpointId);
    const ids = receiver.ids();
    expect(sent.filter((id) => !ids.has(id))).toEqual([]);
    const bodies = receiver.received.map(({ body }) => body);
    const isTold = (type: string, id: string): boolean =>
      bodies.some((body) => body.includes(`"${type}"`) && body.includes(id));
    expect(keys.filter((id) => !isTold('key.created', id))).toEqual([]);
    expect(isTold('invoice.finalized', invoiceId)).toBe(true);
  }, settled);
  await expectAlerted(scene, tokensOf(counted));
}

async function messagesOf(api: ApiClient, endpointId: string): Promise<readonly string[]> {
  interface Page {
    readonly data: readonly { readonly message: string }[];
    readonly next_cursor: string | null;
  }
  const messages: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page = await api.json(api.get(`/v1/webhook-deliveries?endpoint=${endpointId}&limit=1000${after}`));
    messages.push(...page.data.map(({ message }) => message));
    cursor = page.next_cursor;
  }
  return messages;
}

/** Each threshold that was passed, once. */
async function expectAlerted({ customer: { api }, alertLimitId, receiver }: WholeScene, used: number): Promise<void> {
  const passed = [100, 90, 75, 50].filter((percent) => used * 100 >= ALERT_TOKENS * percent);
  await eventually(async () => {
    const { data } = await api.json<{ data: readonly { readonly threshold: number }[] }>(
      api.get(`/v1/limits/${alertLimitId}/alerts`),
    );
    expect(data.map(({ threshold }) => threshold)).toEqual(passed);
    const told = new Set(receiver.received.filter(({ body }) => body.includes(alertLimitId)).map(({ id }) => id));
    expect(told.size).toBe(passed.length);
  }, settled);
}

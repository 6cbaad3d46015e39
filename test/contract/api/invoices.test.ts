// Invoices over HTTP, as far as no counter is needed: what is previewed and drafted, for whom, in which files, and what is refused.

import { type Accounts, createPostgresAccounts, type Invoice } from '@tollgate/accounts';
import { createIdGenerator, createLogger, systemClock } from '@tollgate/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, startApiFixture } from './api-fixture.ts';

const newId = createIdGenerator(systemClock);
const PERIOD = { startMs: Date.UTC(2026, 8, 1), endMs: Date.UTC(2026, 9, 1) };

let fixture: ApiFixture;
let accounts: Accounts;
beforeAll(async () => {
  fixture = await startApiFixture();
  const logger = createLogger({ service: 'test', level: 'silent' });
  accounts = createPostgresAccounts({ url: fixture.postgres.url, clock: systemClock, logger });
});
afterAll(async () => {
  await accounts?.close();
  await fixture?.close();
});

async function addCustomer() {
  const { id } = await fixture.createCustomer();
  const { secret } = await fixture.createKey({ customer: id, scopes: ['billing:read'] });
  return { id, secret };
}

async function draftOf(customerId: string): Promise<Invoice> {
  const draft: Invoice = {
    ...{ id: newId('inv'), customerId, period: PERIOD, zone: 'UTC', currency: 'USD', state: 'draft' },
    ...{ draftedAtMs: PERIOD.endMs, finalizesAtMs: null, refusal: null, snapshot: null },
    ...{ settledAtMs: null, settledReason: null },
  };
  await accounts.createDraft(draft);
  return draft;
}

describe('200', () => {
  it('a preview is of the period under way, for the customer alone what it is', async () => {
    const { id, secret } = await addCustomer();
    const own = await fixture.call('GET', '/v1/invoices/preview', { secret });
    expect(own, own.text).toMatchObject({ status: 200, body: { state: 'gathering', customer: id, refusals: null } });
    expect(own.body.document).toMatchObject({ number: null, buyer: { id }, totals: { total: '0.00' } });
    const operators = await fixture.call('GET', `/v1/invoices/preview?customer=${id}`);
    expect(operators.body.refusals.map(({ code }: { code: string }) => code)).toContain('period_not_ended');
  });

  it('the operator sees drafts, in the files that a draft can be had in; the customer sees none', async () => {
    const { id, secret } = await addCustomer();
    const draft = await draftOf(id);
    const listed = await fixture.call('GET', `/v1/invoices?customer=${id}`);
    expect(listed.body.data).toMatchObject([{ id: draft.id, state: 'draft', number: null }]);
    expect((await fixture.call('GET', '/v1/invoices', { secret })).body.data).toEqual([]);
    for (const [format, type] of [
      ['json', 'application/json'],
      ['csv', 'text/csv'],
      ['focus_csv', 'text/csv'],
      ['pdf', 'application/pdf'],
    ]) {
      const file = await fixture.call('GET', `/v1/invoices/${draft.id}?format=${format}`);
      expect(file, file.text).toMatchObject({ status: 200 });
      expect(file.headers.get('content-type')).toContain(type);
      expect(file.headers.get('content-disposition')).toContain(`draft-${draft.id}`);
    }
  });

  it('what a draft lacks for a file, and what stands against finalizing it, is told before it is asked for', async () => {
    const { id } = await addCustomer();
    const draft = await draftOf(id);
    const formats = await fixture.call('GET', `/v1/invoices/${draft.id}/formats`);
    const lacks = new Map(formats.body.data.map((one: { format: string; lacks: string[] }) => [one.format, one.lacks]));
    expect(lacks.get('pdf')).toEqual([]);
    expect(lacks.get('ubl')).toContain('The invoice has no number: it is not finalized (BR-02).');
    const refusals = await fixture.call('GET', `/v1/invoices/${draft.id}/refusals`);
    const codes = refusals.body.data.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(expect.arrayContaining(['not_all_counted', 'seller_unknown']));
    // Nothing was tried, so the draft keeps nothing of it.
    expect((await accounts.invoice(draft.id))?.refusal).toBeNull();
  });

  it.each(['invoice', 'credit_note'])('the schema of the canonical %s is open to all', async (name) => {
    const schema = await fixture.call('GET', `/v1/schemas/${name}`, { secret: null });
    expect(schema.body).toMatchObject({ type: 'object', title: expect.any(String) });
  });
});

it('400: a format, a month and a state that there are not', async () => {
  const { id } = await addCustomer();
  const draft = await draftOf(id);
  for (const path of [`/${draft.id}?format=docx`, '?month=2026-13', '?state=lost', '?limit=0']) {
    const answer = await fixture.call('GET', `/v1/invoices${path}`);
    expect([400, 422], answer.text).toContain(answer.status);
    expect(answer.body.errors).toHaveLength(1);
  }
});

it("403: acts are the operator's", async () => {
  const { id } = await addCustomer();
  const { secret } = await fixture.createKey({ customer: id, scopes: ['billing:read', 'billing:write'] });
  const draft = await draftOf(id);
  expect((await fixture.call('GET', `/v1/invoices/${draft.id}/refusals`, { secret })).status).toBe(403);
  const refused = await fixture.call('POST', `/v1/invoices/${draft.id}/finalize`, { secret, body: {} });
  expect([403, 404], refused.text).toContain(refused.status);
  expect((await accounts.invoice(draft.id))?.state).toBe('draft');
});

it("404: no such invoice, another customer's, and a draft for its customer", async () => {
  const [one, other] = [await addCustomer(), await addCustomer()];
  const draft = await draftOf(one.id);
  expect((await fixture.call('GET', '/v1/invoices/inv_nothing')).status).toBe(404);
  for (const { secret } of [one, other]) {
    for (const path of ['', '/formats']) {
      const answer = await fixture.call('GET', `/v1/invoices/${draft.id}${path}`, { secret });
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  }
});

it('409: what is not all counted, or of which nobody says who sells, is not finalized, and the draft says why', async () => {
  const { id } = await addCustomer();
  const draft = await draftOf(id);
  const refused = await fixture.call('POST', `/v1/invoices/${draft.id}/finalize`, { body: {} });
  expect(refused, refused.text).toMatchObject({ status: 409, body: { code: 'books_do_not_balance' } });
  const pointers = refused.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  expect(pointers).toEqual(expect.arrayContaining(['not_all_counted', 'seller_unknown']));
  const { body } = await fixture.call('GET', `/v1/invoices/${draft.id}`);
  expect(body.refusal.reasons.length).toBeGreaterThan(0);
});

it.each(['ubl', 'cii'])('422: what %s asks for and the invoice does not say is named', async (format) => {
  const { id } = await addCustomer();
  const draft = await draftOf(id);
  const answer = await fixture.call('GET', `/v1/invoices/${draft.id}?format=${format}`);
  expect(answer, answer.text).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  expect(answer.body.detail).toContain('The invoice has no number');
  expect(answer.body.errors.length).toBeGreaterThan(1);
});

// The terms that customers are billed by: said by the operator, seen by the customer, and never changed for a period whose
// invoice is finalized.

import { type Accounts, createPostgresAccounts } from '@tollgate/accounts';
import { createLogger, systemClock } from '@tollgate/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, startApiFixture } from './api-fixture.ts';

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

const TERMS = {
  charges: [
    {
      id: 'tokens',
      description: 'Tokens',
      classes: ['input', 'output'],
      price_model: {
        kind: 'graduated',
        tiers: [
          { up_to: '1000000', unit_price: '0.0000025' },
          { up_to: null, unit_price: '0.000001' },
        ],
      },
      allowance: '1000',
    },
  ],
  fees: [{ id: 'base', description: 'Base fee', amount: '20.00' }],
  commitment: { id: 'minimum', description: 'Minimum', amount: '50', charges: ['tokens', 'base'] },
};

async function created(path: string, body: object) {
  const answer = await fixture.call('POST', path, { body });
  expect(answer, answer.text).toMatchObject({ status: 201 });
  return answer.body;
}

async function addCustomer() {
  const { id } = await fixture.createCustomer();
  const { secret } = await fixture.createKey({ customer: id, scopes: ['billing:read', 'billing:write'] });
  return { id, secret };
}

const addPlan = (fields: object = {}) => created('/v1/plans', { name: 'Team', ...TERMS, ...fields });

it('the seller says what its invoices say', async () => {
  expect((await fixture.call('GET', '/v1/organization/billing')).status).toBe(404);
  const said = {
    name: 'Tollgate GmbH',
    address: ['1 Way', 'Berlin'],
    country: 'DE',
    number_prefix: 'TG',
    grace_seconds: null,
  };
  const set = await fixture.call('PUT', '/v1/organization/billing', { body: said });
  const filled = { tax_ids: [], email: null, payment_details: null, payment_term_days: 30 };
  expect(set).toMatchObject({ status: 200, body: { ...said, ...filled } });
  expect((await fixture.call('GET', '/v1/organization/billing')).body).toEqual(set.body);
});

it('a plan comes back as it was made, with every default written out; versions are added', async () => {
  const plan = await addPlan();
  const [charge] = TERMS.charges;
  const tiers = charge?.price_model.tiers.map((tier) => ({ ...tier, flat_fee: '0' }));
  const full = {
    ...{ ...charge, price_model: { kind: 'graduated', tiers }, model: null, project: null, takes: 'own', split_by: [] },
    ...{ discount: null, maximum: null, minimum: null },
  };
  const commitment = { ...TERMS.commitment, amount: '50.00' };
  expect(plan.version).toMatchObject({ version: 1, currency: 'EUR', charges: [full], fees: TERMS.fees, commitment });
  const second = await created(`/v1/plans/${plan.id}/versions`, { fees: [] });
  expect(second).toMatchObject({ plan: plan.id, version: 2, charges: [], fees: [], commitment: null });
  expect((await fixture.call('GET', `/v1/plans/${plan.id}`)).body).toMatchObject({
    latest_version: 2,
    version: second,
  });
  expect((await fixture.call('GET', `/v1/plans/${plan.id}/versions/1`)).body).toEqual(plan.version);
  const page = await fixture.call('GET', `/v1/plans/${plan.id}/versions?limit=1`);
  expect(page.body).toEqual({ data: [second], next_cursor: '2' });
  const rest = await fixture.call('GET', `/v1/plans/${plan.id}/versions?limit=1&cursor=2`);
  expect(rest.body).toEqual({ data: [plan.version], next_cursor: null });

  expect((await fixture.call('DELETE', `/v1/plans/${plan.id}`)).status).toBe(204);
  const version = await fixture.call('POST', `/v1/plans/${plan.id}/versions`, { body: {} });
  const { id } = await addCustomer();
  const subscribed = await fixture.call('POST', '/v1/subscriptions', { body: { customer: id, plan: plan.id } });
  for (const refused of [version, subscribed])
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

describe('a plan is refused with a pointer to what is wrong:', () => {
  const charge = { id: 'c', description: 'c', classes: ['output'], price_model: { kind: 'per_unit', unit_price: '1' } };
  it.each([
    ['a fee with too many digits', { fees: [{ id: 'f', description: 'f', amount: '1.001' }] }, '/fees/0/amount'],
    ['a charge by quantity without a unit', { charges: [{ ...charge, classes: null }] }, '/charges/0'],
    [
      'tiers that do not grow',
      { charges: [{ ...charge, price_model: { kind: 'volume', tiers: [{ up_to: '5', unit_price: '1' }] } }] },
      '/charges/0',
    ],
    ['a meter that is none', { charges: [{ ...charge, classes: ['meter:none'] }] }, '/charges/0/classes/0'],
    ['a project that is none', { charges: [{ ...charge, project: 'prj_none' }] }, '/charges/0/project'],
    [
      'a commitment of what is not there',
      { commitment: { id: 'm', description: 'm', amount: '1', charges: ['x'] } },
      '/commitment/charges/0',
    ],
    ['an id that is there twice', { charges: [charge, charge] }, ''],
    [
      'a price model that is none',
      { charges: [{ ...charge, price_model: { kind: 'free' } }] },
      '/charges/0/price_model/kind',
    ],
    [
      'a number for a price',
      { charges: [{ ...charge, price_model: { kind: 'per_unit', unit_price: 1 } }] },
      '/charges/0/price_model/unit_price',
    ],
  ])('%s', async (_, terms, pointer) => {
    const { status, body } = await fixture.call('POST', '/v1/plans', { body: { name: 'p', ...terms } });
    expect({ status, code: body.code }, JSON.stringify(body)).toEqual({ status: 422, code: 'validation_failed' });
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });
});

describe('subscriptions', () => {
  it('begin, change and end, one at a time', async () => {
    const [customer, plan] = [await addCustomer(), await addPlan()];
    const start = '2026-03-01T00:00:00Z';
    const first = await created('/v1/subscriptions', { customer: customer.id, plan: plan.id, start });
    expect(first).toMatchObject({ customer: customer.id, plan: plan.id, version: 1, end: null });
    const again = await fixture.call('POST', '/v1/subscriptions', { body: { customer: customer.id, plan: plan.id } });
    expect(again).toMatchObject({ status: 409, body: { code: 'conflict' } });

    await created(`/v1/plans/${plan.id}/versions`, {});
    const second = await created(`/v1/subscriptions/${first.id}/change`, { at: '2026-03-11T00:00:00Z' });
    expect(second).toMatchObject({ version: 2, start: '2026-03-11T00:00:00.000Z', end: null });
    const ended = await fixture.call('POST', `/v1/subscriptions/${second.id}/end`, {
      body: { at: '2026-04-01T00:00:00Z' },
    });
    expect(ended).toMatchObject({ status: 200, body: { end: '2026-04-01T00:00:00.000Z' } });
    const seen = await fixture.call('GET', `/v1/subscriptions?customer=${customer.id}`);
    expect(seen.body.data).toEqual([{ ...first, end: second.start }, ended.body]);

    const outside = await fixture.call('POST', `/v1/subscriptions/${second.id}/change`, {
      body: { at: '2026-04-01T00:00:00Z' },
    });
    expect(outside).toMatchObject({ status: 422, body: { errors: [{ pointer: '/at' }] } });
    const yen = await created('/v1/plans', { name: 'Yen', currency: 'JPY' });
    const foreign = await fixture.call('POST', '/v1/subscriptions', { body: { customer: customer.id, plan: yen.id } });
    expect(foreign).toMatchObject({ status: 422, body: { errors: [{ pointer: '/plan' }] } });
  });

  it('do not change in a period whose invoice is finalized', async () => {
    const [customer, plan] = [await addCustomer(), await addPlan()];
    const may = { startMs: Date.UTC(2026, 4, 1), endMs: Date.UTC(2026, 5, 1) };
    const subscription = await created('/v1/subscriptions', {
      customer: customer.id,
      plan: plan.id,
      start: '2026-04-01T00:00:00Z',
    });
    await accounts.closePeriod({ customerId: customer.id, ...may, invoiceId: 'inv_x' });
    const immutable = { status: 409, body: { code: 'invoice_immutable' } };
    const act = (name: string, at: string) =>
      fixture.call('POST', `/v1/subscriptions/${subscription.id}/${name}`, { body: { at } });
    for (const name of ['change', 'end']) {
      expect(await act(name, '2026-04-15T00:00:00Z')).toMatchObject(immutable);
      expect(await act(name, '2026-05-31T23:59:59Z')).toMatchObject(immutable);
    }
    expect(await act('end', '2026-06-01T00:00:00Z')).toMatchObject({ status: 200 });
    // Another end after the period changes nothing in it; one before it would.
    expect(await act('end', '2026-06-10T00:00:00Z')).toMatchObject({ status: 200 });
    expect(await act('end', '2026-05-10T00:00:00Z')).toMatchObject(immutable);
    const other = await addCustomer();
    await accounts.closePeriod({ customerId: other.id, ...may, invoiceId: 'inv_y' });
    const body = { customer: other.id, plan: plan.id, start: '2026-01-01T00:00:00Z' };
    expect(await fixture.call('POST', '/v1/subscriptions', { body })).toMatchObject(immutable);
    await created('/v1/subscriptions', { ...body, start: '2026-06-01T00:00:00Z' });
  });
});

it('taxes, coupons and what an invoice says of a customer', async () => {
  const customer = await addCustomer();
  const path = `/v1/customers/${customer.id}`;
  expect((await fixture.call('GET', `${path}/billing`)).body).toMatchObject({
    name: 'A customer',
    tax: { kind: 'none' },
  });
  const rate = await created('/v1/tax-rates', { name: 'VAT', percent: '19.0', country: 'DE' });
  expect(rate.percent).toBe('19');
  const tax = { kind: 'taxed', rates: [rate.id], prices: 'added' };
  const said = {
    name: 'Acme GmbH',
    address: ['2 Way'],
    email: 'a@example.com',
    purchase_order: 'PO 7',
    tax,
    low_balance: '5',
  };
  const set = await fixture.call('PUT', `${path}/billing`, { body: said });
  expect(set).toMatchObject({ status: 200, body: { ...said, low_balance: '5.00', prepaid_only: false } });
  expect((await fixture.call('DELETE', `/v1/tax-rates/${rate.id}`)).status).toBe(204);
  // Whoever has it keeps it.
  expect((await fixture.call('PUT', `${path}/billing`, { body: said })).status).toBe(200);
  const other = await fixture.call('PUT', `/v1/customers/${(await addCustomer()).id}/billing`, { body: said });
  expect(other).toMatchObject({ status: 422, body: { errors: [{ pointer: '/tax/rates/0' }] } });
  const reversed = await fixture.call('PUT', `${path}/billing`, { body: { tax: { kind: 'reverse_charge' } } });
  expect(reversed.body.tax.text).toMatch(/^Reverse charge/);

  const coupon = await created('/v1/coupons', { description: 'Welcome', percent: '12.50' });
  expect(coupon).toMatchObject({ percent: '12.5', amount: null, currency: null });
  expect(await created('/v1/coupons', { description: 'Sorry', amount: '3' })).toMatchObject({
    amount: '3.00',
    currency: 'EUR',
  });
  for (const wrong of [{}, { percent: '1', amount: '1' }, { percent: '101' }, { amount: '0' }]) {
    const refused = await fixture.call('POST', '/v1/coupons', { body: { description: 'x', ...wrong } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  }
  const given = await created(`${path}/coupons`, { coupon: coupon.id, max_invoices: 3 });
  expect(await fixture.call('POST', `${path}/coupons`, { body: { coupon: coupon.id } })).toMatchObject({ status: 409 });
  const seen = await fixture.call('GET', `${path}/coupons`, { secret: customer.secret });
  expect(seen.body).toEqual({ data: [given] });
  expect((await fixture.call('DELETE', `${path}/coupons/${given.id}`)).status).toBe(204);
  expect((await fixture.call('GET', `${path}/coupons`)).body.data[0].end).toMatch(/Z$/);
});

it('credit is granted, seen by its customer, and revoked once', async () => {
  const customer = await addCustomer();
  const grant = await created('/v1/credit-grants', { customer: customer.id, amount: '100', kind: 'paid' });
  expect(grant).toMatchObject({ amount: '100.00', left: '100.00', priority: 100, expires_at: null, charges: null });
  const later = { customer: customer.id, amount: '7.5', kind: 'promotional', effective_from: '2999-01-01T00:00:00Z' };
  const future = await created('/v1/credit-grants', later);
  const path = `/v1/customers/${customer.id}/credit`;
  const seen = await fixture.call('GET', path, { secret: customer.secret });
  expect(seen.body).toMatchObject({ balance: '100.00', currency: 'EUR', grants: [grant, future] });
  for (const _ of ['once', 'again']) {
    const revoked = await fixture.call('POST', `/v1/credit-grants/${grant.id}/revoke`, {
      body: { reason: 'a mistake' },
    });
    expect(revoked).toMatchObject({ status: 200, body: { left: '0.00' } });
  }
  const first = await fixture.call('GET', `${path}/entries?limit=2`, { secret: customer.secret });
  expect(first.body.data.map(({ kind }: { kind: string }) => kind)).toEqual(['granted', 'granted']);
  const next = encodeURIComponent(first.body.next_cursor);
  const second = await fixture.call('GET', `${path}/entries?limit=2&cursor=${next}`, { secret: customer.secret });
  expect(second.body).toMatchObject({
    data: [{ grant: grant.id, kind: 'revoked', amount: '100.00' }],
    next_cursor: null,
  });
  for (const wrong of [
    { amount: '0' },
    { amount: '1.001' },
    { amount: '-1' },
    { expires_at: '2020-01-01T00:00:00Z' },
  ]) {
    const body = { customer: customer.id, amount: '1', kind: 'paid', ...wrong };
    expect(await fixture.call('POST', '/v1/credit-grants', { body })).toMatchObject({ status: 422 });
  }
  const log = await fixture.call('GET', `/v1/audit-log?subject=${grant.id}`);
  expect(log.body.data.map(({ action }: { action: string }) => action)).toEqual([
    'credit_grant.revoked',
    'credit_grant.created',
  ]);
});

it('a customer sees its own terms only, and changes none of them', async () => {
  const [mine, other, plan] = [await addCustomer(), await addCustomer(), await addPlan()];
  const theirs = await created('/v1/subscriptions', { customer: other.id, plan: plan.id });
  const grant = await created('/v1/credit-grants', { customer: other.id, amount: '1', kind: 'paid' });
  const secret = mine.secret;
  for (const path of [
    `/v1/customers/${other.id}/billing`,
    `/v1/customers/${other.id}/credit`,
    `/v1/customers/${other.id}/credit/entries`,
    `/v1/customers/${other.id}/coupons`,
    `/v1/subscriptions/${theirs.id}`,
    `/v1/credit-grants/${grant.id}`,
    `/v1/plans/${plan.id}`,
    `/v1/plans/${plan.id}/versions/1`,
  ]) {
    expect(await fixture.call('GET', path, { secret }), path).toMatchObject({ status: 404 });
    expect(await fixture.call('GET', path), path).toMatchObject({ status: 200 });
  }
  for (const path of ['/v1/subscriptions', '/v1/credit-grants']) {
    expect((await fixture.call('GET', path, { secret })).body.data).toEqual([]);
    expect(await fixture.call('GET', `${path}?customer=${other.id}`, { secret })).toMatchObject({ status: 403 });
  }
  expect(await fixture.call('GET', `/v1/plans/${plan.id}`, { secret: other.secret })).toMatchObject({ status: 200 });
  for (const [method, path, body] of [
    ['PUT', '/v1/organization/billing', {}],
    ['PUT', `/v1/customers/${mine.id}/billing`, {}],
    ['GET', '/v1/plans', undefined],
    ['POST', '/v1/plans', { name: 'p' }],
    ['POST', '/v1/subscriptions', { customer: mine.id, plan: plan.id }],
    ['POST', `/v1/subscriptions/${theirs.id}/end`, {}],
    ['GET', '/v1/coupons', undefined],
    ['POST', '/v1/tax-rates', { name: 'VAT', percent: '0' }],
    ['POST', '/v1/credit-grants', { customer: mine.id, amount: '1', kind: 'paid' }],
    ['POST', `/v1/credit-grants/${grant.id}/revoke`, {}],
  ] as const) {
    const answer = await fixture.call(method, path, { secret, ...(body === undefined ? {} : { body }) });
    expect(answer, `${method} ${path}`).toMatchObject({ status: 403, body: { code: 'customer_mismatch' } });
  }
});

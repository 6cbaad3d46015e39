// Prices through the api on real servers: made, listed, looked up, simulated, imported and exported.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

let count = 0;
const newModel = (): string => `model-${++count}`;
const FROM = '2026-01-01T00:00:00.000Z';
const AT = '2026-06-01T00:00:00Z';
const minimal = () => ({ provider: 'acme', model: newModel(), class: 'input', amount: '2.50', effective_from: FROM });

async function createPrice(fields: object) {
  const { status, body, text } = await fixture.call('POST', '/v1/prices', { body: fields });
  if (status !== 201) throw new Error(text);
  return body;
}

describe('POST /v1/prices', () => {
  it('makes a version with everything that was left out, known to whoever sends from now on', async () => {
    const given = minimal();
    const price = await createPrice(given);
    expect(price).toEqual({
      ...given,
      id: expect.stringMatching(/^prc_[0-9a-z]{26}$/),
      customer: null,
      service_tier: 'standard',
      context: null,
      region: null,
      amount: '2.5',
      per: 'million_tokens',
      currency: 'EUR',
      effective_to: null,
      known_from: expect.any(String),
      source: null,
      note: null,
      created_at: expect.any(String),
      created_by: expect.stringMatching(/^key_/),
    });
    expect(Date.parse(price.known_from)).toBeLessThanOrEqual(Date.now());
    expect((await fixture.call('GET', `/v1/prices/${price.id}`)).body).toEqual(price);
  });

  it('makes all of a list or none, and says what is wrong with each', async () => {
    const [good, bad] = [minimal(), { ...minimal(), amount: '0.0000001' }];
    const refused = await fixture.call('POST', '/v1/prices', { body: [good, bad] });
    expect(refused).toMatchObject(problemOf(422, 'validation_failed'));
    expect(refused.body.errors).toMatchObject([{ pointer: '/1/amount' }]);
    expect((await fixture.call('GET', `/v1/prices?model=${good.model}`)).body.data).toEqual([]);
    const made = await fixture.call('POST', '/v1/prices', { body: [good, minimal()] });
    expect(made.body.data).toHaveLength(2);
  });

  it.each([
    ['an amount that is no decimal', { amount: '1e3' }, '/amount'],
    ['a negative amount', { amount: '-1' }, '/amount'],
    ['an amount as a number', { amount: 1 }, '/amount'],
    ['a class without prices', { class: 'inputs' }, '/class'],
    ['a star within a name', { model: 'gpt-*-mini' }, '/model'],
    ['an end before the beginning', { effective_to: FROM }, '/effective_to'],
    ['a customer that is not there', { customer: `cus_${'0'.repeat(26)}` }, '/customer'],
    ['a tier without a name', { service_tier: 'scale' }, '/service_tier'],
  ])('refuses %s', async (_name, fields, pointer) => {
    const refused = await fixture.call('POST', '/v1/prices', { body: { ...minimal(), ...fields } });
    expect(refused).toMatchObject(problemOf(422, 'validation_failed'));
    expect(refused.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it("takes a customer's price in the customer's currency alone", async () => {
    const customer = await fixture.createCustomer({ currency: 'JPY' });
    const given = { ...minimal(), customer: customer.id };
    expect((await createPrice(given)).currency).toBe('JPY');
    const refused = await fixture.call('POST', '/v1/prices', { body: { ...given, currency: 'EUR' } });
    expect(refused.body.errors).toMatchObject([{ pointer: '/currency' }]);
  });

  it('enters each into the audit log', async () => {
    const price = await createPrice(minimal());
    const { body } = await fixture.call('GET', `/v1/audit-log?subject=${price.id}`);
    expect(body.data).toMatchObject([{ action: 'price.created', after: { id: price.id, amount: '2.5' } }]);
  });
});

describe("a customer's key", () => {
  it('sees its own prices and what it pays, and neither the list nor what is made from it', async () => {
    const model = newModel();
    const customer = await fixture.createCustomer();
    const other = await fixture.createCustomer();
    const { secret } = await fixture.createKey({ customer: customer.id, scopes: ['billing:read'] });
    const list = await createPrice({ ...minimal(), model });
    const own = await createPrice({ ...minimal(), model, class: 'output', customer: customer.id, amount: '7' });
    const others = await createPrice({ ...minimal(), model, customer: other.id, amount: '9' });
    await fixture.call('POST', '/v1/markups', {
      body: { provider: 'acme', model, percent: '20', effective_from: FROM, currency: 'EUR' },
    });
    const listed = await fixture.call('GET', `/v1/prices?model=${model}`, { secret });
    expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([own.id]);
    expect((await fixture.call('GET', `/v1/prices/${list.id}`, { secret })).status).toBe(404);
    expect((await fixture.call('GET', `/v1/prices/${others.id}`, { secret })).status).toBe(404);
    for (const path of ['/v1/markups', '/v1/prices/export', `/v1/prices?customer=${other.id}`]) {
      expect(await fixture.call('GET', path, { secret })).toMatchObject(problemOf(403, 'customer_mismatch'));
    }
    const { body } = await fixture.call('GET', `/v1/prices/effective?provider=acme&model=${model}`, { secret });
    expect(body.data).toMatchObject(
      [
        { class: 'input', amount: '3', price_id: list.id, markup_id: null },
        { class: 'output', amount: '7', price_id: own.id },
        { class: 'reasoning', amount: '7', price_id: own.id },
        { class: 'input_image', amount: '3' },
        { class: 'input_video', amount: '3' },
        { class: 'tool_input', amount: '3' },
      ].sort((a, b) => (a.class < b.class ? -1 : 1)),
    );
    expect(JSON.stringify(body)).not.toContain('marked up');
    const writing = await fixture.createKey({ customer: customer.id, scopes: ['billing:write'] });
    expect(await fixture.call('POST', '/v1/prices', { secret: writing.secret, body: minimal() })).toMatchObject(
      problemOf(403, 'customer_mismatch'),
    );
  });
});

describe('what applied when', () => {
  it('shows the version of the time, its band, and why', async () => {
    const model = newModel();
    const next = '2026-05-01T00:00:00.000Z';
    const [first, second, band] = (
      await createPrice([
        { ...minimal(), model },
        { ...minimal(), model, amount: '2', effective_from: next },
        { ...minimal(), model, amount: '4', effective_from: next, context: { over: 200_000 } },
      ])
    ).data;
    const asked = async (query: string) =>
      (
        await fixture.call('GET', `/v1/prices/effective?provider=acme&model=${model}-2026-04-30&${query}`)
      ).body.data.find((rate: { class: string }) => rate.class === 'input');
    expect(await asked('at=2026-04-30T23:59:59.999Z')).toMatchObject({ amount: '2.5', price_id: first.id });
    expect(await asked(`at=${next}&input_tokens=200000`)).toMatchObject({ amount: '2', price_id: second.id });
    expect(await asked(`at=${next}&input_tokens=200001`)).toMatchObject({
      amount: '4',
      price_id: band.id,
      why: `The list price of acme/${model}, over 200000 tokens, effective from ${next}.`,
    });
    expect(await asked(`at=${next}&known_at=2026-05-02T00:00:00Z`)).toBeUndefined();
  });
});

describe('POST /v1/prices/simulate', () => {
  it("prices a provider's usage line by line, in the customer's currency", async () => {
    const customer = await fixture.createCustomer({ currency: 'USD' });
    const usage = {
      prompt_tokens: 12,
      completion_tokens: 3,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 4 },
    };
    const { status, body } = await fixture.call('POST', '/v1/prices/simulate', {
      body: { customer: customer.id, provider: 'openai', model: 'gpt-4o-2024-08-06', time: AT, usage },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      currency: 'USD',
      tokens: { input: 8, cache_read: 4, output: 3 },
      cost: '0.000055',
      lines: [
        { class: 'input', quantity: 8, amount: '2.5', per: 'million_tokens', cost: '0.00002' },
        { class: 'cache_read', quantity: 4, amount: '1.25', cost: '0.000005' },
        { class: 'output', quantity: 3, amount: '10', cost: '0.00003' },
      ],
      unpriced_reason: null,
      missing: [],
    });
  });

  it('says what is missing', async () => {
    const customer = await fixture.createCustomer({ currency: 'USD' });
    const simulate = async (fields: object) =>
      (
        await fixture.call('POST', '/v1/prices/simulate', {
          body: {
            customer: customer.id,
            provider: 'openai',
            model: 'gpt-4o',
            tokens: { input: 1, output_image: 2 },
            ...fields,
          },
        })
      ).body;
    expect(await simulate({})).toMatchObject({ cost: null, unpriced_reason: 'no_price', missing: ['output_image'] });
    expect(await simulate({ model: 'unheard-of' })).toMatchObject({ unpriced_reason: 'unknown_model' });
    expect(await simulate({ service_tier: 'flex' })).toMatchObject({ unpriced_reason: 'no_price_for_service_tier' });
    expect(await simulate({ customer: undefined })).toMatchObject({
      currency: 'EUR',
      unpriced_reason: 'no_price_in_currency',
    });
  });

  it('refuses a usage that cannot be', async () => {
    const body = { provider: 'openai', model: 'gpt-4o', usage: { prompt_tokens: -1, completion_tokens: 1 } };
    expect(await fixture.call('POST', '/v1/prices/simulate', { body })).toMatchObject(problemOf(422, 'invalid_event'));
  });

  it('converts and marks up the list', async () => {
    const customer = await fixture.createCustomer({ currency: 'CHF' });
    const markup = { customer: customer.id, currency: 'USD', percent: '20', rate: '0.9', effective_from: FROM };
    const made = await fixture.call('POST', '/v1/markups', { body: markup });
    expect(made).toMatchObject({ status: 201, body: { ...markup, to_currency: 'CHF', provider: '*', model: '*' } });
    const tokens = { input: 1_000_000 };
    const { body } = await fixture.call('POST', '/v1/prices/simulate', {
      body: { customer: customer.id, provider: 'openai', model: 'gpt-4o', time: AT, tokens },
    });
    expect(body).toMatchObject({ currency: 'CHF', cost: '2.7', lines: [{ amount: '2.7', markup_id: made.body.id }] });
    expect((await fixture.call('GET', `/v1/markups?customer=${customer.id}`)).body.data).toContainEqual(made.body);
  });
});

describe('the list that is shipped', () => {
  it('has the models that everybody uses, with their tiers and sources', async () => {
    const { body } = await fixture.call('GET', '/v1/prices?provider=openai&model=gpt-4o&customer=list');
    const amounts = Object.fromEntries(
      body.data.map((price: Record<string, string>) => [`${price['class']} ${price['service_tier']}`, price['amount']]),
    );
    expect(amounts).toMatchObject({
      'input standard': '2.5',
      'output standard': '10',
      'cache_read standard': '1.25',
      'output batch': '5',
    });
    expect(body.data[0]).toMatchObject({ created_by: null, source: expect.stringMatching(/20\d\d/), currency: 'USD' });
  });

  it('is added once, however often the api starts', async () => {
    const before = (await fixture.call('GET', '/v1/prices/export?customer=list&format=json')).body.length;
    expect(before).toBeGreaterThan(1_000);
    await fixture.api.signal('SIGTERM');
    await fixture.api.start();
    expect((await fixture.call('GET', '/v1/prices/export?customer=list&format=json')).body).toHaveLength(before);
  });
});

describe('import and export', () => {
  const csv = (model: string, amount: string): string =>
    `provider,model,class,service_tier,context,amount,currency,effective_from,note\r\nacme,${model},input,,,${amount},USD,2026-01-01T00:00:00Z,"a, ""b""\r\nc"\r\nacme,${model},input,batch,over 200000,0.5,USD,2026-01-01T00:00:00Z,'=1+1\r\n`;
  const importCsv = (body: string, query = '') =>
    fixture.call('POST', `/v1/prices/import${query}`, { body, headers: { 'Content-Type': 'text/csv; charset=utf-8' } });

  it('takes CSV, makes nothing of the same file again, and a version of what changed', async () => {
    const model = newModel();
    const dry = await importCsv(csv(model, '1'), '?dry_run=true');
    expect(dry.body).toMatchObject({
      dry_run: true,
      created: 2,
      unchanged: 0,
      data: [{ model, amount: '1' }, { model }],
    });
    expect((await fixture.call('GET', `/v1/prices?model=${model}`)).body.data).toEqual([]);
    const made = await importCsv(csv(model, '1'));
    expect(made.body).toMatchObject({
      dry_run: false,
      created: 2,
      data: [
        { note: 'a, "b"\nc', context: null },
        { note: '=1+1', context: { over: 200_000 }, service_tier: 'batch' },
      ],
    });
    expect((await importCsv(csv(model, '1'))).body).toMatchObject({ created: 0, unchanged: 2 });
    expect((await importCsv(csv(model, '3'))).body).toMatchObject({ created: 1, unchanged: 1 });
    expect((await importCsv(csv(model, '1'))).body).toMatchObject({ created: 1, unchanged: 1 });
  });

  it('gives back what it takes, as CSV and as JSON', async () => {
    await importCsv(csv(newModel(), '1'));
    const exported = await fixture.call('GET', '/v1/prices/export');
    expect(exported.headers.get('content-type')).toContain('text/csv');
    expect((await importCsv(exported.text)).body).toMatchObject({ created: 0 });
    const { body } = await fixture.call('GET', '/v1/prices/export?format=json');
    expect((await fixture.call('POST', '/v1/prices/import', { body })).body).toMatchObject({
      created: 0,
      unchanged: body.length,
    });
  });

  it('names the line of what it refuses, and makes nothing of the file', async () => {
    const model = newModel();
    const file = `${csv(model, '1')}acme,${model},nonsense,,,1,USD,2026-01-01T00:00:00Z,\r\nacme,${model},output,,,x,USD,,\r\n`;
    const refused = await importCsv(file);
    expect(refused).toMatchObject(problemOf(422, 'validation_failed'));
    expect(refused.body.errors).toMatchObject([
      { pointer: '/2/class', detail: expect.stringMatching(/^Line 5: `class` /) },
    ]);
    const amount = await importCsv(file.replace('nonsense', 'output_audio'));
    expect(amount.body.errors).toMatchObject([
      { pointer: '/3/amount', detail: expect.stringMatching(/^Line 6: `amount` /) },
    ]);
    expect((await fixture.call('GET', `/v1/prices?model=${model}`)).body.data).toEqual([]);
    const twice = await importCsv(
      `provider,model,class,amount,effective_from\nacme,m,input,1,${FROM}\nacme,M,input,2,${FROM}\n`,
    );
    expect(twice.body.errors).toMatchObject([{ pointer: '/1' }]);
    expect((await importCsv('provider,model\n"acme')).status).toBe(422);
  });
});

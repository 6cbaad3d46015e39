// Cost through the whole pipe: by the price of the event's time, the same when the log is read again, and visible when there
// is no price.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { rewindLog } from '../faults/rewind.ts';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT_MS = 180_000;
const HOUR_MS = 60 * 60 * 1_000;

let stack: Stack;
let customer: TestCustomer;
beforeAll(async () => {
  stack = await startStack({ log: 'redis-streams' });
  customer = await createTestCustomer(stack);
}, TIMEOUT_MS);
afterAll(async () => stack?.close(), TIMEOUT_MS);

interface EventAnswer {
  readonly state: string;
  readonly cost: string | null;
  readonly price_ids: readonly string[];
  readonly unpriced_reason: string | null;
}

const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

async function send(id: string, fields: object = {}): Promise<void> {
  const event = { id, type: 'llm.chat', provider: 'openai', model: 'gpt-4o-2024-08-06', usage, ...fields };
  await customer.ingest.json(customer.ingest.post('/v1/events', event));
}

async function counted(id: string, timeoutMs = 30_000): Promise<EventAnswer> {
  return await eventually(
    async () => {
      const answer = await customer.api.json<EventAnswer>(
        customer.api.get(`/v1/events/${id}?customer=${customer.customerId}`),
      );
      expect(answer.state).toBe('counted');
      return answer;
    },
    { timeoutMs },
  );
}

async function createPrice(fields: object): Promise<{ readonly id: string }> {
  return await customer.api.json(
    customer.api.post('/v1/prices', { provider: 'acme', class: 'input', customer: customer.customerId, ...fields }),
  );
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${stack.counters[0].url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

it('an event of the documentation costs what the documentation says', async () => {
  await send('documented');
  expect(await counted('documented')).toMatchObject({ cost: '0.00006', unpriced_reason: null });
});

it('an unknown price is named within two seconds, and is never zero', async () => {
  await send('unheard', { provider: 'acme', model: 'unheard-of' });
  const sentAtMs = Date.now();
  const found = await eventually(
    async () => {
      const { data } = await customer.api.json<{ data: readonly { model: string }[] }>(
        customer.api.get('/v1/prices/unpriced'),
      );
      const group = data.find(({ model }) => model === 'unheard-of');
      expect(group).toBeDefined();
      return group;
    },
    { timeoutMs: 30_000 },
  );
  expect(Date.now() - sentAtMs).toBeLessThan(2_000);
  expect(found).toMatchObject({
    provider: 'acme',
    reason: 'unknown_model',
    classes: ['input', 'output'],
    events: 1,
    tokens: 15,
    customers: 1,
  });
  expect(await counted('unheard')).toMatchObject({ cost: null, unpriced_reason: 'unknown_model:input,output' });
  expect(await metric('tollgate_counter_unpriced_total{reason="unknown_model"')).toBe(1);
});

it('a price applies from its beginning by the time of the event, and to what is received after it was made', async () => {
  const model = 'm-1';
  const startMs = Date.now() - HOUR_MS;
  const inputOnly = { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 };
  const fields = { provider: 'acme', model, usage: inputOnly };
  await send('too-early', fields);
  await createPrice({ model, amount: '1', effective_from: '2026-01-01T00:00:00Z' });
  const later = await createPrice({ model, amount: '2', effective_from: new Date(startMs).toISOString() });
  await send('before', { ...fields, time: new Date(startMs - 1).toISOString() });
  await send('after', { ...fields, time: new Date(startMs).toISOString() });
  expect(await counted('before')).toMatchObject({ cost: '1' });
  expect(await counted('after')).toMatchObject({ cost: '2', price_ids: [later.id] });
  expect(await counted('too-early')).toMatchObject({ cost: null });
});

it(
  'the log read again, after prices were made that would change everything, gives the same cost',
  async () => {
    const ids = ['documented', 'unheard', 'too-early', 'before', 'after'];
    const costs = async (): Promise<readonly unknown[]> =>
      await Promise.all(
        ids.map(async (id) => {
          const { cost, price_ids, unpriced_reason } = await counted(id);
          return { id, cost, price_ids, unpriced_reason };
        }),
      );
    const first = await costs();
    const from = { effective_from: '2026-01-01T00:00:00Z', amount: '9' };
    await createPrice({ ...from, model: '*' });
    await createPrice({ ...from, model: 'm-1' });
    await createPrice({ ...from, provider: 'openai', model: 'gpt-4o-2024-08-06' });
    await createPrice({ ...from, provider: 'openai', model: 'gpt-4o-2024-08-06', class: 'output' });

    const [counter] = stack.counters;
    await counter.signal('SIGTERM');
    await rewindLog(stack);
    await counter.start();
    await eventually(
      async () =>
        expect(await metric('tollgate_counter_records_total{outcome="countable"')).toBeGreaterThanOrEqual(ids.length),
      { timeoutMs: 60_000 },
    );
    expect(await costs()).toEqual(first);
    const time = new Date(Date.now() - 2 * HOUR_MS).toISOString();
    const newer = { ...usage, completion_tokens: 0, total_tokens: 12 };
    await send('newer', { provider: 'acme', model: 'm-1', time, usage: newer });
    expect(await counted('newer')).toMatchObject({ cost: '0.000108' });
  },
  TIMEOUT_MS,
);

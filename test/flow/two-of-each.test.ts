// Two of every service at once, as several machines would run them: what they share stays exact, and what they tell those who
// operate them is whole.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiClient, createApiClient } from '../support/api-client.ts';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const TIMEOUT_MS = 600_000;
const HOST = '127.0.0.1';
const DAY_MS = 86_400_000;
const CUSTOMERS = 4;
const REQUESTS = 20;
const EVENTS = 10;
/** The period ended two days ago. */
const BILLING_DAY = new Date(Date.now() - 2 * DAY_MS).getUTCDate();

let collector: Awaited<ReturnType<typeof startOtlpReceiver>>;
let receiver: WebhookReceiver;
let stack: Stack;
let second: Readonly<Record<'api' | 'ingest' | 'webhooks', ServiceProcess>>;
let customers: readonly TestCustomer[];
let api: ApiClient;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  receiver = await startReceiver({ host: HOST });
  stack = await startStack({
    log: 'redis-streams',
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      // Of what says nothing about it; what comes with a decision keeps it.
      TOLLGATE_TRACES_PER_MILLION: '0',
      TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: `${HOST}/32`,
      TOLLGATE_WEBHOOK_HTTP: 'yes',
      TOLLGATE_WEBHOOK_PORTS: 'any',
      TOLLGATE_BILLING_SWEEP_EVERY_MS: '300',
    },
  });
  second = {
    api: await createServiceProcess({ service: 'api', env: stack.env }),
    ingest: await createServiceProcess({ service: 'ingest', env: stack.env }),
    webhooks: await createServiceProcess({ service: 'webhooks', env: stack.env }),
  };
  const others = [stack.counters[1], ...stack.quotas, stack.webhooks, ...Object.values(second)];
  // One after the other: all at once would be slower on two cores.
  for (const service of others) await service.start();
  api = createApiClient(stack.api.url, stack.operatorKey);
  const fields = { currency: 'EUR', zone: 'UTC', billing_day: BILLING_DAY };
  customers = await Promise.all(Array.from({ length: CUSTOMERS }, () => createTestCustomer(stack, fields)));
}, TIMEOUT_MS);
afterAll(async () => {
  await Promise.all(Object.values(second ?? {}).map((service) => service.signal('SIGTERM')));
  await stack?.close();
  await receiver?.close();
  await collector?.close();
}, TIMEOUT_MS);

/** One request of the customer, through each ingest in turn; every third is sent through both. */
async function send(
  { secret }: TestCustomer,
  number: number,
  {
    daysAgo = 5,
    headers = {},
  }: { readonly daysAgo?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const time = at(-daysAgo);
  const events = Array.from({ length: EVENTS }, (_, index) => ({
    ...{ id: `event-${number}-${index}`, type: 'llm.chat', provider: 'openai', model: 'pair-model' },
    time,
    usage: { prompt_tokens: 1_000, completion_tokens: 10, total_tokens: 1_010 },
  }));
  const ways = [stack.ingest, second.ingest];
  for (const [way, { url }] of ways.entries()) {
    if (number % 3 !== 0 && number % 2 !== way) continue;
    const res = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(events),
      signal: AbortSignal.timeout(30_000),
    });
    expect(res.status, await res.text()).toBe(202);
  }
}

it('sums are exact, whichever ingest took an event and whichever counter counted it', {
  timeout: TIMEOUT_MS,
}, async () => {
  const price = { provider: 'openai', model: 'pair-model', currency: 'EUR', effective_from: '2020-01-01T00:00:00Z' };
  const prices = [
    { ...price, class: 'input', amount: '1250' },
    { ...price, class: 'output', amount: '0' },
  ];
  for (const each of prices) await api.json(api.post('/v1/prices', each));
  const numbers = Array.from({ length: REQUESTS }, (_, number) => number);
  await Promise.all(customers.map((customer) => Promise.all(numbers.map((number) => send(customer, number)))));
  const period = `start=${at(-20)}&end=${at(1)}`;
  const apis = [api, createApiClient(second.api.url, stack.operatorKey)];
  await eventually(
    async () => {
      for (const one of apis) {
        const { data } = await one.json<{ data: readonly unknown[] }>(one.get(`/v1/usage?${period}&group_by=customer`));
        expect(data).toHaveLength(CUSTOMERS);
        for (const row of data) {
          expect(row).toMatchObject({ events: REQUESTS * EVENTS, tokens: { input: REQUESTS * EVENTS * 1_000 } });
        }
        expect(await one.json(one.get(`/v1/books?${period}`))).toMatchObject({
          ...{ stored: CUSTOMERS * REQUESTS * EVENTS, balances: true, missing_entries: 0 },
        });
      }
    },
    { timeoutMs: 60_000 },
  );
});

it('each threshold is told once', { timeout: TIMEOUT_MS }, async () => {
  await api.json(api.post('/v1/webhook-endpoints', { url: `http://${HOST}:${receiver.port}/hooks` }));
  for (const { keyId } of customers) {
    const limit = { scope: { key: keyId }, metric: 'requests', window: 'month', amount: EVENTS, mode: 'alert' };
    await api.json(api.post('/v1/limits', limit));
  }
  await Promise.all(customers.map((customer) => send(customer, 50, { daysAgo: 0 })));
  await eventually(
    async () => {
      const facts = receiver.received.map(({ body }) => JSON.parse(body).data);
      const reached = facts.filter(({ threshold }) => threshold === 100).map(({ limit }) => limit.id);
      expect(reached).toHaveLength(CUSTOMERS);
      expect(new Set(reached).size).toBe(CUSTOMERS);
    },
    { timeoutMs: 60_000 },
  );
  // A process that dies may leave one to be sent twice; none has died here.
  expect(receiver.received).toHaveLength(receiver.ids().size);
});

it('invoices are numbered without a gap', { timeout: TIMEOUT_MS }, async () => {
  await api.json(api.put('/v1/organization/billing', { name: 'The seller', country: 'DE', grace_seconds: 0 }));
  for (const billing of stack.billings) await billing.start();
  await eventually(
    async () => {
      const { data } = await api.json<{ data: readonly { number: string; total: string }[] }>(
        api.get('/v1/invoices?limit=100&state=finalized'),
      );
      expect(data.map(({ number }) => number).toSorted()).toEqual(
        Array.from({ length: CUSTOMERS }, (_, index) => `INV-00000${index + 1}`),
      );
      for (const { total } of data) expect(total).toBe('250.00');
    },
    { timeoutMs: 60_000 },
  );
});

it('a trace goes from the sender through ingest and the counter to the limits', { timeout: TIMEOUT_MS }, async () => {
  const [customer] = customers;
  if (customer === undefined) throw new Error('there is no customer');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const caller = 'b7ad6b7169203331';
  await send(customer, 100, { headers: { traceparent: `00-${traceId}-${caller}-01` } });
  await eventually(
    async () => {
      const ofTrace = collector.spans.filter((span) => span.traceId === traceId);
      const named = (name: string) => ofTrace.find((span) => span.name === name);
      const request = named('POST /v1/events');
      const count = named('count');
      expect(request).toMatchObject({ service: 'ingest', parentSpanId: caller });
      expect(named('append to the log')).toMatchObject({ service: 'ingest', parentSpanId: request?.spanId });
      expect(count).toMatchObject({ service: 'counter', parentSpanId: request?.spanId });
      const settled = ofTrace.filter(({ name, parentSpanId }) => name === 'settle' && parentSpanId === count?.spanId);
      expect(settled).toMatchObject([{ service: 'counter' }]);
    },
    { timeoutMs: 30_000 },
  );
  // Nothing of what was not sampled.
  expect(collector.spans.filter((span) => span.traceId !== traceId)).toEqual([]);
});

it('every metric that an alert or the dashboard asks for is there', async () => {
  const files = ['prometheus/alerts.yaml', 'grafana/tollgate.json'];
  const texts = await Promise.all(
    files.map((file) => readFile(new URL(`../../infra/${file}`, import.meta.url), 'utf8')),
  );
  const asked = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:tollgate|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name.replace(/_bucket$/, '')),
  );
  const { api: one, ingest, counters, quotas, webhooks, billings } = stack;
  const told = await Promise.all(
    [one, ingest, counters[0], quotas[0], webhooks, billings[0]].map(async ({ url }) =>
      (await fetch(`${url}/metrics`)).text(),
    ),
  );
  const known = new Set([...told.join('\n').matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

function at(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}

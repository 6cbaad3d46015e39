// From events to finalized invoices and the archive of the month: customers of three zones and currencies, billing killed at
// each of its points and two of it at once, and nothing is billed twice, left out, or numbered with a gap.

import { createClient } from '@clickhouse/client';
import { type Accounts, createPostgresAccounts } from '@tollgate/accounts';
import { createIdGenerator, createLogger, systemClock } from '@tollgate/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { type ApiClient, createApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT_MS = 240_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MODEL = 'flow-model';
const newId = createIdGenerator(systemClock);

/** The period ended two days ago, at midnight of whichever zone; events lie some days before. */
const BILLING_DAY = new Date(Date.now() - 2 * DAY_MS).getUTCDate();
const EVENTS = 40;
const BUYERS = [
  { currency: 'USD', zone: 'UTC', digits: 2 },
  { currency: 'EUR', zone: 'America/New_York', digits: 2 },
  { currency: 'JPY', zone: 'Asia/Tokyo', digits: 0 },
] as const;

let stack: Stack;
let accounts: Accounts;
let api: ApiClient;
beforeAll(async () => {
  stack = await startStack({
    log: 'redis-streams',
    env: { TOLLGATE_BILLING_SWEEP_EVERY_MS: '300', TOLLGATE_BILLING_LATE_EVERY_MS: '500' },
  });
  const logger = createLogger({ service: 'test', level: 'silent' });
  accounts = createPostgresAccounts({ url: stack.postgres.url, clock: systemClock, logger });
  api = createApiClient(stack.api.url, stack.operatorKey);
}, TIMEOUT_MS);
afterAll(async () => {
  await accounts?.close();
  await stack?.close();
}, TIMEOUT_MS);

interface InvoiceBody {
  readonly id: string;
  readonly customer: string;
  readonly state: string;
  readonly number: string | null;
  readonly currency: string;
  readonly subtotal: string | null;
  readonly total: string | null;
  readonly refusal: { readonly reasons: readonly { readonly code: string }[] } | null;
}

interface Buyer {
  readonly id: string;
  readonly ingest: ApiClient;
}

async function addBuyer({ currency, zone }: { readonly currency: string; readonly zone: string }): Promise<Buyer> {
  const { id } = await api.json<{ id: string }>(
    api.post('/v1/customers', { name: `buyer in ${zone}`, currency, zone, billing_day: BILLING_DAY }),
  );
  const key = await api.json<{ secret: string }>(
    api.post('/v1/keys', { name: 'test', customer: id, scopes: ['usage:write', 'usage:read', 'billing:read'] }),
  );
  return { id, ingest: createApiClient(stack.ingest.url, key.secret) };
}

/** 1,000 input tokens are 1.25 of any currency, so that no line has to be rounded but in JPY. */
async function priceModel(): Promise<void> {
  const shared = {
    ...{ customerId: null, provider: 'openai', model: MODEL, context: null, region: null },
    serviceTier: 'standard',
    ...{ effectiveFromMs: 0, effectiveToMs: null, createdAtMs: Date.now(), createdBy: null, note: null, source: null },
  } as const;
  const versions = await accounts.createPrices(
    BUYERS.flatMap(({ currency }) => [
      { ...shared, currency, id: newId('prc'), class: 'input', amountMicros: 1_250_000_000n },
      { ...shared, currency, id: newId('prc'), class: 'output', amountMicros: 0n },
    ]),
  );
  // An event is priced by what was known when it was received.
  const knownFromMs = Math.max(...versions.map((version) => version.knownFromMs));
  await eventually(async () => expect(Date.now()).toBeGreaterThan(knownFromMs), { timeoutMs: 10_000 });
}

async function send(
  { ingest }: Buyer,
  {
    model = MODEL,
    from = 0,
    count = EVENTS,
  }: { readonly model?: string; readonly from?: number; readonly count?: number },
): Promise<void> {
  const usage = { prompt_tokens: 1_000, completion_tokens: 10, total_tokens: 1_010 };
  const events = Array.from({ length: count }, (_, index) => ({
    ...{ id: `${model}-${from + index}`, type: 'llm.chat', provider: 'openai', model, usage },
    time: new Date(Date.now() - 5 * DAY_MS - index * HOUR_MS).toISOString(),
  }));
  const answer = await ingest.json<{ accepted: number }>(ingest.post('/v1/events', events));
  expect(answer.accepted).toBe(count);
}

async function invoicesOf(filter: string): Promise<readonly InvoiceBody[]> {
  return (await api.json<{ data: readonly InvoiceBody[] }>(api.get(`/v1/invoices?limit=100&${filter}`))).data;
}

async function reasonsOf(invoiceId: string): Promise<readonly string[]> {
  const res = await api.post(`/v1/invoices/${invoiceId}/finalize`, {});
  const problem = (await res.json()) as { code: string; errors?: readonly { pointer: string }[] };
  return [`${res.status} ${problem.code}`, ...(problem.errors ?? []).map(({ pointer }) => pointer)];
}

it(
  'bills each event once, whatever dies on the way, with numbers without gaps and an archive that adds up',
  async () => {
    await priceModel();
    await api.json(
      fetch(`${stack.api.url}/v1/organization/billing`, {
        method: 'PUT',
        headers: { Authorization: `Bearer ${stack.operatorKey}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'The seller', country: 'DE', grace_seconds: 0 }),
      }),
    );
    const buyers = await Promise.all(BUYERS.map(addBuyer));
    for (const buyer of buyers) await send(buyer, {});

    const [first, second] = stack.billings;
    await first.runUntilKilledAt('billing.before_number');
    await first.runUntilKilledAt('billing.before_commit');
    await first.runUntilKilledAt('billing.after_commit');
    await Promise.all([first.start(), second.start()]);
    const finalized = await eventually(
      async () => {
        const found = await invoicesOf('state=finalized');
        expect(found.map(({ currency }) => currency).toSorted()).toEqual(['EUR', 'JPY', 'USD']);
        return found;
      },
      { timeoutMs: 45_000 },
    ).catch(async (error: unknown) => {
      throw new Error(`${first.output()}\n${second.output()}\n${JSON.stringify(await invoicesOf(''))}`, {
        cause: error,
      });
    });
    expect(finalized.map(({ number }) => number).toSorted()).toEqual(['INV-000001', 'INV-000002', 'INV-000003']);
    const expected = { USD: '50.00', EUR: '50.00', JPY: '50' };
    expect(Object.fromEntries(finalized.map(({ currency, total }) => [currency, total]))).toEqual(expected);

    const warehouse = createClient({ url: stack.clickhouse.url });
    const sums = await warehouse.query({
      query: `SELECT currency, toString(sum(input) * 1250000000 / 1000000 / 1000000) AS cost
        FROM usage_rows FINAL WHERE model = '${MODEL}' GROUP BY currency`,
      format: 'JSONEachRow',
    });
    const rows = await sums.json<{ currency: keyof typeof expected; cost: string }>();
    expect(Object.fromEntries(rows.map(({ currency, cost }) => [currency, Number(cost)]))).toEqual({
      ...{ USD: 50, EUR: 50, JPY: 50 },
    });
    await warehouse.close();

    for (const { id } of finalized) {
      expect(await api.json(api.post(`/v1/invoices/${id}/verify`, {}))).toEqual({ equal: true, differences: [] });
    }
    const [usd] = buyers;
    const [billed] = finalized.filter(({ customer }) => customer === usd?.id);
    const traced = await api.json<{ state: string; invoice: { id: string }; lines: readonly { id: string }[] }>(
      api.get(`/v1/events/${MODEL}-7/invoice?customer=${usd?.id}`),
    );
    expect(traced).toMatchObject({ state: 'billed', invoice: { id: billed?.id } });
    const line = `/v1/invoices/${billed?.id}/lines/${encodeURIComponent(traced.lines[0]?.id ?? '')}/usage`;
    const events = await api.json<{ data: readonly unknown[] }>(api.get(`${line}?limit=1000`));
    expect(events.data).toHaveLength(EVENTS);
    const detail = await (await api.get(`${line}?format=csv`)).text();
    expect(detail.trimEnd().split('\n')).toHaveLength(EVENTS + 1);

    await archiveAddsUp(finalized);
  },
  TIMEOUT_MS,
);

async function archiveAddsUp(finalized: readonly InvoiceBody[]): Promise<void> {
  const month = new Date(Date.now() - 3 * DAY_MS).toISOString().slice(0, 7);
  const { id } = await api.json<{ id: string }>(
    api.post('/v1/exports', { month, formats: ['json', 'csv', 'focus_csv'] }),
  );
  await eventually(async () => expect(await api.json(api.get(`/v1/exports/${id}`))).toMatchObject({ state: 'done' }), {
    timeoutMs: 30_000,
  });
  const res = await api.get(`/v1/exports/${id}/archive`);
  const files = await unzip(Buffer.from(await res.arrayBuffer()));
  const manifest = JSON.parse(files.get('manifest.json') ?? '');
  expect(manifest).toMatchObject({ month, counts: { invoices: 3, drafts: 0, missing: 0 }, missing: [] });
  for (const { currency, customer, number, subtotal, total } of finalized) {
    expect(manifest.totals[currency]).toMatchObject({ invoices: 1, subtotal, total });
    expect(JSON.parse(files.get(`customers/${customer}/${number}.json`) ?? '')).toMatchObject({
      number,
      totals: { total },
    });
  }
  expect([...files.keys()]).toEqual(expect.arrayContaining(['tables/invoices.csv', 'tables/focus.csv']));
}

async function unzip(bytes: Buffer): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('end', resolve).on('error', reject);
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, async (failed, stream) => {
          if (failed) return reject(failed);
          const chunks: Buffer[] = [];
          for await (const chunk of stream) chunks.push(Buffer.from(chunk));
          files.set(entry.fileName, Buffer.concat(chunks).toString());
          zip.readEntry();
        });
      });
      zip.readEntry();
    });
  });
  return files;
}

it(
  'is refused with the reason while something is unpriced or in flight, and finalized once it is not',
  async () => {
    const buyer = await addBuyer({ currency: 'USD', zone: 'Europe/Berlin' });
    await send(buyer, { model: 'flow-unknown', count: 1 });
    await send(buyer, { count: 2 });
    const [draft] = await eventually(
      async () => {
        const found = await invoicesOf(`customer=${buyer.id}&state=draft`);
        expect(found[0]?.refusal?.reasons.map(({ code }) => code)).toEqual(['unpriced']);
        return found;
      },
      { timeoutMs: 30_000 },
    );
    expect(await reasonsOf(draft?.id ?? '')).toEqual(['409 books_do_not_balance', 'unpriced']);

    const [counter] = stack.counters;
    await counter.signal('SIGSTOP');
    await send(buyer, { from: 100, count: 1 });
    expect(await reasonsOf(draft?.id ?? '')).toContain('not_all_counted');
    await counter.signal('SIGCONT');
  },
  TIMEOUT_MS,
);

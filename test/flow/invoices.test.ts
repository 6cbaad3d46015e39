// From events to finalized invoices and the archive of the month: customers of three zones and currencies, billing killed at
// each of its points and two of it at once, and nothing is billed twice, left out, or numbered with a gap.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { createClient } from '@clickhouse/client';
import { type Accounts, createPostgresAccounts } from '@tollgate/accounts';
import { dateSpan } from '@tollgate/domain';
import { createIdGenerator, createLogger, systemClock } from '@tollgate/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { type ApiClient, createApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT_MS = 400_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MODEL = 'flow-model';
const newId = createIdGenerator(systemClock);

/** One instant for all of it, so that a midnight on the way changes nothing. */
const NOW_MS = Date.now();
/** The period ended two days ago, at midnight of whichever zone; events lie some days before. */
const BILLING_DATE = new Date(NOW_MS - 2 * DAY_MS);
const BILLING_DAY = BILLING_DATE.getUTCDate();
/** Of the last day of the period. */
const MONTH = new Date(NOW_MS - 3 * DAY_MS).toISOString().slice(0, 7);
const EVENTS = 40;
const BUYERS = [
  { currency: 'USD', zone: 'UTC', digits: 2 },
  { currency: 'EUR', zone: 'America/New_York', digits: 2 },
  { currency: 'JPY', zone: 'Asia/Tokyo', digits: 0 },
] as const;

let stack: Stack;
let accounts: Accounts;
let api: ApiClient;
/** By the first test. */
let billed: readonly InvoiceBody[] = [];
beforeAll(async () => {
  stack = await startStack({
    log: 'redis-streams',
    env: {
      TOLLGATE_BILLING_SWEEP_EVERY_MS: '300',
      TOLLGATE_BILLING_LATE_EVERY_MS: '500',
      TOLLGATE_BILLING_LOCK_MS: '2000',
    },
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
async function priceModel(
  model = MODEL,
  {
    customerId = null,
    inputMicros = 1_250_000_000n,
  }: { readonly customerId?: string | null; readonly inputMicros?: bigint } = {},
): Promise<void> {
  const shared = {
    ...{ customerId, provider: 'openai', model, context: null, region: null },
    serviceTier: 'standard',
    ...{ effectiveFromMs: 0, effectiveToMs: null, createdAtMs: Date.now(), createdBy: null, note: null, source: null },
  } as const;
  const versions = await accounts.createPrices(
    BUYERS.flatMap(({ currency }) => [
      { ...shared, currency, id: newId('prc'), class: 'input', amountMicros: inputMicros },
      { ...shared, currency, id: newId('prc'), class: 'output', amountMicros: 0n },
    ]),
  );
  // An event is priced by what was known when it was received.
  const knownFromMs = Math.max(...versions.map((version) => version.knownFromMs));
  await eventually(async () => expect(Date.now()).toBeGreaterThan(knownFromMs), { timeoutMs: 10_000 });
}

/** Null: drafts wait for an explicit act. */
async function setSeller(terms: { readonly grace_seconds: number | null }): Promise<void> {
  await api.json(api.put('/v1/organization/billing', { name: 'The seller', country: 'DE', ...terms }));
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

/** More tokens from a cache than there are: it becomes a dead letter. */
async function sendImpossible({ ingest }: Buyer): Promise<void> {
  const usage = {
    prompt_tokens: 1,
    prompt_tokens_details: { cached_tokens: 5 },
    completion_tokens: 1,
    total_tokens: 2,
  };
  const time = new Date(Date.now() - 5 * DAY_MS).toISOString();
  const event = { id: 'impossible', time, type: 'llm.chat', provider: 'openai', model: MODEL, usage };
  await ingest.json(ingest.post('/v1/events', [event]));
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
  'bills each event once, whatever dies on the way, with numbers without gaps',
  async () => {
    await priceModel();
    await setSeller({ grace_seconds: 0 });
    const buyers = await Promise.all(BUYERS.map(addBuyer));
    for (const buyer of buyers) await send(buyer, {});

    const [first, second] = stack.billings;
    await first.runUntilKilledAt('billing.after_draft');
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
      expect(await api.json(api.post(`/v1/invoices/${id}/verify`, {}))).toMatchObject({ equal: true, differences: [] });
    }
    const [usd] = buyers;
    const [usdInvoice] = finalized.filter(({ customer }) => customer === usd?.id);
    const traced = await api.json<{ state: string; invoice: { id: string }; lines: readonly { id: string }[] }>(
      api.get(`/v1/events/${MODEL}-7/invoice?customer=${usd?.id}`),
    );
    expect(traced).toMatchObject({ state: 'billed', invoice: { id: usdInvoice?.id } });
    const line = `/v1/invoices/${usdInvoice?.id}/lines/${encodeURIComponent(traced.lines[0]?.id ?? '')}/usage`;
    const events = await api.json<{ data: readonly unknown[] }>(api.get(`${line}?limit=1000`));
    expect(events.data).toHaveLength(EVENTS);
    const detail = await (await api.get(`${line}?format=csv`)).text();
    expect(detail.trimEnd().split('\n')).toHaveLength(EVENTS + 1);
    billed = finalized;
  },
  TIMEOUT_MS,
);

it(
  'is exported as an archive that adds up, put together once wherever billing dies',
  () => archiveAddsUp(billed),
  TIMEOUT_MS,
);

/** Billing dies at each point of it, and it is put together once. */
async function archiveAddsUp(finalized: readonly InvoiceBody[]): Promise<void> {
  const { billings, env } = stack;
  const [first, second] = billings;
  await Promise.all([first.signal('SIGTERM'), second.signal('SIGTERM')]);
  const [usd] = finalized.filter(({ currency }) => currency === 'USD');
  const note = await api.json<{ id: string; number: string }>(
    api.post(`/v1/invoices/${usd?.id}/credit-notes`, { reason: 'goodwill', settlement: 'outside' }),
  );
  const { id } = await api.json<{ id: string }>(
    api.post('/v1/exports', { month: MONTH, formats: ['json', 'csv', 'focus_csv', 'xero'] }),
  );
  await first.runUntilKilledAt('export.after_plan');
  await first.runUntilKilledAt('export.after_part');
  await first.runUntilKilledAt('export.after_seal');
  const sealed = JSON.parse(
    await readFile(join(env['TOLLGATE_FILES_DIR'] ?? '', 'exports', id, 'archive.json'), 'utf8'),
  );
  await Promise.all([first.start(), second.start()]);
  const made = await eventually(
    async () => {
      const found = await api.json<{ sha256: string }>(api.get(`/v1/exports/${id}`));
      expect(found).toMatchObject({ state: 'done', ...sealed, progress: { invoices: 3, done: 3 } });
      return found;
    },
    { timeoutMs: 30_000 },
  );
  const archive = await fetchedByCommand(id);
  expect(createHash('sha256').update(archive).digest('hex')).toBe(made.sha256);
  const files = await unzip(archive);
  const manifest = JSON.parse(files.get('manifest.json') ?? '');
  expect(manifest).toMatchObject({ month: MONTH, counts: { invoices: 3, drafts: 0, missing: 0 }, missing: [] });
  for (const { currency, customer, number, subtotal, total } of finalized) {
    expect(manifest.totals[currency]).toMatchObject({ invoices: 1, subtotal, total });
    expect(JSON.parse(files.get(`customers/${customer}/${number}.json`) ?? '')).toMatchObject({
      number,
      totals: { total },
    });
  }
  const sums = manifest.files.map(({ path, sha256 }: { path: string; sha256: string }) => [path, sha256]);
  expect(sums).toHaveLength(files.size - 1);
  for (const [path, sha256] of sums) {
    expect(
      createHash('sha256')
        .update(files.get(path) ?? '')
        .digest('hex'),
      path,
    ).toBe(sha256);
  }
  expect(manifest.totals['USD']).toMatchObject({ credit_notes: 1, credited: '50.00' });
  expect(files.get(`customers/${usd?.customer}/${note.number}.json`)).toBe(
    await (await api.get(`/v1/credit-notes/${note.id}?format=json`)).text(),
  );
  expect(files.get('tables/credit_notes.csv')).toContain(note.number);
  expect(files.get('tables/xero_credit_notes-1.csv')).toContain('-50.00');
  const tables = ['tables/invoices.csv', 'tables/focus.csv', 'tables/xero-1.csv'];
  expect([...files.keys()]).toEqual(expect.arrayContaining(tables));
}

/** As finance does it, who sees of each invoice that it is right, and of a mistake what it is. */
async function fetchedByCommand(exportId: string): Promise<Buffer> {
  const out = join(stack.env['TOLLGATE_FILES_DIR'] ?? '', 'fetched.zip');
  const env = { PATH: process.env['PATH'], TOLLGATE_URL: stack.api.url, TOLLGATE_API_KEY: stack.operatorKey };
  const command = async (...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> => {
    const run = promisify(execFile)(process.execPath, ['packages/cli/dist/main.js', ...args], { env, timeout: 60_000 });
    return await run.then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, text: stderr }),
    );
  };
  const [fetched, verified, formatless, unknown] = await Promise.all([
    command('export', '--export', exportId, '--out', out),
    command('verify', '--month', MONTH),
    command('export', '--month', MONTH, '--formats', 'docx'),
    command('verify', '--invoice', 'inv_none'),
  ]);
  expect(fetched).toMatchObject({ code: 0, text: expect.stringContaining('3 invoices') });
  expect(verified).toMatchObject({ code: 0, text: expect.stringContaining('3 invoices, 0 of them not equal') });
  expect(formatless).toMatchObject({ code: 1, text: expect.stringContaining('/formats/0') });
  expect(unknown).toMatchObject({ code: 1, text: expect.stringContaining('not_found') });
  const archive = await readFile(out);
  await rm(out);
  return archive;
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
  'is refused with the reason while something is unpriced, in flight or a dead letter, and finalized once nothing is',
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

    await sendImpossible(buyer);
    await eventually(async () => expect(await reasonsOf(draft?.id ?? '')).toContain('dead_letters'), {
      timeoutMs: 30_000,
    });
    await api.json(buyer.ingest.post('/v1/events/void', { id: 'impossible', reason: 'it never was' }));
    await priceModel('flow-unknown');
    await rateAnew({ customer: [buyer.id], unpriced_only: true });
    const [billed] = await eventually(
      async () => {
        const found = await invoicesOf(`customer=${buyer.id}&state=finalized`);
        expect(found).toHaveLength(1);
        return found;
      },
      { timeoutMs: 45_000 },
    );
    expect(billed).toMatchObject({ id: draft?.id, total: '5.00' });
  },
  TIMEOUT_MS,
);

it(
  'bills by every price model of a plan, to a commitment, less a coupon, with tax, on credit',
  async () => {
    await setSeller({ grace_seconds: null });
    const buyer = await addBuyer({ currency: 'USD', zone: 'Australia/Sydney' });
    const plan = await api.json<{ id: string }>(api.post('/v1/plans', { name: 'All models', ...PLAN }));
    const start = new Date(Date.now() - 45 * DAY_MS).toISOString();
    await api.json(api.post('/v1/subscriptions', { customer: buyer.id, plan: plan.id, start }));
    const coupon = await api.json<{ id: string }>(api.post('/v1/coupons', { description: 'Welcome', percent: '10' }));
    await api.json(api.post(`/v1/customers/${buyer.id}/coupons`, { coupon: coupon.id, start }));
    const rate = await api.json<{ id: string }>(api.post('/v1/tax-rates', { name: 'VAT', percent: '19' }));
    const tax = { kind: 'taxed', rates: [rate.id], prices: 'added' };
    await api.json(api.put(`/v1/customers/${buyer.id}/billing`, { name: 'All of it', tax }));
    const grant = { customer: buyer.id, amount: '30', kind: 'paid', effective_from: start };
    await api.json(api.post('/v1/credit-grants', grant));
    await send(buyer, {});

    const { id, document } = await finalizeDraftOf(buyer);
    const amounts = Object.fromEntries(document.lines.map(({ charge, amount }) => [charge, amount]));
    expect(amounts).toEqual({
      // 10,000 at 0.001 and 30,000 at 0.0005; 400 at 0.05; 40 in packages of 30.
      ...{ graduated: '25.00', volume: '20.00', package: '6.00' },
      // Of a cost of 50: 10 %; 10 % less a half of it. 40 at 0.125, no more than 4.
      ...{ percentage: '5.00', cost_plus: '2.50', per_unit: '4.00' },
      ...{ base: '20.00', minimum: '17.50' },
    });
    expect(document).toMatchObject({
      coupons: [{ amount: '10.00' }],
      taxes: [{ base: '90.00', amount: '17.10' }],
      credits: [{ amount: '30.00' }],
      totals: { subtotal: '100.00', net: '90.00', total: '107.10', due: '77.10' },
    });
    expect(await api.json(api.post(`/v1/invoices/${id}/verify`, {}))).toMatchObject({ equal: true, differences: [] });
    expect(await api.json(api.post(`/v1/invoices/${id}/pay`, {}))).toMatchObject({ state: 'paid' });
    const again = await api.post(`/v1/invoices/${id}/void`, { reason: 'too late' });
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([409, 'conflict']);
  },
  TIMEOUT_MS,
);

it(
  'leaves a finalized invoice as it is: late events, withdrawn ones and other prices are on the next one',
  async () => {
    await setSeller({ grace_seconds: null });
    const buyer = await addBuyer({ currency: 'EUR', zone: 'America/New_York' });
    const fees = await changePlanOf(buyer);
    await grantTo(buyer, '30');
    await send(buyer, {});
    const { id, document } = await finalizeDraftOf(buyer);
    expect(document.totals).toMatchObject({ total: (50 + fees).toFixed(2), due: (20 + fees).toFixed(2) });
    await grantTo(buyer, '20');
    await send(buyer, { from: 200, count: 2 });
    await api.json(buyer.ingest.post('/v1/events/void', { id: `${MODEL}-3`, reason: 'sent by mistake' }));
    await priceModel(MODEL, { customerId: buyer.id, inputMicros: 2_500_000_000n });
    await rateAnew({ customer: [buyer.id] });
    // 41 events at 2.50, where 40 at 1.25 are billed.
    await eventually(
      async () => {
        const { document } = await api.json<{ document: Document }>(
          api.get(`/v1/invoices/preview?customer=${buyer.id}`),
        );
        const adjusted = document.lines.filter(({ original_invoice }) => original_invoice === id);
        expect(adjusted.reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(52.5);
        expect(adjusted.every(({ kind }) => kind === 'adjustment')).toBe(true);
        expect(document.credits).toMatchObject([{ amount: '20.00' }]);
      },
      { timeoutMs: 30_000 },
    );
    expect(await api.json(api.post(`/v1/invoices/${id}/verify`, {}))).toMatchObject({
      ...{ equal: true, differences: [] },
      later: { arrived: 2, withdrawn: [`${MODEL}-3`], rerates: [expect.any(String)], adjusted: [] },
    });
    const stays = await api.json<{ total: string; state: string }>(api.get(`/v1/invoices/${id}`));
    expect(stays).toMatchObject({ total: (50 + fees).toFixed(2), state: 'finalized' });

    // What is void is billed anew, with all that is known by now, under another number.
    await api.json(api.post(`/v1/invoices/${id}/void`, { reason: 'to be billed anew' }));
    const anew = await finalizeDraftOf(buyer);
    expect(anew.document.totals).toMatchObject({ total: (102.5 + fees).toFixed(2), due: (52.5 + fees).toFixed(2) });
    expect(anew.id).not.toBe(id);
    const numbers = (await invoicesOf('')).flatMap(({ number }) => (number === null ? [] : [number]));
    const places = numbers.map((number) => Number(number.slice(-6))).toSorted((a, b) => a - b);
    expect(places).toEqual(places.map((_, index) => index + 1));
  },
  TIMEOUT_MS,
);

interface Document {
  readonly lines: readonly {
    readonly charge: string;
    readonly kind: string;
    readonly amount: string;
    readonly original_invoice: string | null;
  }[];
  readonly credits: readonly { readonly amount: string }[];
  readonly totals: { readonly total: string; readonly due: string };
}

/** Another plan from a midnight on that some of the use lies before: 1 a day, then 2. What both fees come to. */
async function changePlanOf({ id: customer }: Buyer): Promise<number> {
  const at = new Date(NOW_MS - 5 * DAY_MS).toISOString();
  const { document } = await api.json<{ document: { period: { days: number; first_date: string; zone: string } } }>(
    api.get(`/v1/invoices/preview?customer=${customer}&at=${at}`),
  );
  const { days, first_date: first, zone } = document.period;
  const changeDate = new Date(BILLING_DATE.getTime() - 4 * DAY_MS).toISOString().slice(0, 10);
  const daysBefore = (Date.parse(changeDate) - Date.parse(first)) / DAY_MS;
  const change = new Date(dateSpan(changeDate, zone).startMs).toISOString();
  const spans = [{ start: new Date(NOW_MS - 45 * DAY_MS).toISOString(), end: change }, { start: change }];
  for (const [index, span] of spans.entries()) {
    const fee = { id: 'base', description: 'Base fee', amount: ((index + 1) * days).toFixed(2) };
    const plan = await api.json<{ id: string }>(
      api.post('/v1/plans', { name: `Plan ${index}`, currency: 'EUR', charges: [], fees: [fee] }),
    );
    await api.json(api.post('/v1/subscriptions', { customer, plan: plan.id, ...span }));
  }
  return daysBefore + 2 * (days - daysBefore);
}

async function grantTo({ id: customer }: Buyer, amount: string): Promise<void> {
  const effective = new Date(NOW_MS - 45 * DAY_MS).toISOString();
  await api.json(api.post('/v1/credit-grants', { customer, amount, kind: 'paid', effective_from: effective }));
}

async function finalizeDraftOf({ id }: Buyer): Promise<{ readonly id: string; readonly document: Document }> {
  const draft = await eventually(
    async () => {
      const [found] = await invoicesOf(`customer=${id}&state=draft`);
      if (found === undefined) throw new Error('there is no draft yet');
      return found;
    },
    { timeoutMs: 30_000 },
  );
  await eventually(async () => void (await api.json(api.post(`/v1/invoices/${draft.id}/finalize`, {}))), {
    timeoutMs: 30_000,
  });
  return await api.json(api.get(`/v1/invoices/${draft.id}`));
}

async function rateAnew(filter: object): Promise<void> {
  const { id } = await api.json<{ id: string }>(
    api.post('/v1/rerates', {
      ...{ dry_run: false, reason: 'other prices', filter },
      start: new Date(Date.now() - 30 * DAY_MS).toISOString(),
      end: new Date().toISOString(),
    }),
  );
  await eventually(
    async () => expect(await api.json(api.get(`/v1/rerates/${id}`))).toMatchObject({ state: 'applied' }),
    { timeoutMs: 30_000 },
  );
}

const PLAN = {
  charges: [
    {
      ...{ id: 'graduated', description: 'Input', classes: ['input'] },
      price_model: {
        kind: 'graduated',
        tiers: [
          { up_to: '10000', unit_price: '0.001' },
          { up_to: null, unit_price: '0.0005' },
        ],
      },
    },
    {
      ...{ id: 'volume', description: 'Output', classes: ['output'] },
      price_model: {
        kind: 'volume',
        tiers: [
          { up_to: '100', unit_price: '1' },
          { up_to: null, unit_price: '0.05' },
        ],
      },
    },
    {
      ...{ id: 'package', description: 'Requests', classes: ['requests'] },
      price_model: { kind: 'package', size: '30', price: '3' },
    },
    {
      ...{ id: 'percentage', description: 'Service', takes: 'all' },
      price_model: { kind: 'percentage', of: 'cost', percent: '10' },
    },
    {
      ...{ id: 'cost_plus', description: 'Share', takes: 'all', discount: { kind: 'percent', percent: '50' } },
      price_model: { kind: 'cost_plus', percent: '-90' },
    },
    {
      ...{ id: 'per_unit', description: 'Calls', takes: 'all', classes: ['requests'], maximum: '4' },
      price_model: { kind: 'per_unit', unit_price: '0.125' },
    },
  ],
  fees: [{ id: 'base', description: 'Base fee', amount: '20.00' }],
  commitment: { id: 'minimum', description: 'Minimum', amount: '100.00' },
};

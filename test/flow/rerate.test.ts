// What nobody has priced shows at once; priced later it is rated anew, exactly it, whatever dies on the way, and stays so
// when the log is read again from its beginning.

import { type Accounts, createPostgresAccounts } from '@tollgate/accounts';
import { createIdGenerator, createLogger, systemClock } from '@tollgate/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rewindLog } from '../faults/rewind.ts';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT_MS = 240_000;
const VISIBLE_WITHIN_MS = 2_000;
const newId = createIdGenerator(systemClock);

let stack: Stack;
let accounts: Accounts;
beforeAll(async () => {
  stack = await startStack({ log: 'redis-streams' });
  const logger = createLogger({ service: 'test', level: 'silent' });
  accounts = createPostgresAccounts({ url: stack.postgres.url, clock: systemClock, logger });
}, TIMEOUT_MS);
afterAll(async () => {
  await accounts?.close();
  await stack?.close();
}, TIMEOUT_MS);

/** Prices of input and output, in millionths for a million tokens, as of all time. */
async function price(model: string, { input, output }: { readonly input: bigint; readonly output: bigint }) {
  const shared = {
    ...{ customerId: null, provider: 'openai', model, context: null, region: null },
    ...{ currency: 'USD', effectiveFromMs: 0, effectiveToMs: null, createdAtMs: Date.now(), createdBy: null },
    ...{ note: null, source: null },
    serviceTier: 'standard',
  } as const;
  const versions = await accounts.createPrices([
    { ...shared, id: newId('prc'), class: 'input', amountMicros: input },
    { ...shared, id: newId('prc'), class: 'output', amountMicros: output },
  ]);
  const knownFromMs = Math.max(...versions.map((version) => version.knownFromMs));
  return { ids: versions.map(({ id }) => id), knownFromMs };
}

const usage = { prompt_tokens: 1_000, completion_tokens: 10, total_tokens: 1_010 };

async function send(customer: TestCustomer, model: string, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, index) => {
    return { id: `${model}-${index}`, type: 'llm.chat', provider: 'openai', model, usage, metadata: { n: index } };
  });
  const answer = await customer.ingest.json<{ accepted: number }>(customer.ingest.post('/v1/events', events));
  expect(answer.accepted).toBe(count);
}

function period(): { readonly start: string; readonly end: string } {
  const hour = 3_600_000;
  return { start: new Date(Date.now() - 48 * hour).toISOString(), end: new Date(Date.now() + hour).toISOString() };
}

interface CostRow {
  readonly group: Readonly<Record<string, string>>;
  readonly currency: string;
  readonly cost: string;
  readonly cost_by_class: Readonly<Record<string, string>>;
  readonly events: number;
  readonly unpriced_events: number;
}

async function costsOf({ api, customerId }: TestCustomer): Promise<readonly CostRow[]> {
  const query = new URLSearchParams({ ...period(), customer: customerId, group_by: 'model' });
  return (await api.json<{ data: readonly CostRow[] }>(api.get(`/v1/costs?${query}`))).data;
}

interface Rerate {
  readonly id: string;
  readonly state: string;
  readonly progress: Readonly<Record<'examined' | 'changed' | 'applied' | 'skipped', number>>;
  readonly report: {
    readonly totals: readonly Readonly<Record<string, unknown>>[];
    readonly lines: readonly Readonly<Record<string, unknown>>[];
  };
}

async function rerate({ api, customerId }: TestCustomer, fields: object = {}): Promise<string> {
  const body = { ...period(), filter: { customer: customerId }, reason: 'a price was missing', ...fields };
  return (await api.json<Rerate>(api.post('/v1/rerates', body))).id;
}

async function reached({ api }: TestCustomer, id: string, state: string): Promise<Rerate> {
  return await eventually(
    async () => {
      const found = await api.json<Rerate>(api.get(`/v1/rerates/${id}`));
      expect(found.state).toBe(state);
      return found;
    },
    { timeoutMs: 30_000 },
  );
}

/** Every row of the customer as it stands, by model. */
async function rowsOf({ customerId }: TestCustomer): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const sql = `SELECT * REPLACE (toString(version) AS version) FROM usage_rows FINAL WHERE customer_id = '${customerId}'
    SETTINGS output_format_json_quote_64bit_integers = 1 FORMAT JSONEachRow`;
  const rows = (await ask(sql)).split('\n').filter((line) => line !== '');
  return new Map(rows.map((line) => JSON.parse(line)).map((row) => [row.event_id, row]));
}

async function ask(sql: string): Promise<string> {
  const res = await fetch(stack.clickhouse.url, { method: 'POST', body: sql });
  const text = await res.text();
  if (!res.ok) throw new Error(text);
  return text;
}

describe('usage of a model that nobody has priced', { timeout: TIMEOUT_MS }, () => {
  it('shows as unpriced within 2 seconds, and is rated anew, exactly it and for good', async () => {
    const customer = await createTestCustomer(stack);
    const known = await price('known-1', { input: 1_000_000n, output: 2_000_000n });
    await eventually(async () => expect(Date.now()).toBeGreaterThan(known.knownFromMs), { timeoutMs: 5_000 });
    await send(customer, 'known-1', 10);
    await send(customer, 'mystery-9', 25);
    const priced = { group: { model: 'known-1' }, currency: 'USD', cost: '0.0102', events: 10, unpriced_events: 0 };
    const unpriced = { group: { model: 'mystery-9' }, currency: 'USD', cost: '0', events: 25, unpriced_events: 25 };
    await eventually(async () => expect(await costsOf(customer)).toMatchObject([priced, unpriced]), {
      timeoutMs: VISIBLE_WITHIN_MS,
    });
    const { api, customerId } = customer;
    expect(await api.json(api.get(`/v1/events/mystery-9-3?customer=${customerId}`))).toMatchObject({
      ...{ cost: null, currency: 'USD', price_ids: [], cost_by_class: null },
      unpriced_reason: expect.stringMatching(/^unknown_model/),
    });
    const before = await rowsOf(customer);

    const found = await price('mystery-9', { input: 3_000_000n, output: 5_000_000n });
    const id = await rerate(customer);
    const dry = await reached(customer, id, 'rated');
    expect(dry.progress).toEqual({ examined: 35, changed: 25, applied: 0, skipped: 0 });
    const sums = { old_cost: '0', new_cost: '0.07625', difference: '0.07625', unpriced_before: 25, still_unpriced: 0 };
    expect(dry.report.lines).toMatchObject([
      {
        ...{ customer: customerId, model: 'mystery-9', currency: 'USD', events: 25, changed: 25, ...sums },
        ...{ old_price_ids: [], new_price_ids: found.ids.toSorted() },
      },
      { model: 'known-1', events: 10, changed: 0, difference: '0', old_price_ids: [], new_price_ids: [] },
    ]);
    expect(dry.report.totals).toMatchObject([{ currency: 'USD', events: 35, difference: '0.07625' }]);
    expect(await rowsOf(customer)).toEqual(before);

    // What comes after the dry run is no part of it.
    await send(customer, 'mystery-8', 1);
    // The api dies between the rows and the place that it came to.
    await stack.api.signal('SIGTERM');
    await stack.api.start({ TOLLGATE_FAILPOINT: 'rerate.after_apply' });
    await api.json(api.post(`/v1/rerates/${id}/apply`, {}));
    await eventually(async () => expect(stack.api.isRunning()).toBe(false), { timeoutMs: 15_000 });
    await stack.api.start();
    const done = await reached(customer, id, 'applied');
    expect(done.progress).toEqual({ examined: 35, changed: 25, applied: 25, skipped: 0 });

    const applied = {
      ...unpriced,
      cost: '0.07625',
      unpriced_events: 0,
      cost_by_class: { input: '0.075', output: '0.00125' },
    };
    const late = { group: { model: 'mystery-8' }, events: 1, unpriced_events: 1 };
    const look = async () => {
      expect(await costsOf(customer)).toMatchObject([priced, late, applied]);
      const after = await rowsOf(customer);
      for (const [eventId, row] of before) {
        const isMystery = row['model'] === 'mystery-9';
        const { version } = after.get(eventId) ?? {};
        const cost = {
          cost_pico: '3050000000',
          class_costs: expect.any(Array),
          price_ids: found.ids,
          unpriced_reason: '',
        };
        expect(after.get(eventId)).toEqual(isMystery ? { ...row, ...cost, version } : row);
      }
      return after;
    };
    const after = await look();

    await stack.counters[0].signal('SIGTERM');
    const rewoundAt = Date.now();
    await rewindLog(stack);
    await stack.counters[0].start();
    await eventually(
      async () => {
        const since = `fromUnixTimestamp64Milli(${rewoundAt})`;
        const sql = `SELECT uniqExact(event_id) FROM receipts WHERE customer_id = '${customerId}' AND inserted_at > ${since}`;
        expect((await ask(sql)).trim()).toBe('36');
      },
      { timeoutMs: 60_000 },
    );
    expect(await look()).toEqual(after);
    const audited = await api.json<{ data: readonly { action: string }[] }>(api.get(`/v1/audit-log?subject=${id}`));
    const actions = audited.data.map(({ action }) => action);
    expect(actions.toSorted()).toEqual(['rerate.applied', 'rerate.apply_requested', 'rerate.created']);
  });

  it('changes a period that was billed too, but not while somebody bills', async () => {
    const customer = await createTestCustomer(stack);
    await send(customer, 'billed-1', 3);
    await eventually(async () => expect((await costsOf(customer))[0]?.unpriced_events).toBe(3), { timeoutMs: 10_000 });
    await price('billed-1', { input: 1n, output: 1n });
    const { start, end } = period();
    await accounts.closePeriod({
      ...{ customerId: customer.customerId, invoiceId: newId('inv') },
      ...{ startMs: Date.parse(start), endMs: Date.parse(end) },
    });
    const id = await accounts.transaction(async (records) => {
      await records.holdRerates();
      const asked = await rerate(customer, { dry_run: false });
      await reached(customer, asked, 'applying');
      expect(await costsOf(customer)).toMatchObject([{ unpriced_events: 3 }]);
      return asked;
    });
    expect((await reached(customer, id, 'applied')).progress).toMatchObject({ changed: 3, applied: 3, skipped: 0 });
    expect(await costsOf(customer)).toMatchObject([{ unpriced_events: 0 }]);
  });

  it('is rated by a filter, at once where no dry run is asked, and not after it was cancelled', async () => {
    const customer = await createTestCustomer(stack);
    await send(customer, 'one-1', 2);
    await send(customer, 'two-2', 2);
    await eventually(async () => expect(await costsOf(customer)).toHaveLength(2), { timeoutMs: 10_000 });
    await price('one-1', { input: 1_000_000n, output: 0n });
    await price('two-2', { input: 1_000_000n, output: 0n });
    const filter = { customer: [customer.customerId], model: 'one-1', unpriced_only: true };
    const id = await rerate(customer, { filter, dry_run: false });
    expect((await reached(customer, id, 'applied')).progress).toMatchObject({ examined: 2, applied: 2 });
    expect(await costsOf(customer)).toMatchObject([{ cost: '0.002' }, { cost: '0', unpriced_events: 2 }]);
    const { api, secret } = customer;
    // The api dies between what it found and the place that it came to.
    await stack.api.signal('SIGTERM');
    await stack.api.start({ TOLLGATE_FAILPOINT: 'rerate.after_keep' });
    const dry = await rerate(customer);
    await eventually(async () => expect(stack.api.isRunning()).toBe(false), { timeoutMs: 15_000 });
    await stack.api.start();
    expect((await reached(customer, dry, 'rated')).progress).toMatchObject({ examined: 4, changed: 2 });
    await api.json(api.post(`/v1/rerates/${dry}/cancel`, {}));
    for (const act of ['apply', 'cancel']) expect((await api.post(`/v1/rerates/${dry}/${act}`, {})).status).toBe(409);
    const list = await api.json<{ data: readonly Rerate[] }>(api.get('/v1/rerates?limit=2'));
    expect(list.data.map((found) => [found.id, found.state])).toEqual([
      [dry, 'cancelled'],
      [id, 'applied'],
    ]);
    const own = await fetch(`${stack.api.url}/v1/rerates/${id}`, { headers: { Authorization: `Bearer ${secret}` } });
    expect(own.status).toBe(403);
  });
});

// What invoices are made from: held against what the domain gathers from the rows themselves.

import { gatherUse, TOKEN_CLASSES, type UsageRow } from '@tollgate/domain';
import type { InvoiceSpan, StoredPlace } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type TestWarehouse, type WarehouseServer } from './fixture.ts';
import { DAY_MS, HOUR_MS, JULY_MS, pick, positionAt, seeded, storeUsage, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

const ZONE = 'America/New_York';
const ALL: ReadonlyMap<number, StoredPlace> = new Map([[0, { epoch: 9, position: 1n << 60n }]]);
const SPAN: InvoiceSpan = {
  customerId: 'cus_a',
  startMs: JULY_MS + 1_234,
  endMs: JULY_MS + 3 * DAY_MS + 77,
  until: ALL,
};

function randomRows(seed: number): UsageRow[] {
  const random = seeded(seed);
  return Array.from({ length: 500 }, (_, n): UsageRow => {
    const costByClass = { input: BigInt(n) * 10n ** 9n, output: 5n, requests: BigInt(n % 3) };
    const isPriced = n % 50 !== 0;
    return usageRow({
      position: positionAt(n),
      customerId: pick(random, ['cus_a', 'cus_a', 'cus_b']),
      projectId: pick(random, ['prj_a', null]),
      model: pick(random, ['gpt-4o', '=cmd|"x"', 'o3']),
      serviceTier: pick(random, ['standard', 'batch']),
      timeMs: JULY_MS + Math.floor(random() * 4 * DAY_MS),
      tokens: { input: BigInt(n), cache_read: BigInt(n % 2), output: 5n },
      provenance: { input: pick(random, ['reported', 'counted']), cache_read: 'reported', output: 'estimated' },
      webSearches: BigInt(n % 4 === 0 ? 1 : 0),
      costPico: isPriced ? BigInt(n) * 10n ** 9n + 5n + BigInt(n % 3) : null,
      costByClass: isPriced ? costByClass : {},
      priceIds: isPriced ? pick(random, [['prc_b', 'prc_a'], ['prc_c']]) : [],
    });
  });
}

function within(rows: readonly UsageRow[], { customerId, startMs, endMs }: InvoiceSpan = SPAN): UsageRow[] {
  return rows.filter((row) => row.customerId === customerId && row.timeMs >= startMs && row.timeMs < endMs);
}

async function allRows({ warehouse }: TestWarehouse, span: InvoiceSpan): Promise<UsageRow[]> {
  const rows: UsageRow[] = [];
  let after: Parameters<typeof warehouse.invoiceRows>[0]['after'] = null;
  do {
    const page = await warehouse.invoiceRows({ ...span, after, limit: 60, rerateIds: [] });
    rows.push(...page.rows.map(({ rerateIds: _, ...row }) => row));
    after = page.next;
  } while (after !== null);
  return rows;
}

describe('the use of an invoice', () => {
  it('is what the rows of the span come to, by project, model, tier, class, prices and day', async () => {
    const test = await server.fresh();
    const rows = randomRows(3);
    await storeUsage(test.warehouse, rows);
    // Once more, and a later copy with other content: neither counts.
    await storeUsage(test.warehouse, rows.slice(0, 50));
    await storeUsage(
      test.warehouse,
      rows
        .slice(0, 20)
        .map((row) => ({ ...row, position: positionAt(1_000) + row.position, tokens: { input: 9_999n } })),
    );
    const expected = gatherUse(within(rows), ZONE);
    expect(await test.warehouse.invoiceUse({ ...SPAN, zone: ZONE })).toEqual(expected);
    expect(gatherUse(await allRows(test, SPAN), ZONE)).toEqual(expected);

    const totals = await test.warehouse.invoiceTotals(SPAN);
    const sumOf = (of: (row: UsageRow) => bigint): bigint => within(rows).reduce((sum, row) => sum + of(row), 0n);
    expect(totals).toEqual({
      events: BigInt(within(rows).length),
      unpricedEvents: sumOf(({ costPico }) => (costPico === null ? 1n : 0n)),
      costPico: sumOf(({ costPico }) => costPico ?? 0n),
      requests: sumOf(({ requests }) => requests),
      webSearches: sumOf(({ webSearches }) => webSearches),
      tokens: Object.fromEntries(
        TOKEN_CLASSES.map((name) => [name, sumOf(({ tokens }) => tokens[name] ?? 0n)] as const).filter(
          ([, tokens]) => tokens > 0n,
        ),
      ),
    });
  });

  it('is the same of each of several customers as of one alone', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, randomRows(5));
    const customerIds = ['cus_a', 'cus_b', 'cus_idle'];
    const span = { startMs: SPAN.startMs, endMs: SPAN.endMs, until: ALL };
    const use = await warehouse.invoiceUseOfEach({ ...span, customerIds, zone: ZONE });
    const totals = await warehouse.invoiceTotalsOfEach({ ...span, customerIds });
    const books = await warehouse.booksOfEach({ startMs: JULY_MS, endMs: SPAN.endMs, customerIds });
    const changed = await warehouse.changedSinceOfEach(new Map(customerIds.map((id) => [id, 0])));
    const soonMs = Date.now() + DAY_MS;
    const since = new Map([
      ['cus_a', soonMs],
      ['cus_b', 0],
    ]);
    expect([...(await warehouse.changedSinceOfEach(since))]).toEqual([['cus_b', changed.get('cus_b')]]);
    for (const customerId of ['cus_a', 'cus_b']) {
      expect(use.get(customerId)).toEqual(await warehouse.invoiceUse({ ...span, customerId, zone: ZONE }));
      expect(totals.get(customerId)).toEqual(await warehouse.invoiceTotals({ ...span, customerId }));
      expect(books.get(customerId)).toEqual(await warehouse.books({ startMs: JULY_MS, endMs: SPAN.endMs, customerId }));
      expect(changed.get(customerId)).toEqual(await warehouse.changedSince({ customerId, sinceMs: 0 }));
      expect(use.get(customerId)?.length).toBeGreaterThan(0);
      expect(books.get(customerId)?.stored).toBeGreaterThan(0n);
    }
    expect([use, totals, changed].map((each) => each.has('cus_idle'))).toEqual([false, false, false]);
    expect(books.get('cus_idle')).toMatchObject({ accepted: 0n, stored: 0n });
  });

  it('ends at the places that are given', async () => {
    const test = await server.fresh();
    const rows = randomRows(4);
    await storeUsage(test.warehouse, rows);
    const span: InvoiceSpan = { ...SPAN, until: new Map([[0, { epoch: 1, position: positionAt(199) }]]) };
    const expected = gatherUse(within(rows.slice(0, 200)), ZONE);
    expect(await test.warehouse.invoiceUse({ ...span, zone: ZONE })).toEqual(expected);
    expect(gatherUse(await allRows(test, span), ZONE)).toEqual(expected);
    expect((await test.warehouse.invoiceTotals(span)).events).toBe(BigInt(within(rows.slice(0, 200)).length));
    expect(await test.warehouse.invoiceUse({ ...span, until: new Map(), zone: ZONE })).toEqual([]);
  });

  it('says which re-rates gave a row another cost: of those that rated the same revision, the one that was applied first', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, [usageRow({ position: positionAt(1), timeMs: JULY_MS + DAY_MS })]);
    const rate = async (rerateId: string): Promise<void> => {
      const asked = { startMs: JULY_MS, endMs: SPAN.endMs, filters: [], isUnpricedOnly: false, limit: 10, after: null };
      const { rows } = await warehouse.rowsToRate(asked);
      const costPico = BigInt(rerateId.slice(-1));
      const cost = { currency: 'USD', costPico, costByClass: {}, cacheSavingsPico: 0n, priceIds: [] };
      await warehouse.keepRatedRows(
        rerateId,
        rows.map(({ customerId, hourMs, eventId, version, provider, model, cost: old }) => ({
          ...{ customerId, hourMs, eventId, version, provider, model, old, outcome: 'changed' },
          cost: { ...cost, unpricedReason: '' },
        })),
      );
    };
    const apply = async (rerateId: string): Promise<number> => {
      const step = await warehouse.nextRerateStep({ rerateId, after: null, rowsMin: 10 });
      return step === null ? 0 : (await warehouse.applyRerateStep({ rerateId, step })).applied;
    };
    for (const id of ['rrt_2', 'rrt_1']) await rate(id);
    expect([await apply('rrt_2'), await apply('rrt_1')]).toEqual([1, 0]);
    await rate('rrt_3');
    expect(await apply('rrt_3')).toBe(1);
    const rerateIds = ['rrt_2', 'rrt_1', 'rrt_3'];
    const { rows } = await warehouse.invoiceRows({ ...SPAN, after: null, limit: 10, rerateIds });
    expect(rows.map((row) => row.rerateIds.toSorted())).toEqual([['rrt_2', 'rrt_3']]);
  });

  it('says what a meter measured, up to the same places', async () => {
    const test = await server.fresh();
    const eventOf = (n: number, projectId: string): UsageRow =>
      usageRow({
        ...{ position: positionAt(n), projectId, type: 'minutes', requests: 0n, tokens: {}, provenance: {} },
        timeMs: JULY_MS + n * HOUR_MS,
        data: `{"value":"${n}.25"}`,
      });
    await storeUsage(test.warehouse, [eventOf(1, 'prj_a'), eventOf(2, 'prj_b'), eventOf(3, 'prj_a')]);
    const meter = {
      ...({
        slug: 'minutes',
        name: 'Minutes',
        eventType: 'minutes',
        aggregation: 'sum',
        valuePath: '$.value',
      } as const),
      ...{ dimensions: {}, createdAtMs: 0, archivedAtMs: null },
    };
    const span = { ...SPAN, startMs: JULY_MS };
    expect(await test.warehouse.meterValue({ ...span, meter })).toEqual({ value: '6.75', events: 3n });
    expect(await test.warehouse.meterValue({ ...span, meter, projectId: 'prj_a' })).toEqual({
      value: '4.5',
      events: 2n,
    });
    const until = new Map([[0, { epoch: 1, position: positionAt(2) }]]);
    expect(await test.warehouse.meterValue({ ...span, until, meter })).toEqual({ value: '3.5', events: 2n });
    expect(await test.warehouse.meterValue({ ...span, customerId: 'cus_b', meter })).toEqual({
      value: null,
      events: 0n,
    });
    expect(await test.warehouse.invoiceUse({ ...span, zone: ZONE })).toEqual([]);
  });
});

describe('hours that changed', () => {
  it('are told with their customers, and those from before the instant are not', async () => {
    const test = await server.fresh();
    await storeUsage(test.warehouse, [
      usageRow({ position: positionAt(1), timeMs: JULY_MS + 5 }),
      usageRow({ position: positionAt(2), timeMs: JULY_MS + DAY_MS }),
      usageRow({ position: positionAt(3), customerId: 'cus_b' }),
    ]);
    const sinceMs = Date.now();
    const hoursBeforeMs = sinceMs;
    expect(await test.warehouse.changedSince({ customerId: 'cus_a', sinceMs })).toEqual([JULY_MS, JULY_MS + DAY_MS]);
    expect(await test.warehouse.customersChangedSince({ sinceMs, hoursBeforeMs, limit: 10 })).toEqual([
      'cus_a',
      'cus_b',
    ]);
    expect(await test.warehouse.customersChangedSince({ sinceMs, hoursBeforeMs, limit: 10, after: 'cus_a' })).toEqual([
      'cus_b',
    ]);
    const all = { sinceMs, limit: 10 };
    expect(await test.warehouse.customersChangedSince({ ...all, hoursBeforeMs: JULY_MS })).toEqual([]);
    const later = sinceMs + 10 * 60_000;
    expect(await test.warehouse.changedSince({ customerId: 'cus_a', sinceMs: later })).toEqual([]);
    expect(await test.warehouse.customersChangedSince({ sinceMs: later, hoursBeforeMs, limit: 10 })).toEqual([]);
  });
});

describe('the detail of usage', () => {
  it('is a file with a line for each event, safe for spreadsheets as CSV', async () => {
    const test = await server.fresh();
    const rows = randomRows(5);
    await storeUsage(test.warehouse, rows);
    const csv = await text(test.warehouse.usageDetail({ ...SPAN, format: 'csv', ...allOf(rows) }));
    const lines = csv.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^"time","event_id","key","project","type","provider","model",/);
    expect(lines).toHaveLength(within(rows).length + 1);
    expect(csv).toContain(`"'=cmd|""x"""`);
    expect(csv).not.toContain('"=cmd');
    expect(csv).toMatch(/^"2026-07-01T\d\d:\d\d:\d\d\.\d\d\dZ",/m);

    const one = await text(
      test.warehouse.usageDetail({
        ...{ ...SPAN, format: 'csv', eventTypes: [] },
        uses: allOf(rows.filter(isOfLine)).uses.map((use) => ({ ...use, class: 'output' })),
      }),
    );
    const billed = within(rows).filter((row) => isOfLine(row) && (row.tokens.output ?? 0n) > 0n);
    expect(one.trimEnd().split('\n')).toHaveLength(billed.length + 1);
  });

  it('is Parquet too', async () => {
    const test = await server.fresh();
    const rows = randomRows(6);
    await storeUsage(test.warehouse, rows);
    const bytes = await text(test.warehouse.usageDetail({ ...SPAN, format: 'parquet', ...allOf(rows) }));
    expect(bytes.slice(0, 4)).toBe('PAR1');
    expect(bytes.slice(-4)).toBe('PAR1');
  });
});

const isOfLine = ({ model }: UsageRow): boolean => model === 'o3';

function allOf(rows: readonly UsageRow[]) {
  return {
    uses: rows.map(({ projectId, provider, model, serviceTier }) => ({
      ...{ projectId, provider, model, serviceTier, class: 'requests' },
    })),
    eventTypes: rows.filter(({ requests }) => requests === 0n).map(({ type }) => type),
  };
}

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('latin1');
}

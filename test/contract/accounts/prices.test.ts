// Versions of prices on a real Postgres: none is changed, and no reader misses one that it should know.

import { type Accounts, createPriceReader, type NewPrice } from '@tollgate/accounts';
import { priceUsage } from '@tollgate/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, openAccounts, type PostgresFixture, runSql, startPostgresFixture } from './postgres-fixture.ts';

let fixture: PostgresFixture;
let url: string;
let accounts: Accounts;

beforeAll(async () => {
  fixture = await startPostgresFixture();
  url = await fixture.createDatabase();
  accounts = openAccounts(url);
  await accounts.migrate();
});
afterAll(async () => {
  await accounts?.close();
  await fixture?.close();
});

const T0 = Date.UTC(2026, 0, 1);

function newPrice(fields: Partial<NewPrice> = {}): NewPrice {
  return {
    id: newId('prc'),
    customerId: null,
    provider: 'openai',
    model: `m-${newId('x')}`,
    class: 'input',
    serviceTier: 'standard',
    context: null,
    region: null,
    currency: 'USD',
    amountMicros: 2_500_000n,
    source: 'a test',
    note: null,
    effectiveFromMs: T0,
    effectiveToMs: null,
    createdAtMs: Date.now(),
    createdBy: 'key_1',
    ...fields,
  };
}

async function instantOfDatabase(): Promise<number> {
  const [row] = await runSql<{ now: Date }>(url, 'SELECT clock_timestamp() AS now');
  return row?.now.getTime() ?? Number.NaN;
}

it('a version comes back as it was made, and is known in about a second', async () => {
  const customerless = newPrice({
    context: { threshold: 200_000n, isInclusive: false },
    region: 'eu',
    amountMicros: 9_007_199_254_740_993n,
    effectiveToMs: T0 + 1,
    note: 'é',
  });
  const beforeMs = await instantOfDatabase();
  const [made] = await accounts.createPrices([customerless]);
  expect(made).toMatchObject(customerless);
  const afterMs = await instantOfDatabase();
  expect(made?.knownFromMs).toBeGreaterThanOrEqual(beforeMs + 999);
  expect(made?.knownFromMs).toBeLessThanOrEqual(afterMs + 1_001);
  expect(await accounts.price(customerless.id)).toEqual(made);
  const ended = newPrice({ amountMicros: null, knownFromMs: 5 });
  expect(await accounts.createPrices([ended])).toEqual([ended]);
});

it('a mark-up comes back as it was made', async () => {
  const { id, customerId, provider, model, note, effectiveFromMs, effectiveToMs, createdAtMs, createdBy } = newPrice();
  const markup = {
    ...{ id, customerId, provider, model, note, effectiveFromMs, effectiveToMs, createdAtMs, createdBy },
    currency: 'USD',
    toCurrency: 'EUR',
    percentMicros: -5_000_001n,
    rateNanos: 923_456_789n,
  };
  const made = await accounts.createMarkup(markup);
  expect(made).toMatchObject(markup);
  expect(await accounts.markup(id)).toEqual(made);
  expect(await accounts.markups({ limit: 10 })).toContainEqual(made);
});

it('nothing of a version can be changed, removed or emptied', async () => {
  await accounts.createPrices([newPrice()]);
  for (const statement of [
    'UPDATE prices SET amount_micros = 0',
    'DELETE FROM prices',
    'TRUNCATE prices',
    'UPDATE markups SET percent_micros = 0',
    'DELETE FROM markups',
    'TRUNCATE markups',
  ]) {
    await expect(runSql(url, statement)).rejects.toThrow(/append-only/);
  }
});

it('all of a call are made, or none', async () => {
  const good = newPrice();
  await expect(accounts.createPrices([good, newPrice({ amountMicros: -1n })])).rejects.toThrow();
  expect(await accounts.price(good.id)).toBeNull();
});

describe('a list', () => {
  it('filters by every field, and goes on after an id', async () => {
    const model = `Model-${newId('x')}`;
    const versions = [
      newPrice({ model, class: 'input' }),
      newPrice({ model, class: 'output' }),
      newPrice({ model, class: 'output', provider: 'azure', effectiveFromMs: T0 + 10, effectiveToMs: T0 + 20 }),
    ];
    await accounts.createPrices(versions);
    const idsOf = async (filter: object): Promise<readonly string[]> =>
      (await accounts.prices({ limit: 10, model: model.toLowerCase(), ...filter })).map(({ id }) => id);
    const [first, second, third] = versions.map(({ id }) => id);
    expect(await idsOf({})).toEqual([first, second, third]);
    expect(await idsOf({ after: first, limit: 1 })).toEqual([second]);
    expect(await idsOf({ class: 'output' })).toEqual([second, third]);
    expect(await idsOf({ provider: 'Azure' })).toEqual([third]);
    expect(await idsOf({ customerId: null })).toEqual([first, second, third]);
    expect(await idsOf({ customerId: 'cus_nobody' })).toEqual([]);
    expect(await idsOf({ atMs: T0 + 9 })).toEqual([first, second]);
    expect(await idsOf({ atMs: T0 + 19 })).toEqual([first, second, third]);
    expect(await idsOf({ atMs: T0 + 20 })).toEqual([first, second]);
  });
});

describe('a reader', () => {
  it('has what was written before it was asked', async () => {
    const reader = createPriceReader(accounts);
    await reader.refresh();
    const version = newPrice();
    const [made] = await accounts.createPrices([version]);
    await reader.refresh();
    const usage = {
      customerId: 'cus_1',
      currency: 'USD',
      provider: 'openai',
      model: version.model,
      serviceTier: '',
      region: '',
      timeMs: T0,
      receivedAtMs: made?.knownFromMs ?? 0,
      tokens: { input: 1n },
      requests: 1n,
      webSearches: 0n,
    };
    expect(priceUsage(reader.book, usage)).toMatchObject({ priceIds: [version.id] });
    expect(priceUsage(reader.book, { ...usage, receivedAtMs: usage.receivedAtMs - 1 }).kind).toBe('unpriced');
  });

  it('claims nothing that a transaction under way could make untrue', async () => {
    const reader = createPriceReader(accounts);
    await reader.refresh();
    let refreshed = false;
    let refresh: Promise<void> | undefined;
    const made = await accounts.transaction(async (records) => {
      const created = await records.createPrices([newPrice()]);
      refresh = reader.refresh().then(() => {
        refreshed = true;
      });
      // The commit comes after the version is known already: that is the case that matters.
      while ((await instantOfDatabase()) < (created[0]?.knownFromMs ?? 0)) await records.organization();
      expect(refreshed).toBe(false);
      expect(reader.completeUntilMs).toBeLessThanOrEqual(created[0]?.knownFromMs ?? 0);
      return created;
    });
    await refresh;
    expect(reader.completeUntilMs).toBeGreaterThan(made[0]?.knownFromMs ?? Number.POSITIVE_INFINITY);
  });

  it('never has less than it claims, however many write at once', async () => {
    const reader = createPriceReader(accounts);
    const claims: { readonly size: number; readonly untilMs: number }[] = [];
    const writers = Promise.all(
      Array.from({ length: 30 }, () => accounts.createPrices([newPrice(), newPrice()]).then(([one]) => one)),
    );
    let isDone = false;
    const done = writers.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await Promise.all([reader.refresh(), reader.refresh()]);
      claims.push({ size: reader.book.size, untilMs: reader.completeUntilMs });
    }
    await done;
    const knownFrom = await runSql<{ at: Date }>(
      url,
      'SELECT known_from AS at FROM prices UNION ALL SELECT known_from FROM markups',
    );
    for (const { size, untilMs } of claims) {
      expect(size).toBeGreaterThanOrEqual(knownFrom.filter(({ at }) => at.getTime() < untilMs).length);
    }
    await reader.refresh();
    expect(reader.book.size).toBe(knownFrom.length);
  });
});

it('the currencies of customers are told at once for many', async () => {
  const customers = ['USD', 'JPY'].map((currency) => ({ id: newId('cus'), currency }));
  for (const { id, currency } of customers) {
    await runSql(
      url,
      `INSERT INTO customers (id, name, currency, zone, created_at) VALUES ($1, 'A customer', $2, 'UTC', now())`,
      [id, currency],
    );
  }
  expect(await accounts.currenciesOf([...customers.map(({ id }) => id), 'cus_nobody'])).toEqual(
    new Map(customers.map(({ id, currency }) => [id, currency])),
  );
});

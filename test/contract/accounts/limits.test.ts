// Limits in the accounts store: what is written is what is read, what was told once is not told again, and who listens hears.

import type { Accounts, Limit } from '@tollgate/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { newId, openAccounts, type PostgresFixture, startPostgresFixture } from './postgres-fixture.ts';

const NOW_MS = Date.UTC(2026, 10, 24);

let postgres: PostgresFixture;
let accounts: Accounts;

beforeAll(async () => {
  postgres = await startPostgresFixture();
  accounts = openAccounts(await postgres.createDatabase());
  await accounts.migrate();
});

afterAll(async () => {
  await accounts?.close();
  await postgres?.close();
});

async function addCustomer(): Promise<string> {
  const id = newId('cus');
  await accounts.createCustomer({
    id,
    name: 'Acme',
    externalId: null,
    currency: 'EUR',
    zone: 'Europe/Berlin',
    billingDay: 1,
    metadata: {},
    suspendedAtMs: null,
    suspensionReason: null,
    keyPolicy: { keysMax: 10, allowedScopes: null },
    createdAtMs: NOW_MS,
  });
  return id;
}

function limitOf(customerId: string, changes: Partial<Limit> = {}): Limit {
  return {
    id: newId('lim'),
    customerId,
    scope: { kind: 'customer', id: customerId },
    setBy: 'operator',
    modelPattern: 'gpt-4o*',
    metric: 'cost',
    window: 'billing_period',
    countsFromMs: 0,
    // Past 2^63: ten million units of money in picounits.
    amount: 10_000_000_000_000_000_001n,
    mode: 'block',
    thresholds: [50, 100],
    allowanceWhenUnknown: 5n,
    refusesEvents: true,
    suspendedUntilMs: null,
    revision: 1,
    createdAtMs: NOW_MS,
    updatedAtMs: NOW_MS,
    ...changes,
  };
}

it('a limit is read as it was written, changed, listed and deleted', async () => {
  const customer = await addCustomer();
  const limit = limitOf(customer);
  await accounts.createLimit(limit);
  expect(await accounts.limit(limit.id)).toEqual(limit);

  const changed = { ...limit, amount: 0n, allowanceWhenUnknown: null, countsFromMs: NOW_MS, revision: 2 };
  await accounts.updateLimit(changed);
  expect(await accounts.lockLimit(limit.id)).toEqual(changed);
  expect(await accounts.limits({ limit: 10, customerId: customer, metric: 'cost' })).toEqual([changed]);
  expect(await accounts.limits({ limit: 10, customerId: customer, metric: 'tokens' })).toEqual([]);
  expect(await accounts.customersWithLimits({ limit: 1_000 })).toContain(customer);

  await accounts.deleteLimit(limit.id, NOW_MS);
  expect(await accounts.limit(limit.id)).toBeNull();
  expect((await accounts.limitSet(customer))?.limits).toEqual([]);
});

it("the set of a customer's limits carries its currency and the calendar with every move", async () => {
  const customer = await addCustomer();
  const limit = limitOf(customer);
  await accounts.createLimit(limit);
  await accounts.changeCalendar(customer, { fromMs: NOW_MS, zone: 'Asia/Tokyo', anchorDay: 31 });
  expect(await accounts.limitSet(customer)).toEqual({
    currency: 'EUR',
    calendar: [
      { fromMs: Number.NEGATIVE_INFINITY, zone: 'Europe/Berlin', anchorDay: 1 },
      { fromMs: NOW_MS, zone: 'Asia/Tokyo', anchorDay: 31 },
    ],
    limits: [limit],
  });
  expect(await accounts.limitSet('cus_nobody')).toBeNull();
});

it('a threshold of a window is told once, and again after the limit was changed', async () => {
  const customer = await addCustomer();
  const limit = limitOf(customer);
  await accounts.createLimit(limit);
  const alert = {
    limitId: limit.id,
    revision: 1,
    windowStartMs: NOW_MS,
    kind: 'threshold',
    threshold: 50,
    used: 7n,
    amount: limit.amount,
    atMs: NOW_MS,
  } as const;
  const told = await Promise.all([1, 2, 3].map(() => accounts.transaction((records) => records.noteLimitAlert(alert))));
  expect(told.filter(Boolean)).toHaveLength(1);
  expect(await accounts.noteLimitAlert({ ...alert, revision: 2 })).toBe(true);
  expect(await accounts.limitAlerts({ limitId: limit.id, limit: 10 })).toHaveLength(2);
});

it('what was told is read a page at a time, the newest first', async () => {
  const limit = limitOf(await addCustomer());
  await accounts.createLimit(limit);
  const alert = { limitId: limit.id, revision: 1, windowStartMs: NOW_MS, used: 7n, amount: limit.amount } as const;
  for (const [atMs, threshold] of [
    [NOW_MS, 50],
    [NOW_MS, 75],
    [NOW_MS + 1, 90],
  ] as const) {
    await accounts.noteLimitAlert({ ...alert, kind: 'threshold', threshold, atMs });
  }
  const thresholds: number[] = [];
  let page = await accounts.limitAlerts({ limitId: limit.id, limit: 1 });
  while (page[0] !== undefined) {
    thresholds.push(page[0].threshold);
    page = await accounts.limitAlerts({ limitId: limit.id, limit: 1, after: page[0] });
  }
  expect(thresholds).toEqual([90, 75, 50]);
});

it('a customer is shown with its last zone and billing day, and moves twice in one instant at most once', async () => {
  const id = await addCustomer();
  await accounts.changeCalendar(id, { fromMs: NOW_MS, zone: 'Asia/Tokyo', anchorDay: 31 });
  await accounts.changeCalendar(id, { fromMs: NOW_MS, zone: 'Asia/Seoul', anchorDay: 15 });
  expect(await accounts.customer(id)).toMatchObject({ zone: 'Asia/Seoul', billingDay: 15 });
  expect((await accounts.limitReckonings([id, 'cus_nobody'])).get(id)?.calendar).toHaveLength(2);
});

it('limits are counted by who set them, and end with what they are of', async () => {
  const customerId = await addCustomer();
  const key = { kind: 'key', id: newId('key') } as const;
  const ofKey = limitOf(customerId, { scope: key, setBy: 'customer' });
  await accounts.createLimit(ofKey);
  await accounts.createLimit(limitOf(customerId));
  const count = (setBy: Limit['setBy']) => accounts.countLimits({ customerId, setBy });
  expect([await count('operator'), await count('customer')]).toEqual([1, 1]);
  expect(await accounts.deleteLimitsOf(key, NOW_MS)).toEqual([ofKey]);
  expect([await count('operator'), await count('customer')]).toEqual([1, 0]);
});

it('a default of limits is read as it was written, and deleted', async () => {
  const customerId = await addCustomer();
  const { scope: _, countsFromMs, suspendedUntilMs, revision, updatedAtMs, ...terms } = limitOf(customerId);
  const limitDefault = { ...terms, id: newId('lmd'), customerId };
  await accounts.createLimitDefault(limitDefault);
  expect(await accounts.limitDefaults({ customerId, limit: 10 })).toEqual([limitDefault]);
  expect(await accounts.lockLimitDefault(limitDefault.id)).toEqual(limitDefault);
  await accounts.deleteLimitDefault(limitDefault.id, NOW_MS);
  expect(await accounts.lockLimitDefault(limitDefault.id)).toBeNull();
  expect(await accounts.limitDefaults({ customerId, limit: 10 })).toEqual([]);
});

it('a change is heard under the name of whose limit it is', async () => {
  const customer = await addCustomer();
  const heard: (string | null)[] = [];
  const watch = await accounts.watch((id) => heard.push(id));
  await eventually(async () => expect(watch.confirmedAtMs).toBeGreaterThan(0), { timeoutMs: 5_000 });
  await accounts.createLimit(limitOf(customer));
  const organization = { scope: { kind: 'organization', id: 'org' }, customerId: null } as const;
  await accounts.createLimit({ ...limitOf(customer), ...organization });
  await eventually(
    async () => expect(heard).toEqual(expect.arrayContaining([`limits:${customer}`, 'limits:organization'])),
    { timeoutMs: 5_000 },
  );
  await watch.close();
});

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

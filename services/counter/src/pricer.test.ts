import { setTimeout as pause } from 'node:timers/promises';
import type { PriceReader } from '@tollgate/accounts';
import { createPriceBook, type Price } from '@tollgate/domain';
import { createLogger } from '@tollgate/runtime';
import { expect, it } from 'vitest';
import { createPricer } from './pricer.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const never = new AbortController().signal;

const price: Price = {
  id: 'prc_1',
  customerId: null,
  provider: 'openai',
  model: 'gpt-4o',
  class: 'input',
  serviceTier: 'standard',
  context: null,
  region: null,
  currency: 'USD',
  amountMicros: 2_500_000n,
  source: null,
  note: null,
  effectiveFromMs: 0,
  effectiveToMs: null,
  knownFromMs: 1_000,
  createdAtMs: 0,
  createdBy: null,
};

const usage = {
  customerId: 'cus_1',
  provider: 'openai',
  model: 'gpt-4o',
  serviceTier: '',
  region: '',
  timeMs: 5,
  tokens: { input: 1n },
  requests: 1n,
  webSearches: 0n,
};

/** A store whose clock moves with every look, and which can be away. */
function standIn(options: { readonly completeUntilMs: number; readonly stepMs: number; readonly failures?: number }) {
  const book = createPriceBook();
  const asked = { prices: 0, currencies: [] as (readonly string[])[] };
  let { completeUntilMs, failures = 0 } = options;
  const prices: PriceReader = {
    book,
    get completeUntilMs() {
      return completeUntilMs;
    },
    async refresh() {
      asked.prices++;
      if (failures-- > 0) throw new Error('away');
      book.add({ prices: [price], markups: [] });
      completeUntilMs += options.stepMs;
    },
  };
  const accounts = {
    async currenciesOf(ids: readonly string[]) {
      asked.currencies.push(ids);
      return new Map(ids.filter((id) => id !== 'cus_unknown').map((id) => [id, 'USD']));
    },
  };
  return { asked, pricer: createPricer({ accounts, prices, logger }) };
}

it('reads prices only when a record may know one that was not read', async () => {
  const { asked, pricer } = standIn({ completeUntilMs: 2_000, stepMs: 1_000 });
  await pricer.prepare([{ customerId: 'cus_1', receivedAtMs: 1_999 }], never);
  expect(asked.prices).toBe(0);
  const costOf = await pricer.prepare([{ customerId: 'cus_1', receivedAtMs: 2_000 }], never);
  expect(asked.prices).toBe(1);
  expect(costOf({ ...usage, receivedAtMs: 2_000 })).toMatchObject({ costPico: 2_500_000n, currency: 'USD' });
  expect(costOf({ ...usage, receivedAtMs: 999 }).costPico).toBeNull();
});

it('waits until the book is complete for the newest record', async () => {
  const { asked, pricer } = standIn({ completeUntilMs: 0, stepMs: 50 });
  await pricer.prepare([{ customerId: 'cus_1', receivedAtMs: 120 }], never);
  expect(asked.prices).toBe(3);
});

it('does not wait for a record whose time of receipt is far ahead', async () => {
  const { asked, pricer } = standIn({ completeUntilMs: 0, stepMs: 50 });
  await pricer.prepare([{ customerId: 'cus_1', receivedAtMs: 3_600_000 }], never);
  expect(asked.prices).toBe(1);
});

it('tries again while the store is away, and ends with the signal', async () => {
  const { asked, pricer } = standIn({ completeUntilMs: 0, stepMs: 500, failures: 2 });
  await pricer.prepare([{ customerId: 'cus_1', receivedAtMs: 120 }], never);
  expect(asked.prices).toBe(3);

  const away = standIn({ completeUntilMs: 0, stepMs: 0, failures: Number.POSITIVE_INFINITY });
  const stop = new AbortController();
  const waiting = away.pricer.prepare([{ customerId: 'cus_1', receivedAtMs: 120 }], stop.signal);
  await pause(20);
  stop.abort();
  await expect(waiting).rejects.toThrow(/abort/i);
});

it('asks for a currency once, and again for a customer that is not known', async () => {
  const { asked, pricer } = standIn({ completeUntilMs: 9_000, stepMs: 1 });
  const records = ['cus_1', 'cus_unknown', 'cus_1'].map((customerId) => ({ customerId, receivedAtMs: 5_000 }));
  await pricer.prepare(records, never);
  const costOf = await pricer.prepare(records, never);
  expect(asked.currencies).toEqual([['cus_1', 'cus_unknown'], ['cus_unknown']]);
  expect(costOf({ ...usage, customerId: 'cus_unknown', receivedAtMs: 5_000 })).toMatchObject({
    costPico: null,
    currency: '',
    unpricedReason: 'unknown_customer:input',
  });
});

import { expect, it } from 'vitest';
import { NEW_LIMIT, newLimitOf, termsOf } from './limit-draft.ts';

it('numbers are read as people write them, and money stays text', () => {
  expect(termsOf({ ...NEW_LIMIT, amount: '10,000' }).amount).toBe(10_000);
  expect(termsOf({ ...NEW_LIMIT, metric: 'cost', amount: '1 250.50' }).amount).toBe('1250.50');
  expect(termsOf({ ...NEW_LIMIT, amount: 'many' }).amount).toBe('many');
});

it('an allowance opens it while its counter is not known', () => {
  expect(termsOf({ ...NEW_LIMIT, amount: '10' }).on_unavailable).toBe('closed');
  expect(termsOf({ ...NEW_LIMIT, amount: '10', allowance: '5' }).on_unavailable).toEqual({ open: 5 });
});

it('it is of one thing, and a limit that only alerts refuses no events', () => {
  expect(newLimitOf({ ...NEW_LIMIT, scope: 'customer', id: 'cus_1', amount: '1' }).scope).toEqual({
    customer: 'cus_1',
  });
  expect(newLimitOf({ ...NEW_LIMIT, scope: 'organization', amount: '1' }).scope).toEqual({ organization: true });
  expect(termsOf({ ...NEW_LIMIT, amount: '1', mode: 'alert', refusesEvents: true }).refuse_events).toBe(false);
});

it('thresholds are percents, however they are divided', () => {
  expect(termsOf({ ...NEW_LIMIT, amount: '1', thresholds: '50%, 80  100' }).thresholds).toEqual([50, 80, 100]);
  expect(termsOf({ ...NEW_LIMIT, amount: '1', thresholds: ' ' }).thresholds).toEqual([]);
});

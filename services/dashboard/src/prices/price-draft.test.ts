import { expect, it } from 'vitest';
import { isAmount, simulate } from './price-draft.ts';

const USE = {
  quantities: new Map([
    ['input', 1_234_567],
    ['output', 1],
    ['reasoning', 3],
    ['cache_read', 10],
    ['requests', 2],
  ]),
  costs: new Map([
    ['input', '3.0864175'],
    ['cache_read', '0.0000125'],
  ]),
  unpricedEvents: 0,
};

it('a month under another price is exact, by the piece and by the million', () => {
  const amounts = [
    { name: 'input', amount: '0.000001' },
    { name: 'output', amount: '10' },
    { name: 'requests', amount: '0.01' },
  ];
  expect(simulate(amounts, USE)).toEqual([
    { name: 'input', quantity: 1_234_567, costNow: '3.0864175', costThen: '0.000001234567' },
    { name: 'output', quantity: 1, costNow: '0', costThen: '0.00001' },
    // Billed as output, which is written.
    { name: 'reasoning', quantity: 3, costNow: '0', costThen: '0.00003' },
    // Not written: as it is.
    { name: 'cache_read', quantity: 10, costNow: '0.0000125', costThen: '0.0000125' },
    { name: 'requests', quantity: 2, costNow: '0', costThen: '0.02' },
  ]);
});

it.each(['', '-1', '1e3', '1.0000001', '1,5', 'free'])('%j is no amount', (text) => {
  expect(isAmount(text)).toBe(false);
});

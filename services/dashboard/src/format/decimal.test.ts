import { expect, it } from 'vitest';
import { fromUnits, sumOf, toUnits } from './decimal.ts';

it.each([
  ['0', 0n],
  ['0.00006', 60_000_000n],
  ['-1.5', -1_500_000_000_000n],
  ['12345678901234567890.000000000001', 12_345_678_901_234_567_890_000_000_000_001n],
])('%s is exact, there and back', (decimal, units) => {
  expect(toUnits(decimal)).toBe(units);
  expect(fromUnits(units)).toBe(decimal);
});

it('sums what floats would round', () => {
  expect(sumOf(['0.1', '0.2'])).toBe('0.3');
  expect(sumOf(['9007199254740993', '0.000000000001'])).toBe('9007199254740993.000000000001');
});

it.each(['', '1e3', '1.0000000000001', 'NaN'])('%j is no amount', (text) => {
  expect(() => toUnits(text)).toThrow('no amount');
});

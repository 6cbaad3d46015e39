import { expect, it } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

const times = { firstMs: 100, maxMs: 1_000 };

it.each([
  [1, 0, 50],
  [1, 0.5, 75],
  [2, 0, 100],
  [4, 0.5, 600],
  [5, 0, 500],
  [10_000, 0.5, 750],
])('after %i failures, with a chance of %d: %d ms', (failures, chance, delayMs) => {
  expect(retryDelayMs(times, { failures, chance, retryAfterMs: null })).toBe(delayMs);
});

it.each([
  [5_000, 5_000],
  [1, 50],
  [86_400_000, 600_000],
])('a server that asks for %i ms is left alone for %i', (retryAfterMs, delayMs) => {
  expect(retryDelayMs(times, { failures: 1, chance: 0, retryAfterMs })).toBe(delayMs);
});

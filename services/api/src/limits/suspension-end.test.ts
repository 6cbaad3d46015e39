import { expect, it } from 'vitest';
import { suspensionEnd } from './suspension-end.ts';

const bounds = { secondsMax: 100, nowMs: 1_000_000 };

it.each<[number | undefined, number | undefined, number]>([
  [1_000_001, undefined, 1_000_001],
  [1_100_000, undefined, 1_100_000],
  [undefined, 100, 1_100_000],
  [undefined, 1, 1_001_000],
])('until %s or for %s ends at %i', (untilMs, forSeconds, endMs) => {
  expect(suspensionEnd({ untilMs, forSeconds, ...bounds })).toBe(endMs);
});

it.each<[number | undefined, number | undefined]>([
  [undefined, undefined],
  [1_000_001, 1],
  [1_000_000, undefined],
  [1_100_001, undefined],
])('until %s or for %s is refused', (untilMs, forSeconds) => {
  expect(() => suspensionEnd({ untilMs, forSeconds, ...bounds })).toThrow(
    expect.objectContaining({ code: 'validation_failed' }),
  );
});

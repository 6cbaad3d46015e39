import { describe, expect, it } from 'vitest';
import type { LimitDefinition } from './limit.ts';
import { countedWindows, createLimitWindows } from './limit-windows.ts';

const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);
const windows = createLimitWindows([{ fromMs: Number.NEGATIVE_INFINITY, zone: 'UTC', anchorDay: 1 }]);

const hourly: LimitDefinition = {
  id: 'lim_1',
  scope: { kind: 'customer', id: 'cus_1' },
  modelPattern: null,
  metric: 'tokens',
  window: 'hour',
  countsFromMs: 0,
};

describe('the windows that a limit is counted in', () => {
  it('are the one under way and its neighbours', () => {
    expect(countedWindows(hourly, windows, NOON_MS + 5)).toEqual([
      { startMs: NOON_MS - HOUR_MS, endMs: NOON_MS },
      { startMs: NOON_MS, endMs: NOON_MS + HOUR_MS },
      { startMs: NOON_MS + HOUR_MS, endMs: NOON_MS + 2 * HOUR_MS },
    ]);
  });

  it('begin where the limit was reset', () => {
    expect(countedWindows({ ...hourly, countsFromMs: NOON_MS + 3 }, windows, NOON_MS + 5)).toEqual([
      { startMs: NOON_MS + 3, endMs: NOON_MS + HOUR_MS },
      { startMs: NOON_MS + HOUR_MS, endMs: NOON_MS + 2 * HOUR_MS },
    ]);
  });

  it('are the whole of a lifetime, and the last minute of a bucket', () => {
    const end = { endMs: Number.POSITIVE_INFINITY };
    expect(countedWindows({ ...hourly, window: 'lifetime' }, windows, NOON_MS)).toEqual([{ startMs: 0, ...end }]);
    expect(countedWindows({ ...hourly, window: 'minute' }, windows, NOON_MS)).toEqual([
      { startMs: NOON_MS - 60_000, ...end },
    ]);
  });
});

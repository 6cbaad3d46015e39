import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cutBatches, deliver, retryPauseMs } from './delivery.ts';
import { packEntry } from './entry.ts';
import type { BatchHandler, LogBatch } from './event-log.ts';

const batch: LogBatch = { partition: 0, firstOffset: 0n, nextOffset: 1n, records: [] };

describe('cutBatches', () => {
  test('numbers records by offset and place in the entry', () => {
    const entries = [5n, 6n].map((offset) => ({ offset, value: packEntry([Buffer.from('a'), Buffer.from('b')]) }));
    const [only, ...others] = [...cutBatches(3, entries)];
    expect(others).toEqual([]);
    expect(only).toMatchObject({ partition: 3, firstOffset: 5n, nextOffset: 7n });
    expect(only?.records.map(({ position }) => position)).toEqual([
      5n << 12n,
      (5n << 12n) + 1n,
      6n << 12n,
      (6n << 12n) + 1n,
    ]);
  });

  test('cuts at 20,000 records, between entries', () => {
    const value = packEntry(Array.from({ length: 4_000 }, () => Buffer.alloc(1)));
    const entries = Array.from({ length: 11 }, (_, index) => ({ offset: BigInt(index), value }));
    const batches = [...cutBatches(0, entries)];
    expect(batches.map(({ records }) => records.length)).toEqual([20_000, 20_000, 4_000]);
    expect(batches.map(({ firstOffset, nextOffset }) => [firstOffset, nextOffset])).toEqual([
      [0n, 5n],
      [5n, 10n],
      [10n, 11n],
    ]);
  });

  test('cuts at 16 MiB', () => {
    const value = packEntry([Buffer.alloc(6 * 1024 * 1024)]);
    const entries = Array.from({ length: 3 }, (_, index) => ({ offset: BigInt(index), value }));
    expect([...cutBatches(0, entries)].map(({ records }) => records.length)).toEqual([2, 1]);
  });

  test('nothing gives no batch', () => {
    expect([...cutBatches(0, [])]).toEqual([]);
  });
});

describe('deliver', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function start(handle: BatchHandler) {
    const revoking = new AbortController();
    const keepAlive = vi.fn(async () => undefined);
    const delivery = deliver({
      batch,
      handle,
      revoked: revoking.signal,
      stallMs: 10_000,
      drainMs: 2_000,
      keepAlive,
      now: () => performance.now(),
    });
    return { delivery, revoking, keepAlive };
  }

  const forever: BatchHandler = () => new Promise(() => undefined);

  test('says what the handler did', async () => {
    await expect(start(async () => undefined).delivery).resolves.toEqual({ outcome: 'handled' });
    const error = new Error('no');
    await expect(start(() => Promise.reject(error)).delivery).resolves.toEqual({ outcome: 'failed', error });
  });

  test('a handler that returns after its signal was aborted has not handled the batch', async () => {
    const { delivery, revoking } = start(
      (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    );
    revoking.abort();
    await expect(delivery).resolves.toMatchObject({ outcome: 'dropped' });
  });

  test('a handler that ignores its signal is left behind after the drain budget', async () => {
    const { delivery, revoking } = start(forever);
    const settled = vi.fn();
    void delivery.then(settled);
    revoking.abort();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(settled).toHaveBeenCalledWith(expect.objectContaining({ outcome: 'dropped' }));
  });

  test('a handler that shows no life loses the partition; one that does keeps it', async () => {
    const stalled = vi.fn();
    void start(forever).delivery.then(stalled);
    const lively = vi.fn();
    const { delivery, keepAlive } = start(async (_, context) => {
      for (let second = 0; second < 30; second += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await context.keepAlive();
      }
    });
    void delivery.then(lively);
    await vi.advanceTimersByTimeAsync(13_000);
    expect(stalled).toHaveBeenCalledWith(expect.objectContaining({ outcome: 'dropped' }));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(lively).toHaveBeenCalledWith({ outcome: 'handled' });
    expect(keepAlive).toHaveBeenCalled();
  });
});

describe('retryPauseMs', () => {
  test.each([
    [1, 200],
    [2, 400],
    [6, 6_400],
    [7, 10_000],
    [1_000, 10_000],
  ])('after %i failures at most %i ms, spread by a quarter', (failures, pauseMs) => {
    expect(retryPauseMs(failures, () => 0)).toBe(pauseMs);
    expect(retryPauseMs(failures, () => 1)).toBe(pauseMs * 0.75);
  });
});

// Long work on the main thread, in slices: heartbeats, timers and metrics are served between them.

import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 4;
const ITEMS_PER_CHECK = 16;

/** Calls `work` for each item, letting the event loop turn every few milliseconds; stops when `signal` is aborted. */
export async function inSlices<Item>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item, index: number) => void,
): Promise<void> {
  let sliceStartedAt = performance.now();
  for (const [index, item] of items.entries()) {
    work(item, index);
    if (index % ITEMS_PER_CHECK !== 0 || performance.now() - sliceStartedAt < SLICE_MS) continue;
    await setImmediate();
    signal.throwIfAborted();
    sliceStartedAt = performance.now();
  }
}

// Whether the books balance, for those who watch: what `GET /v1/books` says of the last day, as metrics. Each process asks, every
// few minutes, since an alert must not hang on one of them.

import { type Clock, Gauge, type Registry } from '@tollgate/runtime';
import { type BookOptions, readBooks } from './books.ts';

const EVERY_MS = 300_000;
const DAY_MS = 86_400_000;
/** Events whose time lies ahead of the clock are accepted up to this. */
const AHEAD_MS = 300_000;

export function watchBooks(options: BookOptions & { readonly clock: Clock; readonly metrics: Registry }) {
  const { clock } = options;
  const registers = [options.metrics];
  const unaccounted = new Gauge({
    name: 'tollgate_api_books_unaccounted_events',
    help: 'Events of the last day that were accepted and are neither stored, a copy, a conflict, dead-lettered, voided nor in the log.',
    registers,
  });
  const missing = new Gauge({
    name: 'tollgate_api_books_missing_entries',
    help: 'Entries of the log that were skipped, over all time: anything but 0 is a loss.',
    registers,
  });
  const checkedAt = new Gauge({
    name: 'tollgate_api_books_checked_at_seconds',
    help: 'When the books were looked at last, in seconds since the epoch.',
    registers,
  });
  return {
    name: 'books',
    everyMs: EVERY_MS,
    async run(): Promise<void> {
      const nowMs = clock.now();
      const books = await readBooks(options, {
        startMs: nowMs - DAY_MS,
        endMs: nowMs + AHEAD_MS,
        customerId: undefined,
      });
      // With a lag that is too long to be looked through nothing can be said; the lag has an alert of its own.
      if (!books.isComplete) return;
      unaccounted.set(Number(books.unaccounted));
      missing.set(Number(books.missingEntries));
      checkedAt.set(nowMs / 1_000);
    },
  };
}

// Counts the refused requests of a process and writes them down every second, off the way of any request.

import type { Logger } from './logger.ts';
import { type Refusal, type RefusalCount, RefusalTally, type RefusalTallyOptions } from './refusal-tally.ts';
import { repeat } from './repeat.ts';

const EVERY_MS = 1_000;

export interface RefusalRecorder {
  /** At most some microseconds, and never a failure: for whoever answers a request. */
  note(refusal: Refusal): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface RecordRefusalsOptions extends RefusalTallyOptions {
  /** An answer that is lost after it was written makes a second count of the same: rare, and only ever too many. */
  readonly store: { noteRefusals(counts: readonly RefusalCount[]): Promise<void> };
  readonly logger: Logger;
}

export function recordRefusals(options: RecordRefusalsOptions): RefusalRecorder {
  const { store, logger } = options;
  const tally = new RefusalTally(options);
  const handOn = (): Promise<void> => tally.handOn((counts) => store.noteRefusals(counts));
  const task = repeat({ name: 'refusals', everyMs: EVERY_MS, run: handOn }, logger);
  return {
    note: (refusal) => tally.note(refusal),
    async close() {
      await task.close();
      await handOn();
    },
  };
}

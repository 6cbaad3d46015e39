// Ingest, and its ways to senders and to the log.

import { isAppend, loseAnswers, restart, restartAt } from '../acts.ts';
import type { FaultRow } from '../fault-row.ts';
import { acknowledgedMore } from '../scene.ts';

export const INGEST_ROWS: readonly FaultRow[] = [
  {
    name: 'ingest killed while requests are in flight',
    extent: 'pipe',
    async fault(scene) {
      for (let round = 0; round < 3; round += 1) {
        await restart(scene.stack.ingest);
        await acknowledgedMore(scene, 100);
      }
    },
  },
  {
    name: 'ingest killed before the log has the events',
    extent: 'pipe',
    fault: ({ stack }) => restartAt(stack.ingest, 'ingest.before_append@5'),
  },
  {
    name: 'ingest killed after the log has the events, before the answer',
    extent: 'pipe',
    fault: ({ stack }) => restartAt(stack.ingest, 'ingest.after_append@5'),
  },
  {
    name: 'ingest stopped in an orderly way under load',
    extent: 'pipe',
    async fault({ stack }) {
      await stack.ingest.signal('SIGTERM');
      await stack.ingest.start();
    },
  },
  {
    name: "the log's answers to ingest lost, under concurrency",
    extent: 'whole',
    fault: ({ stack }) => loseAnswers(stack.links.log, { count: 30, matches: isAppend }),
  },
  {
    name: "ingest's answers to senders lost",
    extent: 'whole',
    fault: ({ stack }) => loseAnswers(stack.links.ingest, { count: 30, matches: isAppend }),
  },
  {
    name: 'connections of senders reset again and again',
    extent: 'whole',
    async fault(scene) {
      for (let round = 0; round < 20; round += 1) {
        await acknowledgedMore(scene, 10);
        scene.stack.links.ingest.reset();
      }
    },
  },
];

// The event log: stopped, killed, full, out of reach.

import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freeze, interrupt, isAppend, killServer, loseAnswers } from '../acts.ts';
import type { FaultRow } from '../fault-row.ts';
import { acknowledgedMore } from '../scene.ts';

/** Longer than a session (6 s at most) and than an answer may take (5 s). */
const HANGS_MS = 7_000;
const HANGS_LONG_MS = 60_000;
const FULL_MS = 10_000;

export const LOG_ROWS: readonly FaultRow[] = [
  {
    name: 'the log that hangs past every session and every timeout',
    extent: 'pipe',
    fault: ({ stack }) => freeze(stack.logServer, HANGS_MS),
  },
  {
    name: 'the log stopped for a minute',
    extent: 'whole',
    fault: ({ stack }) => freeze(stack.logServer, HANGS_LONG_MS),
  },
  {
    name: 'the log killed and started again',
    extent: 'pipe',
    fault: ({ stack }) => killServer(stack.logServer, 2_000),
  },
  {
    name: 'the log killed in the middle of an append',
    extent: 'whole',
    async fault(scene) {
      const { links, logServer } = scene.stack;
      for (let round = 0; round < 3; round += 1) {
        await interrupt(links.log, { matches: isAppend, act: () => Promise.resolve() });
        await killServer(logServer);
        await acknowledgedMore(scene, 50);
      }
    },
  },
  {
    name: "the log's disk full",
    extent: 'whole',
    async fault({ stack }) {
      const disk = stack.disk('log');
      await disk.fill();
      await pause(FULL_MS);
      await disk.free();
      // Kafka ends when no disk is left to it, and so does a Redis that cannot write what it must.
      await stack.logServer.restart();
    },
  },
  {
    name: 'the log out of memory',
    extent: 'whole',
    logs: ['redis-streams'],
    async fault({ stack }) {
      const redis = new Redis(stack.logServer.url);
      await redis.config('SET', 'maxmemory', '1mb');
      await pause(FULL_MS);
      await redis.config('SET', 'maxmemory', '0');
      redis.disconnect();
    },
  },
  {
    name: 'connections to the log that stay open and pass nothing on',
    extent: 'whole',
    async fault({ stack }) {
      stack.links.log.swallow();
      await pause(2 * HANGS_MS);
      stack.links.log.heal();
    },
  },
  {
    name: 'connections to the log reset again and again',
    extent: 'whole',
    async fault(scene) {
      for (let round = 0; round < 10; round += 1) {
        scene.stack.links.log.reset();
        await acknowledgedMore(scene, 10);
      }
    },
  },
  {
    name: "the log's answers to the counter's commits lost",
    extent: 'whole',
    logs: ['redis-streams'],
    // The partitions' leases are asked for by the same scripts, whose answers are lost as well.
    fault: ({ stack }) => loseAnswers(stack.links.log, { count: 20, matches: (sent) => !isAppend(sent) }),
  },
];

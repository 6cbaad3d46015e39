// How far settling has come, in Redis: one hash for all owners. It is asked for beside the decisions, not before each.

import { loadScript, type RedisConnection } from './redis-connection.ts';
import type { Settlements } from './settlements.ts';

const noteScript = loadScript('note-settled');
const untilScript = loadScript('settled-until');
const ASKED_EVERY_MS = 500;

export function createRedisSettlements(options: {
  readonly connection: RedisConnection;
  /** What every key begins with. */
  readonly name: string;
}): Settlements {
  const { connection } = options;
  const keys = [`${options.name}:limits:settled`];
  let known: number | null | undefined;
  let asking: Promise<void> | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const ask = async (): Promise<void> => {
    askedAtMs = performance.now();
    const [untilMs] = await connection.run(untilScript, keys, []);
    known = untilMs === undefined ? null : Number(untilMs);
  };

  return {
    async note({ partitions, untilMs }) {
      await connection.run(noteScript, keys, [partitions, ...[...untilMs].flat()]);
    },
    async until() {
      if (performance.now() - askedAtMs >= ASKED_EVERY_MS || known === undefined) {
        asking ??= ask().finally(() => {
          asking = undefined;
        });
      }
      if (known === undefined) await asking;
      // Where it is not learned again, what is known holds on to more than it has to.
      else asking?.catch(() => undefined);
      return known ?? null;
    },
  };
}

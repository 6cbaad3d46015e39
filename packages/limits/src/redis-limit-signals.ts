// Signals in Redis: a set of owners each, taken from at random, and a key that is lost when the data are.

import type { LimitSignals, OwnerSignal } from './limit-signals.ts';
import { loadScript, type RedisConnection } from './redis-connection.ts';

const tellScript = loadScript('tell-owners');
const takeScript = loadScript('take-owners');
const markScript = loadScript('mark');
const isMarkedScript = loadScript('is-marked');
/** In one script, so that none holds Redis up. */
const OWNERS_AT_ONCE_MAX = 1_000;

export function createRedisLimitSignals(options: {
  readonly connection: RedisConnection;
  /** What every key begins with. */
  readonly name: string;
}): LimitSignals {
  const { connection, name } = options;
  const keyOf = (signal: OwnerSignal): string => `${name}:limits:${signal}`;
  const markKey = `${name}:limits:whole`;
  return {
    async tell(signal, owners) {
      for (let from = 0; from < owners.length; from += OWNERS_AT_ONCE_MAX) {
        await connection.run(tellScript, [keyOf(signal)], owners.slice(from, from + OWNERS_AT_ONCE_MAX));
      }
    },
    take: (signal, countMax) => connection.run(takeScript, [keyOf(signal)], [countMax]),
    async mark() {
      await connection.run(markScript, [markKey], []);
    },
    async isMarked() {
      return (await connection.run(isMarkedScript, [markKey], []))[0] === '1';
    },
  };
}

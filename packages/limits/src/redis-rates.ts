// Rates of API keys: decided in Redis for all processes together, and by this process alone while Redis is away, going on
// from what Redis said last.

import { type BucketState, decideRate, type RateDecision } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import { bucketsOf, type KeyBucket } from './key-buckets.ts';
import type { KeyRates, RateVerdict } from './limits.ts';
import { RecentMap } from './recent-map.ts';
import { loadScript, type RedisConnection } from './redis-connection.ts';

interface RatesOptions {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly onLocalDecision: () => void;
}

const rateScript = loadScript('rate');
/** Buckets that this process remembers. A key beyond them begins anew while Redis is away. */
const BUCKETS_MAX = 100_000;

export function createRates({
  connection,
  clock,
  onLocalDecision,
}: RatesOptions): (key: KeyRates) => Promise<RateVerdict> {
  const remembered = new RecentMap<BucketState>(BUCKETS_MAX);

  const remember = (buckets: readonly KeyBucket[], { states }: RateDecision): void => {
    for (const [index, { redisKey }] of buckets.entries()) {
      const state = states[index];
      if (state !== undefined) remembered.set(redisKey, state);
    }
  };

  const decideHere = (buckets: readonly KeyBucket[]): RateDecision => {
    const requests = buckets.map((bucket) => ({ ...bucket, state: remembered.get(bucket.redisKey) }));
    return decideRate(requests, clock.now());
  };

  return async (key) => {
    const buckets = bucketsOf(key);
    if (buckets.length === 0) return { isAllowed: true, standings: [] };
    let decision: RateDecision;
    try {
      decision = await decideInRedis(connection, buckets, clock.now());
    } catch {
      decision = decideHere(buckets);
      onLocalDecision();
    }
    remember(buckets, decision);
    return toVerdict(buckets, decision);
  };
}

async function decideInRedis(
  connection: RedisConnection,
  buckets: readonly KeyBucket[],
  nowMs: number,
): Promise<RateDecision> {
  const args = buckets.flatMap(({ limit, cost }) => [limit.perMinute, limit.burst, limit.debtMinutes, cost]);
  const keys = buckets.map(({ redisKey }) => redisKey);
  const [allowed, , ...levels] = await connection.run(rateScript, keys, args);
  // Redis decided; the levels say how it stands, by this clock, which is the one that goes on if Redis goes away.
  const states = levels.map((level) => ({ level: Number(level), atMs: nowMs }));
  const asked = buckets.map((bucket, index) => ({ ...bucket, state: states[index], cost: 0 }));
  const refused = buckets.map((bucket, index) => ({ ...bucket, state: states[index] }));
  const isAllowed = allowed === '1';
  const { standings } = decideRate(isAllowed ? asked : refused, nowMs);
  return {
    isAllowed,
    states,
    standings: isAllowed ? standings.map((standing) => ({ ...standing, retryAfterMs: 0 })) : standings,
  };
}

function toVerdict(buckets: readonly KeyBucket[], { isAllowed, standings }: RateDecision): RateVerdict {
  return {
    isAllowed,
    standings: buckets.map(({ name, limit }, index) => {
      const standing = standings[index];
      if (standing === undefined) throw new Error('A limit was not decided.');
      return { name, perMinute: limit.perMinute, ...standing };
    }),
  };
}

// The buckets of a key: their names in Redis and their limits.

import { DEBT_MINUTES_MAX, RATE_MAX, type RateLimit } from '@tollgate/domain';
import type { KeyRates, Standing } from './limits.ts';

export interface KeyBucket {
  readonly name: Standing['name'];
  readonly redisKey: string;
  readonly limit: RateLimit;
  /** Of one request. Nobody knows yet how many tokens it will use, so it asks whether one would fit. */
  readonly cost: number;
}

type BucketOwner = Pick<KeyRates, 'customerId' | 'keyId'>;

export function bucketsOf(key: KeyRates): readonly KeyBucket[] {
  const { requestsPerMinute, tokensPerMinute } = key;
  return [
    ...(requestsPerMinute === null ? [] : [bucket(key, { name: 'requests', perMinute: requestsPerMinute, cost: 1 })]),
    ...(tokensPerMinute === null ? [] : [bucket(key, { name: 'tokens', perMinute: tokensPerMinute, cost: 0 })]),
  ];
}

export function tokenBucketOf(key: BucketOwner & { readonly tokensPerMinute: number }): KeyBucket {
  return bucket(key, { name: 'tokens', perMinute: key.tokensPerMinute, cost: 0 });
}

/** All keys of a customer share the hash tag, so that one script can reach them in a Redis Cluster. */
export function customerTag(customerId: string | null): string {
  return `{${customerId ?? 'operator'}}`;
}

function bucket(
  { customerId, keyId }: BucketOwner,
  { name, perMinute, cost }: { readonly name: Standing['name']; readonly perMinute: number; readonly cost: number },
): KeyBucket {
  // Past it the arithmetic would leave the whole numbers.
  const rate = Math.min(perMinute, RATE_MAX);
  return {
    name,
    redisKey: `${customerTag(customerId)}:rate:${name}:${keyId}`,
    limit: { perMinute: rate, burst: rate, debtMinutes: DEBT_MINUTES_MAX },
    cost,
  };
}

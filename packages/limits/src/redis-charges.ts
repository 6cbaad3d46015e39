// Tokens that were used, charged to the keys that used them: one script for each customer of a batch.

import { customerTag, tokenBucketOf } from './key-buckets.ts';
import type { ChargedPartition, TokenCharge } from './limits.ts';
import { loadScript, type RedisConnection } from './redis-connection.ts';

const chargeScript = loadScript('charge');
/** In one script, so that none holds Redis up. */
const CHARGES_AT_ONCE_MAX = 1_000;
/** Longer than any bucket remembers: once its mark is gone, a record that comes again finds its first charge drained. */
const MARK_MS = 2 * 60 * 60 * 1_000;

export async function chargeTokens(connection: RedisConnection, charged: ChargedPartition): Promise<void> {
  for (const [customerId, charges] of groupByCustomer(charged.charges)) {
    const mark = `${customerTag(customerId)}:rate:charged:${charged.epoch}:${charged.partition}`;
    for (let from = 0; from < charges.length; from += CHARGES_AT_ONCE_MAX) {
      await chargeCustomer(connection, mark, charges.slice(from, from + CHARGES_AT_ONCE_MAX));
    }
  }
}

async function chargeCustomer(
  connection: RedisConnection,
  mark: string,
  charges: readonly TokenCharge[],
): Promise<void> {
  const numbers = new Map<string, number>();
  const keys: string[] = [mark];
  const limits: number[] = [];
  for (const charge of charges) {
    if (numbers.has(charge.keyId)) continue;
    const { redisKey, limit } = tokenBucketOf(charge);
    keys.push(redisKey);
    limits.push(limit.perMinute, limit.burst, limit.debtMinutes);
    numbers.set(charge.keyId, keys.length - 1);
  }
  const entries = charges.flatMap(({ keyId, position, tokens }) => [
    numbers.get(keyId) ?? 0,
    `${position}`.padStart(20, '0'),
    `${tokens}`,
  ]);
  await connection.run(chargeScript, keys, [MARK_MS, numbers.size, ...limits, ...entries]);
}

function groupByCustomer(charges: readonly TokenCharge[]): ReadonlyMap<string, readonly TokenCharge[]> {
  const groups = new Map<string, TokenCharge[]>();
  for (const charge of charges) {
    const group = groups.get(charge.customerId);
    if (group === undefined) groups.set(charge.customerId, [charge]);
    else group.push(charge);
  }
  return groups;
}

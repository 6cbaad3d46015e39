// Reading entries and offsets from Redis: shared by the reader and the monitor.

import type { StoredEntry } from './delivery.ts';
import { logUnavailable } from './log-unavailable.ts';
import { bytesOf, listOf, loadScript, offsetOrNone, type RedisConnection, textOf } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';

const fetchScript = loadScript('fetch');
/** Redis serves nobody else while it copies, so not more than this at once (and one entry). */
const FETCH_BYTES = 8 * 1024 * 1024;
const FETCH_ENTRIES_MAX = 4_096;

export interface RedisLogPart {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly partitionCount: number;
}

export async function fetchEntries(
  log: RedisLogPart,
  partition: number,
  from: bigint,
): Promise<readonly StoredEntry[]> {
  const args = [from.toString(), FETCH_BYTES, FETCH_ENTRIES_MAX];
  const reply = listOf(await log.connection.run(fetchScript, [log.keys.stream(partition)], args));
  const entries: StoredEntry[] = [];
  for (let at = 0; at + 1 < reply.length; at += 2) {
    entries.push({ offset: BigInt(textOf(reply[at])), value: bytesOf(reply[at + 1]) });
  }
  return entries;
}

/** The first stored offset and the next one to be given. */
export async function readBounds(
  log: RedisLogPart,
  partition: number,
): Promise<{ readonly start: bigint; readonly end: bigint }> {
  const [start, end] = listOf(await log.connection.call('HMGET', log.keys.partition(partition), 'start', 'end'));
  const bounds = { start: offsetOrNone(start), end: offsetOrNone(end) };
  if (bounds.start === undefined || bounds.end === undefined) {
    throw logUnavailable(new Error(`Partition ${partition} does not exist in Redis.`));
  }
  return { start: bounds.start, end: bounds.end };
}

/** Undefined when the group never committed there. */
export async function readCommitted(log: RedisLogPart, group: string, partition: number): Promise<bigint | undefined> {
  return offsetOrNone(await log.connection.call('HGET', log.keys.committed(group), partition));
}

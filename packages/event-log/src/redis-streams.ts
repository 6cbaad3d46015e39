// The event log on Redis Streams, so that one machine needs no Kafka: one stream per partition, dense offsets, leases
// for readers. What an acknowledgement is worth depends on Redis's settings; the README says how much.

import { randomUUID } from 'node:crypto';
import type { Logger } from '@tollgate/runtime';
import { createAppender, type OutgoingEntry } from './appender.ts';
import type { EventLog, LogWriter } from './event-log.ts';
import { LogSetupError } from './log-setup-error.ts';
import { listOf, loadScript, openRedis, textOf } from './redis-connection.ts';
import { createRedisDeadLetters } from './redis-dead-letters.ts';
import type { RedisLogPart } from './redis-entries.ts';
import { createRedisKeys } from './redis-keys.ts';
import { createRedisMonitor } from './redis-monitor.ts';
import { createRedisReader } from './redis-reader.ts';

const ensureScript = loadScript('ensure');
const appendScript = loadScript('append');
const MARK_BYTES = 4 * 1024 * 1024;
const MARK_MS = 60_000;
const HOUR_MS = 60 * 60 * 1_000;

export interface RedisLogOptions {
  /** `redis://` or `rediss://`, may carry user, password and `/database`. */
  readonly url: string;
  /** Prefix of the keys. */
  readonly name: string;
  /** Fixed for ever once the log exists. */
  readonly partitionCount: number;
  readonly logger: Logger;
  /**
   * `every-write` (default): `ensure` refuses a Redis that acknowledges before its append-only file is on the disk.
   * `dangerously-as-configured`: takes any Redis; README.md says what each setting can lose.
   */
  readonly durability?: 'every-write' | 'dangerously-as-configured';
  /** Default 64 MiB. */
  readonly bytesInFlightMax?: number;
  /** The least time between two sends, in which appends are gathered. Default 0. */
  readonly gatherMs?: number;
  /** A reader that shows no life for so long has lost its partitions. Default 10 s. */
  readonly leaseMs?: number;
  /** A handler that neither settles nor calls `keepAlive` for so long loses its partition. Default 30 s. */
  readonly stallMs?: number;
  /** What a handler gets to stop when its partition goes. Default 5 s: less than a lease. */
  readonly drainMs?: number;
  /** How many partitions a reader handles at once. Default 2. */
  readonly partitionsAtOnce?: number;
  /** How long committed entries are kept. Default 24 h. */
  readonly retentionMs?: number;
  /** How many bytes of committed entries a partition keeps. Default 64 MiB. */
  readonly retainedBytesMax?: number;
  /** How often a reader forgets what may be forgotten. Default 10 s. */
  readonly trimEveryMs?: number;
  /** How long dead letters are kept. Default 90 days. */
  readonly deadLetterRetentionMs?: number;
}

export function createRedisLog(options: RedisLogOptions): EventLog {
  const keys = createRedisKeys(options.name);
  const { partitionCount, logger } = options;
  const now = (): number => performance.now();
  const onError = (error: unknown): void => logger.warn({ err: error }, 'the event log on Redis failed');
  const open = (): RedisLogPart => ({ keys, partitionCount, connection: openRedis(options.url, onError) });

  return {
    async ensure() {
      const log = open();
      try {
        if (options.durability !== 'dangerously-as-configured') await requireDurability(log);
        await createStreams(log);
      } finally {
        log.connection.close();
      }
    },
    writer: () => createRedisWriter(open(), options, now),
    reader: ({ group }) =>
      createRedisReader({
        log: open(),
        group,
        readerId: randomUUID(),
        leaseMs: options.leaseMs ?? 10_000,
        stallMs: options.stallMs ?? 30_000,
        drainMs: options.drainMs ?? 5_000,
        partitionsAtOnce: options.partitionsAtOnce ?? 2,
        retentionMs: options.retentionMs ?? 24 * HOUR_MS,
        retainedBytesMax: options.retainedBytesMax ?? 64 * 1024 * 1024,
        trimEveryMs: options.trimEveryMs ?? 10_000,
        now,
        random: Math.random,
        onError,
      }),
    monitor: ({ group }) => createRedisMonitor({ log: open(), group, now }),
    deadLetters: () =>
      createRedisDeadLetters({ log: open(), retentionMs: options.deadLetterRetentionMs ?? 90 * 24 * HOUR_MS }),
  };
}

function createRedisWriter(log: RedisLogPart, options: RedisLogOptions, now: () => number): LogWriter {
  const { connection, keys } = log;

  async function send(entries: readonly OutgoingEntry[]): Promise<void> {
    const names = entries.flatMap(({ partition }) => [
      keys.partition(partition),
      keys.stream(partition),
      keys.marks(partition),
    ]);
    const values = entries.map(({ value }) => value);
    if ((await connection.run(appendScript, names, [MARK_BYTES, MARK_MS, ...values])) === 1) return;
    // Redis came back without its data. The streams are made anew, above all offsets that the lost ones had given.
    await createStreams(log);
    throw new Error('Redis had lost the log; it was created anew.');
  }

  const appender = createAppender({
    partitionCount: log.partitionCount,
    send,
    bytesInFlightMax: options.bytesInFlightMax ?? 64 * 1024 * 1024,
    gatherMs: options.gatherMs ?? 0,
    timeoutMs: 4_500,
    now,
  });
  return {
    append: (records) => appender.append(records),
    get bytesInFlight() {
      return appender.bytesInFlight;
    },
    async ready() {
      await connection.call('PING');
    },
    async close() {
      await appender.close();
      connection.close();
    },
  };
}

async function createStreams({ connection, keys, partitionCount }: RedisLogPart): Promise<void> {
  const names = [keys.meta];
  for (let partition = 0; partition < partitionCount; partition += 1) {
    names.push(keys.partition(partition), keys.stream(partition));
  }
  const reply = await connection.run(ensureScript, names, [partitionCount, `redis:${randomUUID()}`]);
  const existing = Number(textOf(listOf(reply)[1]));
  if (existing !== partitionCount) throw LogSetupError.partitionMismatch(existing, partitionCount);
}

/** Reads Redis's settings. One that hides them (`CONFIG` is often forbidden) cannot be judged and is refused as well. */
async function requireDurability({ connection }: RedisLogPart): Promise<void> {
  const wanted = { appendonly: 'yes', appendfsync: 'always' };
  for (const [setting, value] of Object.entries(wanted)) {
    const found = listOf(await connection.call('CONFIG', 'GET', setting))[1];
    if (found !== undefined && textOf(found) === value) continue;
    throw new LogSetupError(
      `Redis acknowledges writes that a crash can take back: its setting \`${setting}\` is ` +
        `${found === undefined ? 'unknown' : `\`${textOf(found)}\``}, not \`${value}\`. ` +
        'Start it with `--appendonly yes --appendfsync always`, use Kafka, or accept the loss with ' +
        '`TOLLGATE_REDIS_DURABILITY=dangerously-as-configured`.',
    );
  }
}

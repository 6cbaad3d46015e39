// The contract on Redis Streams, and what only Redis can do to a log: forget, fill up, acknowledge too early.

import { createRedisLog, offsetOf, partitionOf } from '@tollgate/event-log';
import { type LocalServer, startRedis } from '@tollgate/local';
import { createLogger } from '@tollgate/runtime';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { describeEventLog } from './contract.ts';
import { type LogKind, numbered, PARTITION_COUNT, recordsOf, startServer, TestLog } from './log-fixture.ts';

const SOON = { timeoutMs: 15_000 };

const timing = { leaseMs: 2_000, drainMs: 1_000, stallMs: 30_000 };

const redisStreams: LogKind = {
  name: 'Redis Streams',
  start: startRedis,
  open: (server, options) =>
    createRedisLog({
      ...timing,
      ...options,
      url: server.url,
      logger: createLogger({ service: 'test', level: 'silent' }),
    }),
  processArgument: (server, { group, ...options }) =>
    JSON.stringify({ kind: 'redis', group, options: { ...timing, ...options, url: server.url } }),
  async storeRaw(server, { name, bytes }) {
    const redis = new Redis(server.url);
    const offset = await redis.hincrby(`{${name}}:log:0`, 'end', 1);
    await redis.xadd(`{${name}}:log:0:entries`, `0-${offset - 1}`, 'e', bytes);
    redis.disconnect();
  },
};

describeEventLog(redisStreams);

describe('a Redis of its own mind', () => {
  let server: LocalServer;
  let closeServer: () => Promise<void>;
  let redis: Redis;

  beforeAll(async () => {
    const started = await startServer(redisStreams);
    server = started.server;
    closeServer = started.close;
    redis = new Redis(server.url);
  });

  afterAll(async () => {
    redis.disconnect();
    await closeServer();
  });

  async function openLog(): Promise<TestLog> {
    const log = new TestLog(redisStreams, server);
    await log.log.ensure();
    return log;
  }

  test.each([
    ['appendfsync', 'everysec', 'always'],
    ['appendonly', 'no', 'yes'],
  ])(
    'one that could lose what it acknowledged (%s %s) is refused, unless that is asked for',
    async (setting, weak, strong) => {
      const logger = createLogger({ service: 'test', level: 'silent' });
      const options = { url: server.url, name: 'weak', partitionCount: 1, logger };
      await redis.config('SET', setting, weak);
      try {
        await expect(createRedisLog(options).ensure()).rejects.toThrow(`\`${setting}\` is \`${weak}\``);
        await createRedisLog({ ...options, durability: 'dangerously-as-configured' }).ensure();
      } finally {
        await redis.config('SET', setting, strong);
      }
    },
  );

  test('when it is full, appends are refused and what is stored can still be consumed', async () => {
    await using fixture = await openLog();
    const writer = fixture.closeLater(fixture.log.writer());
    await writer.append(recordsOf(numbered('key', 10), (text) => text));
    await redis.config('SET', 'maxmemory', '1');
    try {
      await expect(writer.append(recordsOf(['late'], (text) => text))).rejects.toMatchObject({
        code: 'log_unavailable',
      });
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    await writer.append(recordsOf(['later'], (text) => text));
    const { texts } = fixture.read();
    await eventually(async () => expect(texts()).toHaveLength(11), SOON);
  });

  test('when it lost everything, the log goes on under another identity, at higher positions', async () => {
    await using fixture = await openLog();
    const writer = fixture.closeLater(fixture.log.writer());
    const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
    const reader = fixture.read();
    await writer.append(recordsOf(numbered('before', 50), (text) => text));
    await eventually(async () => expect(reader.texts()).toHaveLength(50), SOON);
    const identity = await monitor.identity();
    const lastBefore =
      reader.delivered
        .map(({ position }) => offsetOf(position))
        .sort()
        .at(-1) ?? 0n;

    await redis.flushall();
    await eventually(() => writer.append(recordsOf(['after:0'], (text) => text)), SOON);
    await eventually(async () => expect(reader.texts().at(-1)).toBe('after:0'), SOON);
    expect(await monitor.identity()).not.toBe(identity);
    expect(offsetOf(reader.delivered.at(-1)?.position ?? 0n)).toBeGreaterThan(lastBefore);
  });

  test('a commit with a fence that is no longer the last one is refused', async () => {
    await using fixture = await openLog();
    const writer = fixture.closeLater(fixture.log.writer());
    const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
    await writer.append(recordsOf(['key:0'], (text) => text));
    const leases = `{${fixture.options.name}}:log:group:${fixture.group}:leases`;
    let deliveries = 0;
    fixture.read(async ({ partition }) => {
      deliveries += 1;
      // Another reader takes the partition, works for a moment and dies; this one has not noticed when it commits.
      if (deliveries === 1) await redis.hset(leases, partition, `another|1000|${Date.now() + 500}`);
    });
    await eventually(async () => {
      const lag = (await monitor.progress()).map(({ committedOffset, endOffset }) => endOffset - committedOffset);
      expect(lag).toEqual(lag.map(() => 0n));
    }, SOON);
    expect(deliveries).toBe(2);
  });

  test('committed entries beyond the bytes to keep are forgotten, uncommitted ones never', async () => {
    const retainedBytesMax = 8 * 1024 * 1024;
    await using fixture = await openLog();
    const log = createRedisLog({
      ...fixture.options,
      ...timing,
      url: server.url,
      logger: createLogger({ service: 'test', level: 'silent' }),
      retainedBytesMax,
      trimEveryMs: 50,
    });
    const writer = fixture.closeLater(fixture.log.writer());
    const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
    const value = Buffer.alloc(1024 * 1024);
    const blocked = partitionOf('one', PARTITION_COUNT);
    const free = partitionOf('two', PARTITION_COUNT);
    expect(free).not.toBe(blocked);
    for (let index = 0; index < 24; index += 1) {
      await Promise.all(['one', 'two'].map((partitionKey) => writer.append([{ partitionKey, value }])));
    }

    const reader = fixture.closeLater(log.reader({ group: fixture.group }));
    let isBlocked = true;
    void reader.run(async ({ partition }) => {
      if (isBlocked && partition === blocked) throw new Error('not yet');
    });
    const storedIn = async (partition: number): Promise<bigint> => {
      const progress = (await monitor.progress())[partition];
      return (progress?.endOffset ?? 0n) - (progress?.startOffset ?? 0n);
    };
    // Whole marks of 4 MiB are forgotten, so up to one more is kept. Each pass goes over both partitions.
    await eventually(async () => expect(await storedIn(free)).toBeLessThanOrEqual(13n), SOON);
    expect(await storedIn(free)).toBeGreaterThanOrEqual(8n);
    // A second time, so that a whole pass lies between.
    for (let index = 0; index < 12; index += 1) await writer.append([{ partitionKey: 'two', value }]);
    await eventually(async () => expect(await storedIn(free)).toBeLessThanOrEqual(13n), SOON);
    expect(await storedIn(blocked)).toBe(24n);
    isBlocked = false;
    await eventually(async () => expect(await storedIn(blocked)).toBeLessThanOrEqual(13n), SOON);
  });
});

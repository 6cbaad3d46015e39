import { createRedisLog } from '@tollgate/event-log';
import { startRedis } from '@tollgate/local';
import { createLogger } from '@tollgate/runtime';
import { Redis } from 'ioredis';
import { describeEventLog } from './contract.ts';
import type { LogKind } from './log-fixture.ts';

const timing = { leaseMs: 2_000, drainMs: 1_000, stallMs: 30_000 };

const redisStreams: LogKind = {
  name: 'Redis Streams',
  start: startRedis,
  open: (server, options) =>
    createRedisLog({
      ...options,
      ...timing,
      url: server.url,
      logger: createLogger({ service: 'test', level: 'silent' }),
    }),
  processArgument: (server, { group, ...options }) =>
    JSON.stringify({ kind: 'redis', group, options: { ...options, ...timing, url: server.url } }),
  async storeRaw(server, { name, bytes }) {
    const redis = new Redis(server.url);
    const offset = await redis.hincrby(`{${name}}:log:0`, 'end', 1);
    await redis.xadd(`{${name}}:log:0:entries`, `0-${offset - 1}`, 'e', bytes);
    redis.disconnect();
  },
};

describeEventLog(redisStreams);

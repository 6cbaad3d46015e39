// One connection to Redis that never hangs and never queues: a command is answered, or fails within a few seconds, and
// what was sent is not sent again behind the caller's back.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { logUnavailable } from './log-unavailable.ts';

const CONNECT_TIMEOUT_MS = 2_000;
/** A Redis that is silent for so long is taken for dead; the socket is destroyed, so that it holds no memory. */
const SILENCE_MAX_MS = 4_000;
const RECONNECT_MAX_MS = 500;
const READY_WAIT_MS = 1_500;

export interface Script {
  readonly text: string;
  readonly sha1: string;
}

export function loadScript(name: string): Script {
  const text = readFileSync(new URL(`../src/lua/${name}.lua`, import.meta.url), 'utf8');
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

type Argument = string | Buffer | number;

/** Replies are buffers, numbers, null, and lists of them. Every rejection is `log_unavailable`. */
export interface RedisConnection {
  call(command: string, ...args: readonly Argument[]): Promise<unknown>;
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown>;
  close(): void;
}

export function openRedis(url: string, onError: (error: Error) => void): RedisConnection {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MAX_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * attempt, RECONNECT_MAX_MS),
    // After a failover this server is a replica; the name may lead to the new primary.
    reconnectOnError: (error) => codeOf(error) === 'READONLY',
  });
  // One that is away fails again with each attempt to reconnect: said once.
  let isAway = false;
  client.on('ready', () => {
    isAway = false;
  });
  client.on('error', (error: Error) => {
    if (!isAway) onError(error);
    isAway = true;
  });

  const call = async (command: string, args: readonly Argument[]): Promise<unknown> => {
    await whenReady(client);
    return client.callBuffer(command, [...args]);
  };

  return {
    call: (command, ...args) => call(command, args).catch(rejectUnavailable),
    async run(script, keys, args) {
      const rest = [keys.length, ...keys, ...args];
      try {
        return await call('EVALSHA', [script.sha1, ...rest]);
      } catch (error) {
        if (codeOf(error) !== 'NOSCRIPT') return rejectUnavailable(error);
        return call('EVAL', [script.text, ...rest]).catch(rejectUnavailable);
      }
    },
    close: () => client.disconnect(),
  };
}

/** Redis's errors begin with their code: `OOM command not allowed …`. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && error.name === 'ReplyError' ? error.message.split(' ', 1)[0] : undefined;
}

function rejectUnavailable(error: unknown): never {
  throw logUnavailable(error);
}

async function whenReady(client: Redis): Promise<void> {
  if (client.status === 'ready') return;
  if (client.status === 'wait') client.connect().catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      client.off('ready', onReady);
      client.off('end', onEnd);
      settle();
    };
    const onReady = (): void => finish(resolve);
    const onEnd = (): void => finish(() => reject(new Error('The connection to Redis is closed.')));
    const timer = setTimeout(() => finish(() => reject(new Error('Redis cannot be reached.'))), READY_WAIT_MS);
    client.on('ready', onReady);
    client.on('end', onEnd);
  });
}

export function listOf(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw unexpected(reply);
  return reply;
}

export function bytesOf(reply: unknown): Buffer {
  if (!Buffer.isBuffer(reply)) throw unexpected(reply);
  return reply;
}

export function textOf(reply: unknown): string {
  return bytesOf(reply).toString();
}

/** Undefined when Redis has no such field. */
export function offsetOrNone(reply: unknown): bigint | undefined {
  return reply === null || reply === undefined ? undefined : BigInt(textOf(reply));
}

function unexpected(reply: unknown): Error {
  return new Error(
    `Redis answered with ${reply === null ? 'null' : typeof reply}: somebody else changed the log's keys.`,
  );
}

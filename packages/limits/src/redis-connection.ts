// The connection to Redis behind decisions that a request waits for: a script answers within a tenth of a second or counts
// as failed, and after some failures in a row nothing is sent for a while, so that a slow Redis slows nobody down.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { CircuitBreaker } from './circuit-breaker.ts';

const CONNECT_TIMEOUT_MS = 2_000;
/** A Redis that is silent for so long is taken for dead; the socket is destroyed, so that it holds no memory. */
const SILENCE_MAX_MS = 2_000;
const RECONNECT_MAX_MS = 500;

export interface Script {
  readonly text: string;
  readonly sha1: string;
}

/** Files of `lua/` as one script: what several scripts share stands in a file of its own. */
export function loadScript(...names: readonly string[]): Script {
  const text = names.map((name) => readFileSync(new URL(`../src/lua/${name}.lua`, import.meta.url), 'utf8')).join('\n');
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

export interface RedisConnection {
  /** Rejects when Redis is away, and at once while it is known to be. */
  run(
    script: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
    /** Left out: as long as the connection gives every answer. */
    answerTimeoutMs?: number,
  ): Promise<readonly string[]>;
  /** Resolves when Redis is there, or when it has not come in time. */
  settle(timeoutMs: number): Promise<void>;
  close(): void;
}

interface ConnectionOptions {
  readonly url: string;
  readonly breaker: CircuitBreaker;
  readonly answerTimeoutMs: number;
}

export function openRedis({ url, breaker, answerTimeoutMs }: ConnectionOptions): RedisConnection {
  const client = new Redis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MAX_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * attempt, RECONNECT_MAX_MS),
    // After a failover this server is a replica; the name may lead to the new primary.
    reconnectOnError: (error) => codeOf(error) === 'READONLY',
  });
  let lastError: unknown;
  client.on('error', (error: Error) => {
    lastError = error;
  });
  client.on('ready', () => breaker.letTry());

  const send = async (script: Script, rest: readonly (string | number)[]): Promise<unknown> => {
    try {
      return await client.call('EVALSHA', [script.sha1, ...rest]);
    } catch (error) {
      if (codeOf(error) !== 'NOSCRIPT') throw error;
      return client.call('EVAL', [script.text, ...rest]);
    }
  };

  return {
    async run(script, keys, args, timeoutMs = answerTimeoutMs) {
      if (client.status !== 'ready') {
        breaker.failed(lastError ?? new Error('Redis is not connected yet.'));
        throw new Error('Redis is away.', { cause: lastError });
      }
      if (!breaker.admits()) throw new Error('Redis failed a moment ago and is left alone.');
      try {
        const reply = await withTimeout(send(script, [keys.length, ...keys, ...args]), timeoutMs);
        breaker.succeeded();
        return textsOf(reply);
      } catch (error) {
        breaker.failed(error);
        throw error;
      }
    },
    async settle(timeoutMs) {
      if (client.status === 'ready') return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, timeoutMs);
        function done(): void {
          clearTimeout(timer);
          client.off('ready', done);
          resolve();
        }
        client.on('ready', done);
      });
    },
    close: () => client.disconnect(),
  };
}

/** What was late because this process was busy is not late: the answers that wait in the socket are read first. */
async function withTimeout<Value>(answer: Promise<Value>, timeoutMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => setImmediate(() => reject(new Error('Redis did not answer in time.'))), timeoutMs);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
    // A rejection that comes after the timeout is nobody's.
    answer.catch(() => undefined);
  }
}

/** Redis's errors begin with their code: `NOSCRIPT No matching script …`. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && error.name === 'ReplyError' ? error.message.split(' ', 1)[0] : undefined;
}

function textsOf(reply: unknown): readonly string[] {
  return Array.isArray(reply) ? reply.map(String) : [String(reply)];
}

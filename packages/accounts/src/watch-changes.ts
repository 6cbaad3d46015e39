// Listens for the changes that any process makes, on a connection of its own. A heartbeat tells how fresh the knowledge
// is: Postgres delivers what was notified before it answers, so an answer confirms everything committed before the question.

import type { Clock, Logger } from '@tollgate/runtime';
import { Client } from 'pg';
import type { AccountsWatch } from './accounts.ts';

export interface WatchOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onChange: (id: string | null) => void;
}

const CHANNEL = 'tollgate_accounts';
const HEARTBEAT_MS = 250;
/**
 * A connection that is silent for longer is given up: it may be half open, and would never say so. What is not confirmed
 * is not trusted long before; this only decides when to connect again, and a process that was busy should not have to.
 */
const ANSWER_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 2_000;
const PAUSE_MIN_MS = 50;
const PAUSE_MAX_MS = 2_000;

export function watchChanges(options: WatchOptions): AccountsWatch {
  const { logger } = options;
  const stop = new AbortController();
  const state = { confirmedAtMs: Number.NEGATIVE_INFINITY };

  const run = async (): Promise<void> => {
    let pauseMs = PAUSE_MIN_MS;
    while (!stop.signal.aborted) {
      try {
        await listen(options, { state, signal: stop.signal, onListening: () => (pauseMs = PAUSE_MIN_MS) });
      } catch (error) {
        logger.warn({ err: error, retryInMs: pauseMs }, 'not hearing of changes to accounts');
      }
      await pause(pauseMs, stop.signal);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
    }
  };
  const running = run();

  return {
    get confirmedAtMs() {
      return state.confirmedAtMs;
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

interface Listening {
  readonly state: { confirmedAtMs: number };
  readonly signal: AbortSignal;
  readonly onListening: () => void;
}

/** Returns when the signal aborts; throws when the connection is lost or goes silent. */
async function listen(options: WatchOptions, { state, signal, onListening }: Listening): Promise<void> {
  const { clock, onChange } = options;
  const client = new Client({
    connectionString: options.url,
    application_name: 'tollgate-watch',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
  });
  let lost: unknown;
  const whenLost = new AbortController();
  client.on('error', (error) => {
    lost = error;
    whenLost.abort();
  });
  client.on('end', () => whenLost.abort());
  client.on('notification', ({ payload }) => {
    if (payload !== undefined && payload !== '') onChange(payload);
  });

  try {
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    // Only now: what changed before this moment was not heard, what changes after it will be.
    onChange(null);
    onListening();
    const either = AbortSignal.any([signal, whenLost.signal]);
    while (!either.aborted) {
      const askedAtMs = clock.now();
      await client.query('SELECT 1');
      state.confirmedAtMs = askedAtMs;
      await pause(HEARTBEAT_MS, either);
    }
    if (!signal.aborted) throw lost ?? new Error('the connection to Postgres ended');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    signal.addEventListener('abort', done);
  });
}

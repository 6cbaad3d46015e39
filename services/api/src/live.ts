// `GET /v1/live`: tells those who look on that something new is counted, so that they ask again. One look a second at how far
// the log is counted serves all of them.

import { formatTimestamp, TollgateError } from '@tollgate/domain';
import type { LogMonitor } from '@tollgate/event-log';
import type { Logger } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';
import Type from 'typebox';
import { lagOf } from './log-lag.ts';
import { defineRoute, type Route } from './route.ts';

const LOOK_EVERY_MS = 500;
/** Then the browser connects again, and who may not look on any more is refused. */
const STREAM_MS = 60_000;
const STREAMS_MAX = 1_000;
const RECONNECT_MS = 500;
const QUIET_MS = 5_000;

interface LiveOptions {
  readonly warehouse: Pick<Warehouse, 'asOf' | 'consumedUntil'>;
  readonly monitor: Pick<LogMonitor, 'progress'>;
  readonly logger: Logger;
}

interface Live {
  readonly routes: readonly Route[];
  /** Ends the streams, so that the server can close. */
  close(): void;
}

export function createLive({ warehouse, monitor, logger }: LiveOptions): Live {
  const listeners = new Set<(message: string) => void>();
  let last: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    const [until, asOfMs, lag] = await Promise.all([warehouse.consumedUntil(), warehouse.asOf(), lagOf(monitor)]);
    const counted = until.reduce((sum, { nextOffset }) => sum + nextOffset, 0n);
    const message = JSON.stringify({
      counted: counted.toString(),
      lag_entries: lag === null ? null : Number(lag),
      as_of: asOfMs === null ? null : formatTimestamp(asOfMs),
    });
    last = message;
    for (const listen of listeners) listen(message);
  };

  const begin = (): void => {
    if (timer !== undefined) return;
    const again = (): void => {
      timer = setTimeout(() => {
        look()
          .catch((error: unknown) => logger.warn({ err: error }, 'those who look on are not told'))
          .finally(() => {
            timer = undefined;
            if (listeners.size > 0) again();
          });
      }, LOOK_EVERY_MS);
    };
    again();
  };

  const ending = new AbortController();
  async function* stream(): AsyncIterable<string> {
    yield `retry: ${RECONNECT_MS}\n\n`;
    const untilMs = performance.now() + STREAM_MS;
    let pending: string[] = last === undefined ? [] : [last];
    let wake: () => void = () => undefined;
    const listen = (message: string): void => {
      // Each message says all: who is slow gets the newest.
      pending = [message];
      wake();
    };
    listeners.add(listen);
    begin();
    try {
      while (!ending.signal.aborted && performance.now() < untilMs) {
        const next = pending.shift();
        if (next !== undefined) yield `data: ${next}\n\n`;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
            // Also when nothing is told: who has gone away shows only when something is written.
            setTimeout(resolve, QUIET_MS);
          });
          if (pending.length === 0) yield ':\n\n';
        }
      }
    } finally {
      listeners.delete(listen);
    }
  }

  return {
    routes: [
      defineRoute({
        method: 'GET',
        path: '/v1/live',
        operationId: 'getLive',
        tag: 'Usage',
        summary: 'Hear of what is counted',
        description:
          'Server-sent events: how many entries of the log are counted, how many wait (null: not known), and up to when everything accepted is included. Told about twice a second; whoever wants figures asks for them when `counted` has changed. A stream ends after a minute, and the browser connects again.',
        scope: 'usage:read',
        success: { status: 200, schema: Type.Null(), alternatives: ['text/event-stream'] },
        async handle() {
          if (listeners.size >= STREAMS_MAX) throw tooMany();
          return {
            kind: 'text',
            contentType: 'text/event-stream',
            headers: { 'X-Accel-Buffering': 'no' },
            chunks: stream(),
          };
        },
      }),
    ],
    close() {
      ending.abort();
      for (const listen of listeners) listen(last ?? '{}');
    },
  };
}

function tooMany(): TollgateError {
  return new TollgateError({
    code: 'unavailable',
    detail: 'Too many look on at this moment. Try again in a moment.',
    retryAfterSeconds: 5,
  });
}

// Requests that Node's parser gives up on: not HTTP, headers too large, too slow. They never become a request, or stop in
// the middle of one, and are answered here with the same problems as all others.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ErrorCode, TollgateError } from '@tollgate/domain';
import { PROBLEM_MEDIA_TYPE, sendProblem, toProblem } from '@tollgate/runtime';
import type { Connections } from './connections.ts';

/** How long a sender may take to read the answer. */
const GOODBYE_MS = 2_000;

export interface BrokenRequests {
  /** For the server's `clientError`. */
  answer(error: Error, socket: Duplex): void;
}

export interface BrokenAnswer {
  readonly code: ErrorCode;
  readonly status: number;
  /** The request that stopped in its middle, or the connection's address where there is none. */
  readonly source: IncomingMessage | string;
}

export function createBrokenRequests(
  connections: Connections,
  onAnswered: (answered: BrokenAnswer) => void,
): BrokenRequests {
  const answered = new WeakSet<Duplex>();
  return {
    answer(thrown, socket) {
      if (!socket.writable || answered.has(socket)) return;
      answered.add(socket);
      const error = toProblemError(thrown);
      if (error === undefined) {
        socket.destroy();
        return;
      }
      const exchange = connections.latestOf(socket);
      const { code, status } = error;
      const isWithinRequest = exchange !== undefined && !exchange.req.complete;
      // It was refused by its beginning already; what is left of it says nothing more.
      if (isWithinRequest && exchange.res.headersSent) {
        destroySoon(socket);
        return;
      }
      onAnswered({ code, status, source: isWithinRequest ? exchange.req : addressOf(socket) });
      if (exchange === undefined || exchange.res.writableFinished) sayGoodbye(socket, error);
      else if (exchange.req.complete) exchange.res.once('close', () => sayGoodbye(socket, error));
      else breakOff(exchange.res, socket, error);
    },
  };
}

function addressOf(socket: Duplex): string {
  return socket instanceof Socket ? (socket.remoteAddress ?? '') : '';
}

/** Undefined when the sender went away. */
function toProblemError(thrown: Error): TollgateError | undefined {
  const code = 'code' in thrown ? thrown.code : undefined;
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return new TollgateError({
        code: 'headers_too_large',
        detail: 'The headers are too large; send at most 16 KiB.',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new TollgateError({ code: 'request_timeout', detail: 'The request was not complete in time.' });
    default:
      return new TollgateError({ code: 'invalid_request', detail: 'This is not a valid HTTP/1.1 request.' });
  }
}

/** The request's own response is still to come: its body will never be complete. */
function breakOff(res: ServerResponse, socket: Duplex, error: TollgateError): void {
  res.shouldKeepAlive = false;
  sendProblem(res, error, randomUUID());
  destroySoon(socket);
}

function sayGoodbye(socket: Duplex, error: TollgateError): void {
  if (!socket.writable) return;
  const requestId = randomUUID();
  const body = JSON.stringify(toProblem(error, requestId));
  const head = [
    `HTTP/1.1 ${error.status} ${error.code}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  destroySoon(socket);
}

function destroySoon(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

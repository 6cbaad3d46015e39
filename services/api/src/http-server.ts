// The HTTP server: limits on what a connection may hold up, problems for requests that never reach the router, and a close
// that lets what runs end.

import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { sourceAddressOf, type TrustedProxies } from '@tollgate/auth';
import { type ErrorCode, TollgateError } from '@tollgate/domain';
import {
  createWebServer,
  type Logger,
  PROBLEM_MEDIA_TYPE,
  type Registry,
  requestIdOf,
  sendProblem,
  type TlsFiles,
  toProblem,
} from '@tollgate/runtime';

const HEADER_BYTES_MAX = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 2_000;
const SWEEP_MS = 50;
/** How long answers under way may take at shutdown; less than the time that the whole of it has. */
const DRAIN_MS = 10_000;

export interface HttpServer {
  readonly port: number;
  /** Takes no more connections, waits for the answers under way. */
  close(): Promise<void>;
}

export async function startHttpServer(options: {
  readonly listener: RequestListener;
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles | undefined;
  readonly metrics: Registry;
  readonly trustedProxies: TrustedProxies;
  readonly logger: Logger;
  /** Called for what is no request that could reach the listener, with the sender's address. */
  readonly onRefused: (code: ErrorCode, address: string) => void;
}): Promise<HttpServer> {
  const { server, onBroken } = await createWebServer({
    server: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    tls: options.tls,
    metrics: options.metrics,
    listener: options.listener,
    refuse(error, req, res) {
      options.onRefused(error.code, sourceAddressOf(req, options.trustedProxies));
      res.shouldKeepAlive = false;
      sendProblem(res, error, requestIdOf(req));
    },
    logger: options.logger,
  });
  server.maxConnections = CONNECTIONS_MAX;
  const latest = new WeakMap<Duplex, IncomingMessage>();
  server.on('request', (req: IncomingMessage) => latest.set(req.socket, req));
  onBroken((error, socket) => {
    const req = latest.get(socket);
    // A request that stops in its middle is counted by who reads it, who knows where it came from.
    const isWithinRequest = req !== undefined && !req.complete;
    refuse(error, socket, isWithinRequest ? () => undefined : options.onRefused);
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return { port: portOf(server), close: () => close(server) };
}

function portOf(server: Server): number {
  // A server that listens on a TCP port has such an address.
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection that is kept alive becomes idle when its answer ends, which may be after this moment.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}

function refuse(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  onRefused: (code: ErrorCode, address: string) => void,
): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = problemOf(error);
  onRefused(problem.code, socket instanceof Socket ? (socket.remoteAddress ?? '') : '');
  const body = JSON.stringify(toProblem(problem, 'none'));
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.code}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function problemOf({ code }: NodeJS.ErrnoException): TollgateError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new TollgateError({
      code: 'headers_too_large',
      detail: `The headers of a request may have ${HEADER_BYTES_MAX} bytes at most.`,
    });
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new TollgateError({ code: 'request_timeout', detail: 'The request did not arrive in time. Send it again.' });
  }
  return new TollgateError({ code: 'invalid_request', detail: 'This is not an HTTP request that can be read.' });
}

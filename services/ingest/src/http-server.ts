// The HTTP server: the hot routes are answered in front of the router, which costs more than they do; its limits, its
// answers to what is not a request, and its orderly end.

import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { TollgateError } from '@tollgate/domain';
import {
  createWebServer,
  type Logger,
  type OperationsHandler,
  type Registry,
  requestIdOf,
  sendProblem,
  type TlsFiles,
} from '@tollgate/runtime';
import type { BrokenRequests } from './broken-requests.ts';
import type { Connections } from './connections.ts';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles | undefined;
  readonly metrics: Registry;
  /** For a whole request, headers and body. */
  readonly requestTimeoutMs: number;
  readonly connectionsMax: number;
  /** How long requests may go on after `close`. */
  readonly drainMs: number;
  readonly operations: OperationsHandler;
  /** Undefined: none of the hot routes. */
  readonly hotRoute: (method: string | undefined, path: string) => RequestListener | undefined;
  readonly otherRoutes: RequestListener;
  /** For a request that is refused before it comes to a route. */
  readonly onRefused: (error: TollgateError, req: IncomingMessage) => void;
  readonly connections: Connections;
  readonly brokenRequests: BrokenRequests;
  readonly logger: Logger;
}

export interface HttpServer {
  readonly port: number;
  readonly isDraining: boolean;
  /** Takes no more connections, answers what is under way, and resolves when all is answered. */
  close(): Promise<void>;
}

const HEADERS_BYTES_MAX = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than the idle timeout of the usual load balancers (60 s), so that it is they who close. */
const KEEP_ALIVE_MS = 65_000;
const TIMEOUT_CHECK_MS = 500;

export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { operations, hotRoute, otherRoutes, connections } = options;
  let isDraining = false;

  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    connections.began({ req, res });
    if (isDraining) res.shouldKeepAlive = false;
    const hot = hotRoute(req.method, pathOf(req));
    if (hot !== undefined) hot(req, res);
    else if (!operations(req, res)) otherRoutes(req, res);
  };

  const { server, listener, onConnection, onBroken } = await createWebServer({
    server: {
      maxHeaderSize: HEADERS_BYTES_MAX,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, options.requestTimeoutMs),
      requestTimeout: options.requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    tls: options.tls,
    metrics: options.metrics,
    listener: handle,
    refuse(error, req, res) {
      options.onRefused(error, req);
      res.shouldKeepAlive = false;
      sendProblem(res, error, requestIdOf(req));
    },
    logger: options.logger,
  });
  server.maxConnections = options.connectionsMax;
  // It is left to the route whether the body is wanted: it may be refused by its headers.
  server.on('checkContinue', listener);
  onConnection((socket) => connections.opened(socket));
  onBroken(options.brokenRequests.answer);
  // As many may come at once: one that the machine has no place for tries again after a second, or seven.
  server.listen({ port: options.port, host: options.host, backlog: options.connectionsMax });
  await once(server, 'listening');

  return {
    port: portOf(server),
    get isDraining() {
      return isDraining;
    },
    async close() {
      isDraining = true;
      connections.endAfterAnswers();
      const closed = once(server, 'close');
      server.close();
      const timer = setTimeout(() => server.closeAllConnections(), options.drainMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port.');
  return address.port;
}

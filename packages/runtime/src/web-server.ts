// The server of a service that others call: HTTPS where a certificate is configured, plain HTTP where a proxy in front has
// one. Neither listens yet.

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { TollgateError } from '@tollgate/domain';
import type { Logger } from './logger.ts';
import { Gauge, type Registry } from './metrics.ts';
import { expiryOf, loadTlsCredentials, type TlsFiles, watchTlsCredentials } from './tls-files.ts';

export interface WebServerOptions {
  readonly server: ServerOptions;
  readonly tls: TlsFiles | undefined;
  readonly listener: RequestListener;
  /** For what HTTP itself refuses, so that it is answered, and counted, like everything else that is refused. */
  readonly refuse: (error: TollgateError, req: IncomingMessage, res: ServerResponse) => void;
  readonly metrics: Registry;
  readonly logger: Logger;
}

export interface WebServer {
  readonly server: Server;
  /** The listener as the server calls it, for the events beside `request` that begin one. */
  readonly listener: RequestListener;
  /** Each connection over which requests will come. */
  onConnection(opened: (socket: Duplex) => void): void;
  /** What is no request that can be read. Connections on which TLS failed are closed without an answer. */
  onBroken(answer: (error: NodeJS.ErrnoException, socket: Duplex) => void): void;
}

/** A year (RFC 6797): a browser that was here once does not come without TLS again. */
const HSTS = 'max-age=31536000';
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Fails with `ConfigurationError` when the certificate cannot be used. */
export async function createWebServer(options: WebServerOptions): Promise<WebServer> {
  // Node would answer by itself, without a word.
  const server = { ...options.server, requireHostHeader: false };
  const made = { ...options, server, listener: withHost(options) };
  const certificateExpiry = new Gauge({
    name: 'tollgate_certificate_expires_at_seconds',
    help: 'Until when the certificate that is served is good, in seconds since the epoch.',
    labelNames: ['file'],
    registers: [options.metrics],
  });
  const web = options.tls === undefined ? createPlain(made) : await createSecure(made, options.tls, certificateExpiry);
  web.server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) =>
    options.refuse(invalidRequest('The only expectation that can be met is 100-continue.'), req, res),
  );
  return web;
}

/** RFC 9112 section 3.2. */
function withHost({ listener, refuse }: WebServerOptions): RequestListener {
  return (req, res) => {
    if (req.headers.host !== undefined || req.httpVersion !== '1.1') listener(req, res);
    else refuse(invalidRequest('The request has no Host header.'), req, res);
  };
}

function invalidRequest(detail: string): TollgateError {
  return new TollgateError({ code: 'invalid_request', detail });
}

function createPlain({ server: settings, listener, logger }: WebServerOptions): WebServer {
  logger.warn('serving without TLS: a proxy in front must do it, unless TLS_CERT_FILE and TLS_KEY_FILE are set');
  const server = createServer(settings, listener);
  return {
    server,
    listener,
    onConnection: (opened) => server.on('connection', opened),
    onBroken: (answer) => server.on('clientError', answer),
  };
}

async function createSecure(
  options: WebServerOptions,
  files: TlsFiles,
  certificateExpiry: Gauge<'file'>,
): Promise<WebServer> {
  const { logger } = options;
  const loaded = await loadTlsCredentials(files);
  const noteExpiry = ({ cert }: { readonly cert: string }): void =>
    certificateExpiry.set({ file: files.certFile }, expiryOf(cert) / 1_000);
  noteExpiry(loaded);
  const listener: RequestListener = (req, res) => {
    res.setHeader('Strict-Transport-Security', HSTS);
    options.listener(req, res);
  };
  const server = createTlsServer({ ...options.server, ...loaded, handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, listener);
  // Connections that are open go on with what they agreed on; only new ones see the new certificate.
  const watch = watchTlsCredentials(
    {
      ...{ files, loaded },
      onRenewed(credentials) {
        server.setSecureContext(credentials);
        noteExpiry(credentials);
      },
    },
    logger,
  );
  server.once('close', () => void watch.close());
  return {
    server,
    listener,
    onConnection: (opened) => server.on('secureConnection', opened),
    onBroken(answer) {
      server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
        if (isTlsFailure(error)) socket.destroy();
        else answer(error, socket);
      });
    },
  };
}

/** Before there are requests: no handshake, none in time, or plain HTTP. */
function isTlsFailure({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO';
}

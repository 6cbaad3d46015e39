// One POST to a receiver that nobody trusts: a deadline for all of it, no redirects, headers and body of the answer bounded
// and not kept, connections kept for a moment and not for longer.

import { type IncomingMessage, Agent as PlainAgent, request as requestPlain } from 'node:http';
import { request as requestTls, Agent as TlsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { parseRetryAfter, type WebhookError, type WebhookOutcome } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import { LookupFailure } from './receiver-lookup.ts';

const ANSWER_HEADER_BYTES_MAX = 16 * 1_024;
/** More of an answer's body is not read, nor for longer: the connection is closed then. */
const ANSWER_BODY_BYTES_MAX = 64 * 1_024;
const ANSWER_BODY_TIMEOUT_MS = 1_000;
const IDLE_CONNECTIONS_MAX = 8;
const IDLE_TIMEOUT_MS = 4_000;

interface SentRequest {
  /** Checked: see `readReceiverUrl`. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Sender {
  /** Never rejects. */
  send(request: SentRequest): Promise<WebhookOutcome>;
  close(): Promise<void>;
}

interface SenderOptions {
  readonly lookup: LookupFunction;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export function createSender({ lookup, timeoutMs, clock }: SenderOptions): Sender {
  const connections = { keepAlive: true, maxFreeSockets: IDLE_CONNECTIONS_MAX, timeout: IDLE_TIMEOUT_MS };
  const plain = new PlainAgent(connections);
  const tls = new TlsAgent(connections);

  const attempt = ({ url, headers, body }: SentRequest, deadlineMs: number): Promise<Attempt> =>
    new Promise((resolve) => {
      const isTls = url.protocol === 'https:';
      const options = { method: 'POST', headers, lookup, maxHeaderSize: ANSWER_HEADER_BYTES_MAX };
      const req = isTls ? requestTls(url, { ...options, agent: tls }) : requestPlain(url, { ...options, agent: plain });
      const timer = setTimeout(() => req.destroy(new TimedOut()), Math.max(0, deadlineMs - clock.now()));
      req.on('response', (res) => {
        clearTimeout(timer);
        const status = res.statusCode ?? 0;
        const retryAfterMs = parseRetryAfter(res.headers['retry-after'], clock.now());
        dropBody(res, () => resolve({ outcome: { kind: 'answered', status, retryAfterMs }, isStale: false }));
      });
      req.on('error', (error) => {
        clearTimeout(timer);
        const reason = classify(error);
        // A receiver may close a connection that was kept just as it is used again: that says nothing about the receiver.
        resolve({
          outcome: { kind: 'failed', error: reason },
          isStale: reason === 'connection_lost' && req.reusedSocket,
        });
      });
      req.end(body);
    });

  return {
    async send(request) {
      const deadlineMs = clock.now() + timeoutMs;
      for (let tries = 0; ; tries += 1) {
        const { outcome, isStale } = await attempt(request, deadlineMs);
        if (!isStale || tries >= IDLE_CONNECTIONS_MAX) return outcome;
      }
    },
    async close() {
      plain.destroy();
      tls.destroy();
    },
  };
}

interface Attempt {
  readonly outcome: WebhookOutcome;
  readonly isStale: boolean;
}

class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

function dropBody(res: IncomingMessage, onEnd: () => void): void {
  let bytes = 0;
  const timer = setTimeout(() => res.destroy(), ANSWER_BODY_TIMEOUT_MS);
  res.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BODY_BYTES_MAX) res.destroy();
  });
  res.on('error', () => undefined);
  res.once('close', () => {
    clearTimeout(timer);
    onEnd();
  });
}

const REASONS: Readonly<Record<string, WebhookError>> = {
  ECONNREFUSED: 'connection_failed',
  EHOSTUNREACH: 'connection_failed',
  ENETUNREACH: 'connection_failed',
  EADDRNOTAVAIL: 'connection_failed',
  EACCES: 'connection_failed',
  EPERM: 'connection_failed',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'connection_lost',
  ECONNABORTED: 'connection_lost',
  EPIPE: 'connection_lost',
  EPROTO: 'tls_failed',
};

/** What Node.js calls failures of TLS, and what OpenSSL calls certificates that are none. */
const TLS_CODE = /^ERR_(?:TLS|SSL)_|CERT|SIGNATURE|^HOSTNAME_MISMATCH$|_CRL/;

function classify(error: NodeJS.ErrnoException): WebhookError {
  if (error instanceof LookupFailure) return error.reason;
  if (error instanceof TimedOut) return 'timeout';
  const { code = '' } = error;
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return 'malformed_answer';
  return TLS_CODE.test(code) ? 'tls_failed' : 'other';
}

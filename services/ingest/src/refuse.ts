// Answers a request that is refused before its body was read. Closing a connection while the sender still writes resets
// it, and the sender would see a broken connection instead of the answer; so the rest is read and thrown away for a
// little while first.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TollgateError } from '@tollgate/domain';
import { beginProblem } from '@tollgate/runtime';

/** A rest up to this size is thrown away and the connection kept. */
const REST_BYTES_KEPT = 64 * 1024;
const REST_BYTES_MAX = 64 * 1024 * 1024;
const REST_MS_MAX = 2_000;

export function refuse(req: IncomingMessage, res: ServerResponse, error: TollgateError, requestId: string): void {
  // RFC 9110, section 15.5.16: what would have been taken.
  if (error.code === 'unsupported_encoding' && !res.headersSent) res.setHeader('Accept-Encoding', 'gzip, br');
  if (isRestSmall(req)) {
    const body = beginProblem(res, error, requestId);
    if (body !== undefined) res.end(body);
    return;
  }
  res.shouldKeepAlive = false;
  const body = beginProblem(res, error, requestId);
  if (body === undefined) return;
  res.write(body);
  throwRestAway(req, () => res.end());
}

function isRestSmall(req: IncomingMessage): boolean {
  if (req.complete) return true;
  // A sender that waits for `100 Continue` may send its body or not: only a new connection makes that clear.
  if (req.headers.expect !== undefined) return false;
  const { 'content-length': length, 'transfer-encoding': transferEncoding } = req.headers;
  return transferEncoding === undefined && Number(length ?? 0) <= REST_BYTES_KEPT;
}

function throwRestAway(req: IncomingMessage, done: () => void): void {
  let bytes = 0;
  const timer = setTimeout(done, REST_MS_MAX);
  const finish = (): void => {
    clearTimeout(timer);
    done();
  };
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > REST_BYTES_MAX) finish();
  });
  req.once('end', finish);
  req.once('close', finish);
  req.resume();
}

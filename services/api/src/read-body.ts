// Reads a request's body as bytes, up to a bound, and refuses what is not plain JSON before reading it.

import type { IncomingMessage } from 'node:http';
import { TollgateError } from '@tollgate/domain';

const BODY_BYTES_MAX = 100_000;

const JSON_MEDIA_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;
/** RFC 7396: what our PATCH means, under either name. */
const PATCH_MEDIA_TYPE = /^application\/(?:merge-patch\+)?json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Undefined when there is none. */
export async function readBody(req: IncomingMessage): Promise<Uint8Array | undefined> {
  const { headers } = req;
  if (!hasBody(req)) return undefined;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new TollgateError({
      code: 'unsupported_encoding',
      detail: 'Send the body without a Content-Encoding: it is small.',
    });
  }
  const mediaType = req.method === 'PATCH' ? PATCH_MEDIA_TYPE : JSON_MEDIA_TYPE;
  if (!mediaType.test(headers['content-type'] ?? '')) {
    throw new TollgateError({
      code: 'unsupported_media_type',
      detail: 'Send the body as `Content-Type: application/json`, in UTF-8.',
    });
  }
  if (Number(headers['content-length'] ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  return await collect(req);
}

async function collect(req: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  try {
    for await (const chunk of req) {
      const bytes = Buffer.from(chunk);
      byteCount += bytes.byteLength;
      if (byteCount > BODY_BYTES_MAX) throw tooLarge();
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof TollgateError) throw error;
    // The caller went away: nobody reads the answer, but the log should not call it our fault.
    throw new TollgateError({ code: 'invalid_request', detail: 'The body was cut off.', cause: error });
  }
  return Buffer.concat(chunks);
}

function tooLarge(): TollgateError {
  return new TollgateError({
    code: 'body_too_large',
    detail: `A body may have ${BODY_BYTES_MAX} bytes at most.`,
  });
}

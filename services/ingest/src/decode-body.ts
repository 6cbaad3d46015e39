// Undoes `Content-Encoding`: gzip and br, in one call whose output is bounded. Bodies are small enough (their JSON is
// parsed in one go as well) that a stream would only cost several times more.

import type { IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { TollgateError } from '@tollgate/domain';
import { bodyTooLarge } from './read-body.ts';

export type ContentCoding = 'identity' | 'gzip' | 'br';

/** Throws `unsupported_encoding` for any other. */
export function contentCodingOf(req: IncomingMessage): ContentCoding {
  const header = req.headers['content-encoding'];
  if (header === undefined) return 'identity';
  switch (header.trim().toLowerCase()) {
    case '':
    case 'identity':
      return 'identity';
    case 'gzip':
    case 'x-gzip': // RFC 9110, section 8.4.1.3
      return 'gzip';
    case 'br':
      return 'br';
    default:
      throw new TollgateError({
        code: 'unsupported_encoding',
        detail: 'Send the body with Content-Encoding gzip or br, or without one.',
      });
  }
}

/** Throws `body_too_large` past the bound, in memory of about the bound, and `invalid_request` for damaged bytes. */
export function decodeBody(bytes: Buffer, coding: ContentCoding, bytesMax: number): Buffer {
  if (coding === 'identity') return bytes;
  const decompress = coding === 'gzip' ? gunzipSync : brotliDecompressSync;
  try {
    return decompress(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    if (error instanceof RangeError) throw bodyTooLarge(bytesMax);
    throw new TollgateError({ code: 'invalid_request', detail: `The body is not valid ${coding}.`, cause: error });
  }
}

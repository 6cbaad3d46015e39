// Reads a request's body as bytes, up to a bound, and refuses what is not of the kind that the route takes before
// reading it.

import type { IncomingMessage } from 'node:http';
import { TollgateError } from '@tollgate/domain';

/** What a route takes. */
interface BodyKind {
  readonly mediaType: Pick<RegExp, 'test'>;
  /** For people. */
  readonly name: string;
  readonly bytesMax: number;
}

const JSON_BODY: BodyKind = {
  mediaType: /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i,
  name: 'application/json',
  bytesMax: 100_000,
};
/** RFC 7396: what our PATCH means, under either name. */
const PATCH_BODY: BodyKind = {
  ...JSON_BODY,
  mediaType: /^application\/(?:merge-patch\+)?json(?:\s*;\s*charset="?utf-8"?)?\s*$/i,
};

const UTF8_MEDIA_TYPE = /^\s*([\w.+-]+\/[\w.+-]+)\s*(?:;\s*(?:charset="?utf-8"?|header=present)\s*)*$/i;

/** In lower case, without parameters. Empty when there is none, or none in UTF-8. */
export function mediaTypeOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return UTF8_MEDIA_TYPE.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase() ?? '';
}

/** JSON, or one of these media types. */
export function jsonOr(mediaTypes: readonly string[], options: { readonly bytesMax?: number | undefined }): BodyKind {
  return {
    mediaType: {
      test: (text) =>
        mediaTypes.includes(mediaTypeOf({ headers: { 'content-type': text } })) || JSON_BODY.mediaType.test(text),
    },
    name: [JSON_BODY.name, ...mediaTypes].join('` or `'),
    bytesMax: options.bytesMax ?? JSON_BODY.bytesMax,
  };
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Undefined when there is none. */
export async function readBody(
  req: IncomingMessage,
  kind: BodyKind = req.method === 'PATCH' ? PATCH_BODY : JSON_BODY,
): Promise<Uint8Array | undefined> {
  const { headers } = req;
  if (!hasBody(req)) return undefined;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new TollgateError({
      code: 'unsupported_encoding',
      detail: 'Send the body without a Content-Encoding: it is small.',
    });
  }
  if (!kind.mediaType.test(headers['content-type'] ?? '')) {
    throw new TollgateError({
      code: 'unsupported_media_type',
      detail: `Send the body as \`Content-Type: ${kind.name}\`, in UTF-8.`,
    });
  }
  if (Number(headers['content-length'] ?? 0) > kind.bytesMax) throw tooLarge(kind);
  return await collect(req, kind);
}

async function collect(req: IncomingMessage, kind: BodyKind): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  try {
    for await (const chunk of req) {
      const bytes = Buffer.from(chunk);
      byteCount += bytes.byteLength;
      if (byteCount > kind.bytesMax) throw tooLarge(kind);
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof TollgateError) throw error;
    // The caller went away: nobody reads the answer, but the log should not call it our fault.
    throw new TollgateError({ code: 'invalid_request', detail: 'The body was cut off.', cause: error });
  }
  return Buffer.concat(chunks);
}

function tooLarge({ bytesMax }: BodyKind): TollgateError {
  return new TollgateError({
    code: 'body_too_large',
    detail: `A body may have ${bytesMax} bytes at most.`,
  });
}

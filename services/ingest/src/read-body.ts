// Reads a request's body into memory within its bound, taking each chunk's bytes from the process's budget first.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { TollgateError } from '@tollgate/domain';
import type { Ticket } from './admission.ts';

/** The sender went away before its body was complete: there is nobody to answer. */
export class SenderGone extends Error {
  override readonly name = 'SenderGone';
}

/** Throws `length_required` or `body_too_large` by what the headers say of the body. */
export function checkDeclaredLength(req: IncomingMessage, bytesMax: number): void {
  const { 'content-length': length, 'transfer-encoding': transferEncoding } = req.headers;
  if (length === undefined && transferEncoding === undefined) {
    const detail = 'Send a body, with a Content-Length or chunked.';
    throw new TollgateError({ code: 'length_required', detail });
  }
  if (Number(length) > bytesMax) throw bodyTooLarge(bytesMax);
}

export interface BodySource {
  readonly req: IncomingMessage;
  /** Its end is the end of the exchange: once a response is finished, nothing more is heard of its request. */
  readonly res: ServerResponse;
  readonly ticket: Ticket;
  readonly bytesMax: number;
}

/** Rejects with `body_too_large`, with what the ticket throws, or with `SenderGone`; stops reading then. */
export function readBody({ req, res, ticket, bytesMax }: BodySource): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = (error: unknown): void => {
      req.off('data', onData);
      req.pause();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      try {
        if (bytes > bytesMax) throw bodyTooLarge(bytesMax);
        ticket.take(chunk.byteLength);
        chunks.push(chunk);
      } catch (error) {
        stop(error);
      }
    };
    const onEnd = (): void => {
      res.off('close', onGone);
      resolve(joined(chunks, bytes));
    };
    const onGone = (): void => reject(new SenderGone('The connection ended before the body was complete.'));
    req.on('data', onData);
    req.once('end', onEnd);
    req.once('error', onGone);
    res.once('close', onGone);
  });
}

function joined(chunks: readonly Buffer[], bytes: number): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, bytes);
}

export function bodyTooLarge(bytesMax: number): TollgateError {
  const detail = `The body may have at most ${bytesMax} bytes after decompression; send less at once.`;
  return new TollgateError({ code: 'body_too_large', detail });
}

// What a row of the tables of hostile requests says, and how it goes over the wire: written by hand, since no client library
// would send most of it.

import { openConnection } from '../ingest/raw-http.ts';
import type { Target } from './target.ts';

export interface HostileRow {
  readonly name: string;
  readonly to: Door;
  /** Bytes are sent as they are. */
  readonly send: (target: Target) => HttpRequest | Uint8Array;
  readonly status: number;
  readonly code: string;
  /**
   * The source that it is counted under, where that is not the address of its own that it is sent with. `peer` is the
   * connection's address: nobody vouched for another, or the request was never read as far as that.
   */
  readonly source?: string;
}

/** `ingest` and `api` trust the sender as a proxy, `untrusting` is an ingest that trusts none. */
export type Door = 'ingest' | 'api' | 'untrusting';

export interface HttpRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly path: string;
  /** In their order; one name may come twice. */
  readonly headers: readonly Header[];
  readonly body?: string | Uint8Array;
}

export type Header = readonly [name: string, value: string];

export interface HostileAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

export const PEER = '127.0.0.1';

/** The answer; `from` is the address that the proxy vouches for, unless the row writes such a header itself. */
export async function sendRow(
  row: HostileRow,
  { url, target, from }: { readonly url: string; readonly target: Target; readonly from: string },
): Promise<HostileAnswer> {
  const request = row.send(target);
  const connection = openConnection(url);
  connection.write(request instanceof Uint8Array ? request : bytesOf(request, from));
  try {
    const { status, headers, body } = await connection.answer();
    return { status, headers, text: body };
  } finally {
    connection.socket.destroy();
  }
}

const FORWARDING = new Set(['x-forwarded-for']);

function bytesOf({ method, path, headers, body }: HttpRequest, from: string): Uint8Array {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const own: Header[] = names.has('host') ? [] : [['Host', 'tollgate.test']];
  if (![...FORWARDING].some((name) => names.has(name))) own.push(['X-Forwarded-For', from]);
  if (body !== undefined && !names.has('content-length') && !names.has('transfer-encoding')) {
    own.push(['Content-Length', `${Buffer.byteLength(body)}`]);
  }
  const lines = [...own, ...headers].map(([name, value]) => `${name}: ${value}`);
  // Latin-1, so that a row can put any byte into a header.
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat([head, Buffer.from(body ?? '')]);
}

/** A chunked body of these chunks. */
export function chunked(...chunks: readonly (string | Uint8Array)[]): Uint8Array {
  const parts = chunks.flatMap((chunk) => [`${Buffer.byteLength(chunk).toString(16)}\r\n`, chunk, '\r\n']);
  return Buffer.concat([...parts, '0\r\n\r\n'].map((part) => Buffer.from(part)));
}

export function bearer(credential: string): Header {
  return ['Authorization', `Bearer ${credential}`];
}

export const JSON_TYPE: Header = ['Content-Type', 'application/json'];
export const FORM_TYPE: Header = ['Content-Type', 'application/x-www-form-urlencoded'];

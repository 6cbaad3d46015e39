// Checks that a webhook comes from Tollgate and is not an old one sent again: Standard Webhooks, symmetric signatures.
// (github.com/standard-webhooks/standard-webhooks, "spec/standard-webhooks.md".)

import { isObject, parseJson, textOf } from './json.ts';

export interface Webhook {
  /** The same for every attempt to deliver it: what to remember so that none is acted on twice. */
  readonly id: string;
  /** When this attempt was sent. */
  readonly sentAt: Date;
  /** Such as `limit.threshold_reached`. */
  readonly type: string;
  /** When it happened, RFC 3339. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type InvalidWebhookCode =
  | 'missing_header'
  | 'malformed_timestamp'
  | 'timestamp_out_of_range'
  | 'wrong_signature'
  | 'malformed_body';

export class InvalidWebhook extends Error {
  override readonly name = 'InvalidWebhook';
  readonly code: InvalidWebhookCode;

  constructor(code: InvalidWebhookCode, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

export interface VerifyOptions {
  /** How far the sender's clock may be from ours, either way; 300 unless said. */
  readonly toleranceSeconds?: number;
  readonly nowMs?: number;
}

type HeaderSource = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

const TOLERANCE_SECONDS = 300;
const PREFIX = 'whsec_';
/** More than any sender has, so that a header cannot make us reckon for long. */
const SIGNATURES_MAX = 10;

/**
 * Rejects with `InvalidWebhook`. `payload` must be the body as it came, byte for byte. `secrets`: one, or several while one
 * rotates; each `whsec_…`. What is wrong with a secret is thrown as a `TypeError`: that is no sender's fault.
 */
export async function verifyWebhook(
  payload: string | Uint8Array,
  headers: HeaderSource,
  secrets: string | readonly string[],
  options: VerifyOptions = {},
): Promise<Webhook> {
  const { toleranceSeconds = TOLERANCE_SECONDS, nowMs = Date.now() } = options;
  const keys = (typeof secrets === 'string' ? [secrets] : secrets).map(bytesOfSecret);
  if (keys.length === 0) throw new TypeError('No secret to verify with.');
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = signaturesIn(headerOf(headers, 'webhook-signature'));
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new InvalidWebhook('malformed_timestamp', '`webhook-timestamp` must be whole seconds.');
  }
  const sentAtMs = Number(timestamp) * 1_000;
  if (Math.abs(nowMs - sentAtMs) > toleranceSeconds * 1_000) {
    throw new InvalidWebhook('timestamp_out_of_range', `Sent more than ${toleranceSeconds} s from now.`);
  }
  const body = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  if (!(await isSigned({ signed: join(`${id}.${timestamp}.`, body), signatures, keys }))) {
    throw new InvalidWebhook('wrong_signature', 'No signature was made with any of the secrets.');
  }
  return webhookOf({ id, sentAtMs, body });
}

/** `verify` compares in constant time; every pair is compared, so that time does not say which secret it was either. */
async function isSigned(check: {
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signatures: readonly Uint8Array<ArrayBuffer>[];
  readonly keys: readonly Uint8Array<ArrayBuffer>[];
}): Promise<boolean> {
  let isRight = false;
  for (const bytes of check.keys) {
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    for (const signature of check.signatures) {
      const isThis = await crypto.subtle.verify('HMAC', key, signature, check.signed);
      isRight = isThis || isRight;
    }
  }
  return isRight;
}

function webhookOf(parts: { readonly id: string; readonly sentAtMs: number; readonly body: Uint8Array }): Webhook {
  const json = parseJson(new TextDecoder().decode(parts.body));
  const message = isObject(json) ? json : {};
  const type = textOf(message, 'type');
  const { data } = message;
  if (type === undefined || !isObject(data)) {
    throw new InvalidWebhook('malformed_body', 'The body must be JSON with `type` and `data`.');
  }
  return {
    id: parts.id,
    sentAt: new Date(parts.sentAtMs),
    type,
    timestamp: textOf(message, 'timestamp') ?? new Date(parts.sentAtMs).toISOString(),
    data,
  };
}

/** Names of headers have no case; a plain object's may have any. */
function headerOf(headers: HeaderSource, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : plainHeader(headers, name);
  if (value === null || value === '') throw new InvalidWebhook('missing_header', `\`${name}\` is missing.`);
  return value;
}

function plainHeader(headers: Readonly<Record<string, string | readonly string[] | undefined>>, name: string) {
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name);
  const value = found === undefined ? undefined : headers[found];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(' ');
}

/** Those of version 1, separated by spaces: `v1,<base64> v1,<base64>`. */
function signaturesIn(header: string): readonly Uint8Array<ArrayBuffer>[] {
  return header
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .slice(0, SIGNATURES_MAX)
    .flatMap((part) => bytesOf(part.slice('v1,'.length)) ?? []);
}

function bytesOfSecret(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = secret.startsWith(PREFIX) ? bytesOf(secret.slice(PREFIX.length)) : null;
  if (bytes === null || bytes.byteLength === 0) throw new TypeError(`A webhook secret is \`${PREFIX}\` and base64.`);
  return bytes;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function join(head: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const start = new TextEncoder().encode(head);
  const joined = new Uint8Array(start.byteLength + body.byteLength);
  joined.set(start);
  joined.set(body, start.byteLength);
  return joined;
}

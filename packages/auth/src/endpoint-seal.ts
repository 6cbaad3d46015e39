// What is secret about a webhook endpoint, at rest: its secrets, and the values of its headers, which may open the receiver's
// door. Bound to the endpoint's id: put into another row, it does not open.

import type { KeySeal } from './key-seal.ts';

export interface EndpointSecrets {
  readonly secret: Uint8Array;
  /** The one before it, while it signs too. */
  readonly previous: Uint8Array | null;
  /** Of the owner's own, sent with every delivery. */
  readonly headers: Readonly<Record<string, string>>;
}

interface SealedText {
  readonly secret: string;
  readonly previous: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export function sealEndpoint(seal: KeySeal, id: string, secrets: EndpointSecrets): Uint8Array {
  const { secret, previous, headers } = secrets;
  const text: SealedText = { secret: toText(secret), previous: previous === null ? null : toText(previous), headers };
  return seal.seal(Buffer.from(JSON.stringify(text)), contextOf(id));
}

/** Null when it is sealed under a secret that this process does not have. */
export function openEndpoint(seal: KeySeal, id: string, sealed: Uint8Array): EndpointSecrets | null {
  const bytes = seal.open(sealed, contextOf(id));
  if (bytes === null) return null;
  const value: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (!isSealedText(value)) throw new Error(`what is sealed of the webhook endpoint ${id} is not what was sealed`);
  const { secret, previous, headers } = value;
  return { secret: toBytes(secret), previous: previous === null ? null : toBytes(previous), headers };
}

function isSealedText(value: unknown): value is SealedText {
  return typeof value === 'object' && value !== null && 'secret' in value && 'previous' in value && 'headers' in value;
}

function contextOf(id: string): string {
  return `webhook-endpoint/${id}`;
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function toBytes(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

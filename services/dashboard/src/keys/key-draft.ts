// A key as it is written in a form, and what that says to the api.

import { dateStart, dateText, toInstant } from '../format/time.ts';
import type { Scope } from '../session/session.ts';
import type { Key } from './key-query.ts';

export interface KeyDraft {
  readonly name: string;
  readonly customer: string | null;
  readonly scopes: readonly string[];
  /** Patterns, one a line; so are addresses. Empty: all. */
  readonly models: string;
  readonly addresses: string;
  readonly requestsPerMinute: string;
  readonly tokensPerMinute: string;
  /** `2026-11-24`, or empty. */
  readonly expires: string;
}

export function newKeyDraft(scopes: readonly string[], customer: string | null): KeyDraft {
  const unbound = { models: '', addresses: '', requestsPerMinute: '', tokensPerMinute: '', expires: '' };
  return { name: '', customer, scopes, ...unbound };
}

export function draftOf(key: Key, zone: string): KeyDraft {
  const { requests_per_minute: requests, tokens_per_minute: tokens } = key.rate_limits;
  return {
    ...{ name: key.name, customer: key.customer, scopes: key.scopes },
    models: (key.allowed_models ?? []).join('\n'),
    addresses: (key.allowed_ips ?? []).join('\n'),
    ...{ requestsPerMinute: requests?.toString() ?? '', tokensPerMinute: tokens?.toString() ?? '' },
    expires: key.expires_at === null ? '' : dateText(zone, Date.parse(key.expires_at)),
  };
}

interface Place {
  readonly zone: string;
  /** Of the key as it is, which the form may say less exactly. */
  readonly key: Key | undefined;
}

/** Whatever the form does not understand is sent as it is, for the api to say what is wrong with it. */
export function settingsOf(draft: KeyDraft, scopes: readonly Scope[], { zone, key }: Place) {
  return {
    name: draft.name.trim(),
    scopes: [...scopes],
    allowed_models: linesOf(draft.models),
    allowed_ips: linesOf(draft.addresses),
    rate_limits: {
      requests_per_minute: countOf(draft.requestsPerMinute),
      tokens_per_minute: countOf(draft.tokensPerMinute),
    },
    expires_at: expiryOf(draft, { zone, key }),
  };
}

/** The instant that was set stays to the second where nobody changed its day. */
function expiryOf({ expires }: KeyDraft, { zone, key }: Place): string | null {
  if (expires === '') return null;
  const current = key?.expires_at ?? null;
  if (current !== null && dateText(zone, Date.parse(current)) === expires) return current;
  const startMs = dateStart(zone, expires);
  return startMs === null ? null : toInstant(startMs);
}

function linesOf(text: string): string[] | null {
  const lines = text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.length === 0 ? null : [...new Set(lines)];
}

function countOf(text: string): number | null {
  const digits = text.replaceAll(/[\s,_]/g, '');
  return digits === '' ? null : Number(digits);
}

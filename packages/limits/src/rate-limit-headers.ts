// The header fields that tell a client its limits: draft-ietf-httpapi-ratelimit-headers-11, as structured fields (RFC 9651).

import { TollgateError } from '@tollgate/domain';
import type { RateVerdict, Standing } from './limits.ts';

const WINDOW_SECONDS = 60;

/** None for a key without limits. */
export function rateLimitHeaders({ standings }: RateVerdict): Readonly<Record<string, string>> {
  if (standings.length === 0) return {};
  return {
    'RateLimit-Policy': standings.map(toPolicy).join(', '),
    RateLimit: standings.map(toLimit).join(', '),
  };
}

/** Undefined when the request is allowed. */
export function rateLimited({ isAllowed, standings }: RateVerdict, keyId: string): TollgateError | undefined {
  if (isAllowed) return undefined;
  const used = standings.filter(({ retryAfterMs }) => retryAfterMs > 0);
  const limits = used.map(({ name, perMinute }) => `${perMinute} ${name} per minute`).join(' and ');
  return new TollgateError({
    code: 'rate_limited',
    keyId,
    detail: `This API key may use ${limits}. Nothing of the request was kept; send it again later.`,
    retryAfterSeconds: Math.max(1, ...used.map(({ retryAfterMs }) => seconds(retryAfterMs))),
  });
}

/** The unit is `requests` unless it is said (section 3.1.2). */
function toPolicy({ name, perMinute }: Standing): string {
  const policy = `"${name}";q=${perMinute};w=${WINDOW_SECONDS}`;
  return name === 'requests' ? policy : `${policy};qu="${name}"`;
}

/** What is used up says when the next request fits, which is what `Retry-After` says; else, when the whole is there again. */
function toLimit({ name, remaining, retryAfterMs, resetAfterMs }: Standing): string {
  const left = retryAfterMs > 0 ? 0 : remaining;
  return `"${name}";r=${left};t=${seconds(retryAfterMs > 0 ? retryAfterMs : resetAfterMs)}`;
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1_000);
}

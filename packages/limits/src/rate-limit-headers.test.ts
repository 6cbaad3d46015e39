import { describe, expect, it } from 'vitest';
import { rateLimited, rateLimitHeaders } from './rate-limit-headers.ts';

const requests = { name: 'requests', perMinute: 60, remaining: 44, retryAfterMs: 0, resetAfterMs: 15_001 } as const;
const tokens = { name: 'tokens', perMinute: 90_000, remaining: 0, retryAfterMs: 1_200, resetAfterMs: 61_200 } as const;

describe('the headers of a limited key', () => {
  it('name each limit, whole numbers, in seconds', () => {
    expect(
      rateLimitHeaders({ isAllowed: true, standings: [requests, { ...tokens, remaining: 7, retryAfterMs: 0 }] }),
    ).toEqual({
      'RateLimit-Policy': '"requests";q=60;w=60, "tokens";q=90000;w=60;qu="tokens"',
      RateLimit: '"requests";r=44;t=16, "tokens";r=7;t=62',
    });
  });

  it('say of a limit that is used up when the next request fits', () => {
    const verdict = { isAllowed: false, standings: [requests, tokens] };
    expect(rateLimitHeaders(verdict)['RateLimit']).toBe('"requests";r=44;t=16, "tokens";r=0;t=2');
    const error = rateLimited(verdict, 'key_1');
    expect([error?.code, error?.retryAfterSeconds]).toEqual(['rate_limited', 2]);
    expect(error?.detail).toContain('90000 tokens per minute');
    expect(error?.detail).not.toContain('requests per minute');
  });

  it('are none for a key without limits', () => {
    expect(rateLimitHeaders({ isAllowed: true, standings: [] })).toEqual({});
    expect(rateLimited({ isAllowed: true, standings: [] }, 'key_1')).toBeUndefined();
  });
});

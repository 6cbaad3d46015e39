import { TollgateError } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import { createGate, type Entry, type RatedCaller } from './gate.ts';
import type { KeyRates, RateVerdict } from './limits.ts';

const UNLIMITED = { requestsPerMinute: null, tokensPerMinute: null };
const caller: RatedCaller = { keyId: 'key_1', customerId: 'cus_1', rateLimits: UNLIMITED };

function startGate(verdict: RateVerdict = { isAllowed: true, standings: [] }) {
  const failures: string[] = [];
  const asked: KeyRates[] = [];
  const locked = new Set<string>();
  const gate = createGate({
    limits: {
      async admit(key) {
        asked.push(key);
        return verdict;
      },
      chargeTokens: async () => undefined,
      close: async () => undefined,
    },
    lockouts: {
      get isQuiet() {
        return locked.size === 0;
      },
      retryAfterSeconds: (source) => (locked.has(source) ? 7 : undefined),
      failed: (source) => failures.push(source),
      close: async () => undefined,
    },
  });
  const headers: Record<string, string> = {};
  const entry = (authenticate: () => RatedCaller | Promise<RatedCaller>): Entry<RatedCaller> => ({
    source: () => '192.0.2.1',
    authenticate,
    setHeader: (name, value) => {
      headers[name] = value;
    },
  });
  return { gate, failures, asked, locked, headers, entry };
}

function refuse(code: 'invalid_token' | 'key_disabled' | 'unavailable'): never {
  throw new TollgateError({ code, detail: 'no' });
}

describe('a gate', () => {
  it('lets a key without limits in at once, without asking anybody', () => {
    const { gate, asked, headers, entry } = startGate();
    expect(gate.enter(entry(() => caller))).toBe(caller);
    expect([asked, headers]).toEqual([[], {}]);
  });

  it('looks at no credential of a source that is locked out', () => {
    const { gate, locked, entry } = startGate();
    locked.add('192.0.2.1');
    let isLookedAt = false;
    const look = (): RatedCaller => {
      isLookedAt = true;
      return caller;
    };
    expect(() => gate.enter(entry(look))).toThrow(
      expect.objectContaining({ code: 'locked_out', retryAfterSeconds: 7 }),
    );
    expect(isLookedAt).toBe(false);
  });

  it('counts a wrong credential, found at once or later, and nothing else', async () => {
    const { gate, failures, entry } = startGate();
    expect(() => gate.enter(entry(() => refuse('invalid_token')))).toThrow('invalid_token');
    await expect(gate.enter(entry(async () => refuse('invalid_token')))).rejects.toThrow('invalid_token');
    expect(failures).toEqual(['192.0.2.1', '192.0.2.1']);
    expect(() => gate.enter(entry(() => refuse('key_disabled')))).toThrow('key_disabled');
    await expect(gate.enter(entry(async () => refuse('unavailable')))).rejects.toThrow('unavailable');
    expect(failures).toHaveLength(2);
  });

  it('tells a limited key how it stands, also when it is refused', async () => {
    const limited = { ...caller, rateLimits: { requestsPerMinute: 60, tokensPerMinute: null } };
    const standing = {
      name: 'requests',
      perMinute: 60,
      remaining: 0,
      retryAfterMs: 900,
      resetAfterMs: 60_000,
    } as const;
    const { gate, asked, headers, entry } = startGate({ isAllowed: false, standings: [standing] });
    await expect(gate.enter(entry(() => limited))).rejects.toThrow(expect.objectContaining({ code: 'rate_limited' }));
    expect(asked).toEqual([{ keyId: 'key_1', customerId: 'cus_1', ...limited.rateLimits }]);
    expect(headers['RateLimit']).toBe('"requests";r=0;t=1');
  });
});

import type { Caller } from '@tollgate/auth';
import { SCOPES, TollgateError } from '@tollgate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkWithinBounds, type Powers } from './key-bounds.ts';

const ANYTHING: Powers = {
  scopes: ['usage:read', 'keys:write'],
  allowedModels: null,
  allowedIps: null,
  rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
  expiresAtMs: null,
};

const callerWith = (powers: Partial<Powers>, customerId: string | null = 'cus_1'): Caller => ({
  keyId: 'key_1',
  customerId,
  projectId: null,
  credential: { kind: 'secret', id: 'sec_1', isOld: false },
  ...ANYTHING,
  ...powers,
});

function pointersOf(caller: Caller, powers: Partial<Powers>, customerId: string | null = 'cus_1'): readonly string[] {
  try {
    checkWithinBounds(caller, { customerId, ...ANYTHING, ...powers });
    return [];
  } catch (error) {
    if (!(error instanceof TollgateError)) throw error;
    expect(error.code).toBe('insufficient_scope');
    return error.errors.map(({ pointer }) => pointer);
  }
}

const rates = (requestsPerMinute: number | null, tokensPerMinute: number | null = null) => ({
  rateLimits: { requestsPerMinute, tokensPerMinute },
});

describe('what a key hands on', () => {
  it.each<[Partial<Powers>, Partial<Powers>, readonly string[]]>([
    [{}, {}, []],
    [{}, { allowedModels: ['gpt-4o'], allowedIps: ['10.0.0.0/8'], ...rates(5, 5), expiresAtMs: 5 }, []],
    [{ scopes: ['keys:write'] }, { scopes: ['keys:write', 'usage:read'] }, ['/scopes/1']],
    [{ scopes: ['usage:write:any'] }, { scopes: ['usage:write'] }, []],
    [{ scopes: ['usage:write'] }, { scopes: ['usage:write:any'] }, ['/scopes/0']],
    [{ scopes: ['admin'] }, { scopes: ['admin', 'billing:write'] }, []],

    [{ allowedModels: ['gpt-4o*'] }, {}, ['/allowed_models']],
    [{ allowedModels: ['gpt-4o*'] }, { allowedModels: ['gpt-4o', 'gpt-4o*', 'gpt-4o-*-mini'] }, []],
    [
      { allowedModels: ['gpt-4o*'] },
      { allowedModels: ['gpt-4o-mini', 'gpt-4', 'gpt-*', '*'] },
      [1, 2, 3].map((n) => `/allowed_models/${n}`),
    ],
    [{ allowedModels: ['gpt-4o'] }, { allowedModels: ['gpt-4o*'] }, ['/allowed_models/0']],
    [{ allowedModels: ['a*', '*b'] }, { allowedModels: ['a*c*b', 'c*b', '*c'] }, ['/allowed_models/2']],

    [{ allowedIps: ['10.0.0.0/8'] }, {}, ['/allowed_ips']],
    [{ allowedIps: ['10.0.0.0/8'] }, { allowedIps: ['10.0.0.0/8', '10.1.2.0/24', '10.1.2.3/32'] }, []],
    [
      { allowedIps: ['10.0.0.0/8'] },
      { allowedIps: ['8.0.0.0/6', '11.0.0.0/8', '::/0'] },
      [0, 1, 2].map((n) => `/allowed_ips/${n}`),
    ],
    [{ allowedIps: ['0.0.0.0/0'] }, { allowedIps: ['192.0.2.1/32', '2001:db8::/32'] }, ['/allowed_ips/1']],
    [{ allowedIps: ['2001:db8::/32'] }, { allowedIps: ['2001:db8:1::/48', '2001:db9::/48'] }, ['/allowed_ips/1']],

    [rates(60, 1000), {}, ['/rate_limits/requests_per_minute', '/rate_limits/tokens_per_minute']],
    [rates(60), rates(60, 5), []],
    [rates(60), rates(61), ['/rate_limits/requests_per_minute']],
    [{ expiresAtMs: 10 }, {}, ['/expires_at']],
    [{ expiresAtMs: 10 }, { expiresAtMs: 10 }, []],
    [{ expiresAtMs: 10 }, { expiresAtMs: 11 }, ['/expires_at']],
  ])('with %j is %j, but for %j', (bound, powers, expected) => {
    expect(pointersOf(callerWith(bound), powers)).toEqual(expected);
  });

  it('is bounded among the keys of one owner; over those of its customers the operator stands', () => {
    const bound: Partial<Powers> = { scopes: ['admin'], allowedIps: ['10.0.0.0/8'], ...rates(1), expiresAtMs: 10 };
    expect(pointersOf(callerWith(bound, null), {}, 'cus_1')).toEqual([]);
    expect(pointersOf(callerWith(bound, null), {}, null)).toHaveLength(3);
  });

  it('never adds up to more than its giver has, however often it is passed on', () => {
    const someOf = <Value>(values: readonly Value[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });
    const orNone = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: null });
    const anyPowers = fc.record({
      scopes: someOf(SCOPES),
      allowedModels: orNone(someOf(['*', 'a*', 'ab*', '*b', 'a*b', 'ab', 'b', 'c'])),
      allowedIps: orNone(someOf(['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', '::/0', '2001:db8::/32'])),
      rateLimits: fc.record({ requestsPerMinute: orNone(fc.nat(3)), tokensPerMinute: orNone(fc.nat(3)) }),
      expiresAtMs: orNone(fc.nat(3)),
    });
    fc.assert(
      fc.property(anyPowers, fc.array(anyPowers, { maxLength: 5 }), (first, wishes) => {
        let held: Powers = first;
        for (const wish of wishes) if (pointersOf(callerWith(held), wish).length === 0) held = wish;
        expect(pointersOf(callerWith(first), held)).toEqual([]);
      }),
      { seed: 20_261_124 },
    );
  });
});

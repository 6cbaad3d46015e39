import type { ApiKey, Project } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import { SCOPES, type Scope } from '@tollgate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkGrant, checkNotOwnKey, checkProject, checkReenabling } from './key-rules.ts';

const callerWith = (scopes: readonly Scope[], customerId: string | null = 'cus_1'): Caller => ({
  keyId: 'key_1',
  customerId,
  projectId: null,
  scopes,
  allowedModels: null,
  allowedIps: null,
  rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
  expiresAtMs: null,
  credential: { kind: 'secret', id: 'sec_1', isOld: false },
});
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a grant', () => {
  it.each<[readonly Scope[], readonly Scope[], boolean, string | null]>([
    [['admin'], ['admin'], false, null],
    [['admin'], ['usage:write:any'], false, null],
    [['admin'], ['usage:write'], true, null],
    [['admin'], ['admin'], true, 'validation_failed'],
    [['admin'], ['limits:check:any'], true, 'validation_failed'],
    [['keys:write', 'usage:read'], ['usage:read'], true, null],
    [['keys:write'], ['usage:read'], true, 'insufficient_scope'],
    [['keys:write', 'usage:write:any'], ['usage:write'], true, null],
    [['keys:write', 'usage:write'], ['usage:write:any'], false, 'insufficient_scope'],
    [['keys:write'], ['admin'], false, 'insufficient_scope'],
  ])('by %j of %j, for a customer: %s', (held, scopes, isForCustomer, refusal) => {
    const grant = () => checkGrant({ caller: callerWith(held), scopes, isForCustomer });
    if (refusal === null) expect(grant).not.toThrow();
    else expect(grant).toThrow(code(refusal));
  });

  it('never adds up to more than its giver has, however often it is passed on', () => {
    const anyScopes = fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1 });
    fc.assert(
      fc.property(anyScopes, fc.array(anyScopes, { maxLength: 5 }), (first, wishes) => {
        let held: readonly Scope[] = first;
        for (const scopes of wishes) {
          try {
            checkGrant({ caller: callerWith(held), scopes, isForCustomer: false });
            held = scopes;
          } catch {
            // Refused: the chain goes on with what it had.
          }
        }
        if (!first.includes('admin')) expect(held).not.toContain('admin');
        const reach = (scopes: readonly Scope[]) => scopes.filter((scope) => scope.endsWith(':any'));
        if (!first.includes('admin')) expect(first).toEqual(expect.arrayContaining(reach(held)));
      }),
      { seed: 20_261_124 },
    );
  });
});

describe('a project', () => {
  const project: Project = { id: 'prj_1', customerId: 'cus_1', name: 'p', createdAtMs: 0 };

  it.each([
    [null, null, 'cus_1', true],
    [null, null, null, true],
    ['prj_1', project, 'cus_1', true],
    ['prj_1', project, 'cus_2', false],
    ['prj_1', project, null, false],
    ['prj_2', null, 'cus_1', false],
  ] as const)('named %s, found %j, for %s', (named, found, customerId, isTaken) => {
    const check = () => checkProject({ named, project: found, customerId });
    if (isTaken) expect(check).not.toThrow();
    else expect(check).toThrow(code('validation_failed'));
  });
});

describe('a change', () => {
  const key: ApiKey = {
    id: 'key_1',
    name: 'k',
    customerId: null,
    projectId: null,
    mode: 'live',
    scopes: ['usage:read', 'billing:read'],
    allowedModels: null,
    allowedIps: null,
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    isEnabled: false,
    expiresAtMs: null,
    metadata: {},
    createdAtMs: 0,
  };

  it('of the own key is refused', () => {
    expect(() => checkNotOwnKey(callerWith(['admin'], null), key)).toThrow(code('conflict'));
    expect(() => checkNotOwnKey(callerWith(['admin'], null), { ...key, id: 'key_2' })).not.toThrow();
  });

  it('that gives back scopes needs all of them', () => {
    expect(() => checkReenabling(callerWith(['usage:read']), key)).toThrow(code('insufficient_scope'));
    expect(() => checkReenabling(callerWith(['usage:read', 'billing:read']), key)).not.toThrow();
  });
});

import type { ApiKey, Project } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import type { Scope } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import {
  changesStanding,
  checkCustomerScopes,
  checkNotOwnKey,
  checkPolicyCount,
  checkPolicyScopes,
  checkProject,
} from './key-rules.ts';

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

describe("a customer's key", () => {
  it.each<[readonly Scope[], string | null, boolean]>([
    [['admin'], null, true],
    [['usage:write:any'], null, true],
    [['usage:write', 'keys:write'], 'cus_1', true],
    [['admin'], 'cus_1', false],
    [['usage:read', 'limits:check:any'], 'cus_1', false],
  ])('may have %j, of %s: %s', (scopes, customerId, isTaken) => {
    const check = () => checkCustomerScopes({ customerId, scopes });
    if (isTaken) expect(check).not.toThrow();
    else expect(check).toThrow(code('validation_failed'));
  });

  it.each<[readonly Scope[] | null, readonly Scope[], boolean]>([
    [null, ['billing:read'], true],
    [['usage:read'], [], true],
    [['usage:read', 'usage:write'], ['usage:write'], true],
    [['usage:read'], ['usage:read', 'keys:write'], false],
  ])('may, where its customer is allowed %j, grant %j: %s', (allowedScopes, granted, isTaken) => {
    const check = () => checkPolicyScopes({ keysMax: 10, allowedScopes }, granted);
    if (isTaken) expect(check).not.toThrow();
    else expect(check).toThrow(code('insufficient_scope'));
  });

  it('is made up to the number that is allowed', () => {
    const policy = { keysMax: 2, allowedScopes: null };
    expect(() => checkPolicyCount(policy, 1)).not.toThrow();
    expect(() => checkPolicyCount(policy, 2)).toThrow(code('conflict'));
    expect(() => checkPolicyCount({ ...policy, keysMax: 0 }, 0)).toThrow(code('conflict'));
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

  it.each<[Partial<ApiKey>, boolean]>([
    [{}, false],
    [{ name: 'other', metadata: { a: 1 }, allowedIps: ['10.0.0.0/8'] }, false],
    [{ isEnabled: true }, true],
    [{ expiresAtMs: 1 }, true],
    [{ scopes: ['usage:read'] }, true],
    [{ scopes: ['usage:read', 'admin'] }, true],
  ])('to %j is one of its standing: %s', (changes, isOne) => {
    expect(changesStanding(key, { ...key, ...changes })).toBe(isOne);
  });
});

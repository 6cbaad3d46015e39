// Who may make and change which API keys, besides the bounds of what they may hand on: pure decisions.

import type { ApiKey, KeyPolicy, Project } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import { type FieldError, holdsScope, type Scope, TollgateError } from '@tollgate/domain';

/** No customer's key acts for others. */
export function checkCustomerScopes({ customerId, scopes }: Pick<ApiKey, 'customerId' | 'scopes'>): void {
  if (customerId === null) return;
  const errors: FieldError[] = scopes.flatMap((scope, index) =>
    scope === 'admin' || scope.endsWith(':any')
      ? [{ pointer: `/scopes/${index}`, detail: `\`${scope}\` is for the operator's own keys.` }]
      : [],
  );
  if (errors.length === 0) return;
  throw new TollgateError({
    code: 'validation_failed',
    detail: "A customer's key cannot have a scope that reaches past its customer. See `errors`.",
    errors,
  });
}

/** What the operator lets a customer's own keys grant. `granted`: the scopes that a key has or gets newly. */
export function checkPolicyScopes(policy: KeyPolicy, granted: readonly Scope[]): void {
  const { allowedScopes } = policy;
  if (allowedScopes === null) return;
  const refused = granted.filter((scope) => !holdsScope(allowedScopes, scope));
  if (refused.length === 0) return;
  throw new TollgateError({
    code: 'insufficient_scope',
    detail: `Only the operator grants ${refused.join(', ')} to keys of this customer.`,
  });
}

export function checkPolicyCount({ keysMax }: KeyPolicy, keyCount: number): void {
  if (keyCount < keysMax) return;
  throw new TollgateError({
    code: 'conflict',
    detail: `The customer has ${keyCount} keys and may have ${keysMax}. Delete one, or ask the operator.`,
  });
}

export function checkProject(choice: {
  readonly named: string | null;
  readonly project: Project | null;
  readonly customerId: string | null;
}): void {
  const { named, project, customerId } = choice;
  if (named === null || (project !== null && project.customerId === customerId)) return;
  throw new TollgateError({
    code: 'validation_failed',
    detail: "The project is none of the key's customer. See `errors`.",
    errors: [{ pointer: '/project', detail: "must be a project of the key's customer." }],
  });
}

/** So that there always remains a key that can undo what was done. */
export function checkNotOwnKey(caller: Caller, key: Pick<ApiKey, 'id'>): void {
  if (caller.keyId !== key.id) return;
  throw new TollgateError({
    code: 'conflict',
    detail: 'A key cannot end itself, nor change its own scopes or expiry. Use another key to do it.',
  });
}

/** A key whose secret others have works again by a new secret only. */
export function checkNotLeaked({ disabledReason }: Pick<ApiKey, 'disabledReason'>): void {
  if (disabledReason !== 'leaked') return;
  throw new TollgateError({
    code: 'conflict',
    detail: 'The secret of this key leaked. Rotate the key without a grace first, then enable it.',
  });
}

/** Whether a change is one that a key may not make of itself. */
export function changesStanding(before: ApiKey, after: ApiKey): boolean {
  return (
    before.isEnabled !== after.isEnabled ||
    before.expiresAtMs !== after.expiresAtMs ||
    before.scopes.join() !== after.scopes.join()
  );
}

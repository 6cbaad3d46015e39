// Who may make and change which API keys: pure decisions.

import type { ApiKey, Project } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import { type FieldError, holdsScope, type Scope, TollgateError } from '@tollgate/domain';

/** Nobody grants a scope that they do not hold, and no customer's key acts for others. */
export function checkGrant(grant: {
  readonly caller: Caller;
  readonly scopes: readonly Scope[];
  readonly isForCustomer: boolean;
}): void {
  const { caller, scopes, isForCustomer } = grant;
  const missing = scopes.filter((scope) => !holdsScope(caller.scopes, scope));
  if (missing.length > 0) throw scopesNotHeld(missing);
  if (!isForCustomer) return;
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
export function checkNotOwnKey(caller: Caller, key: ApiKey): void {
  if (caller.keyId !== key.id) return;
  throw new TollgateError({
    code: 'conflict',
    detail: 'A key cannot disable itself. Use another key to do it.',
  });
}

/** Enabling gives back what the key could do: no less than granting it. */
export function checkReenabling(caller: Caller, key: ApiKey): void {
  const missing = key.scopes.filter((scope) => !holdsScope(caller.scopes, scope));
  if (missing.length > 0) throw scopesNotHeld(missing);
}

function scopesNotHeld(missing: readonly Scope[]): TollgateError {
  return new TollgateError({
    code: 'insufficient_scope',
    detail: `A key can only grant scopes that it holds. This one does not hold ${missing.join(', ')}.`,
  });
}

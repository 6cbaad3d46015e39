// Which scopes a token gets: as many as its key holds, or fewer where fewer are asked for, never more.

import { holdsScope, SCOPES, type Scope, TollgateError } from '@tollgate/domain';

/** Fails with `invalid_scope` for a name that nobody knows, or one that is not held. */
export function grantScopes(requested: string | undefined, held: readonly Scope[]): readonly Scope[] {
  const scopes = requested === undefined ? held : readScopes(requested);
  const missing = scopes.filter((scope) => !holdsScope(held, scope));
  if (missing.length > 0) throw invalidScope(`The API key does not hold ${missing.join(', ')}.`);
  if (scopes.length === 0) throw invalidScope('Nothing is left that the token could be for.');
  return scopes;
}

function readScopes(text: string): readonly Scope[] {
  const names = new Set(text.split(' '));
  const scopes = SCOPES.filter((scope) => names.has(scope));
  if (scopes.length < names.size) {
    throw invalidScope(`A scope is not known. Name some of ${SCOPES.join(' ')}, with single spaces between them.`);
  }
  return scopes;
}

function invalidScope(detail: string): TollgateError {
  return new TollgateError({ code: 'invalid_scope', detail });
}

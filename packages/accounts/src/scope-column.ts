// Scopes as a column holds them.

import { SCOPES, type Scope } from '@tollgate/domain';

/** A scope that this version does not know grants nothing. */
export function knownScopes(names: readonly string[]): readonly Scope[] {
  return names.filter(isScope);
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

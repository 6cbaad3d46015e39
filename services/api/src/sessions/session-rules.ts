// Who may open a session: whoever shows the secret of a key. What was itself obtained with one opens nothing that lives longer.

import type { Caller } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';

/** The id of the secret. */
export function onlySecrets({ credential }: Caller): string {
  if (credential.kind === 'secret') return credential.id;
  throw new TollgateError({
    code: 'insufficient_scope',
    detail: 'A session is opened with the secret of an API key, as `Authorization: Bearer tg_…`.',
  });
}

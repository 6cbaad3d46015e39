// The parameter `token` of introspection and revocation. `token_type_hint` is not needed: a token shows what it is.

import { TollgateError } from '@tollgate/domain';
import type { Form } from './form.ts';

export function tokenOf(form: Form): string {
  const token = form.get('token');
  if (token !== undefined) return token;
  throw new TollgateError({ code: 'invalid_request', detail: 'Send the token that this is about.' });
}

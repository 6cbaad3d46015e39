// `POST /oauth/token` (RFC 6749 section 3.2): by grant type.

import type { TokenAuthority } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import { grantToClient } from './client-grant.ts';
import type { Form } from './form.ts';
import type { GrantOptions } from './grant-answer.ts';
import type { HandleOAuth } from './oauth-endpoint.ts';
import { exchangeRefreshToken } from './refresh-grant.ts';

export const GRANT_TYPES = ['client_credentials', 'refresh_token'] as const;

export function createTokenEndpoint(options: GrantOptions & { readonly authority: TokenAuthority }): HandleOAuth {
  return async (call) => {
    const { form } = call;
    checkTarget(form, options.authority);
    switch (form.get('grant_type')) {
      case 'client_credentials':
        return await options.accounts.transaction((records) => grantToClient({ ...options, ...call, records }));
      case 'refresh_token':
        return await exchangeRefreshToken(options, call);
      case undefined:
        throw new TollgateError({ code: 'invalid_request', detail: 'Say which grant_type this is.' });
      default:
        throw new TollgateError({
          code: 'unsupported_grant_type',
          detail: `The grant_type is ${GRANT_TYPES.join(' or ')}.`,
        });
    }
  };
}

/** There is one audience (RFC 8707): a client that names it gets it, one that wants another would not be served by ours. */
function checkTarget(form: Form, { issuer, audience }: TokenAuthority): void {
  const isKnown = [form.get('resource'), form.get('audience')].every(
    (target) => target === undefined || target === audience || target === issuer,
  );
  if (isKnown) return;
  throw new TollgateError({ code: 'invalid_target', detail: `Tokens are issued for ${audience} alone.` });
}

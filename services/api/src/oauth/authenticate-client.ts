// A client is an API key: its id and its secret together, judged by the same rules as a secret that is used directly.

import { type Authenticator, type Caller, isKeySecret } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import { type ClientCredential, invalidClient } from './client-credential.ts';

export interface SecretCaller extends Caller {
  readonly credential: Extract<Caller['credential'], { readonly kind: 'secret' }>;
}

/** Stands for a secret that none can be, so that the attempt is judged, and counted, like any other wrong one. */
const NO_SECRET = 'none';

export async function authenticateClient(
  { clientId, secret }: ClientCredential,
  { authenticator, address }: { readonly authenticator: Authenticator; readonly address: string },
): Promise<SecretCaller> {
  const shown = isKeySecret(secret) ? secret : NO_SECRET;
  try {
    const caller = await authenticator.authenticate({ authorization: `Bearer ${shown}`, address });
    const { credential } = caller;
    // An id is no secret, and the secret alone has proven who this is: nothing is learned from how long this takes.
    if (caller.keyId !== clientId || credential.kind !== 'secret') throw notTheClient();
    return { ...caller, credential };
  } catch (error) {
    throw asClientError(error);
  }
}

/** What is wrong with a key makes the client invalid; that too many ask, or nobody can say, stays what it is. */
function asClientError(error: unknown): unknown {
  if (!(error instanceof TollgateError) || error.retryable || error.code === 'invalid_client') return error;
  if (error.code === 'invalid_token') return notTheClient();
  return error.status < 500 ? new TollgateError({ code: 'invalid_client', detail: error.detail, cause: error }) : error;
}

function notTheClient(): TollgateError {
  return invalidClient('There is no API key with this id and this secret. Check that both were copied whole.');
}

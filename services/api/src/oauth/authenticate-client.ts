// A client is an API key: its id and its secret together, judged by the same rules, and at the same gate, as a secret that
// is used directly.

import { type Authenticator, type Caller, isKeySecret, sourceNetworkOf } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import type { Gate } from '@tollgate/limits';
import { type ClientCredential, invalidClient } from './client-credential.ts';

export interface SecretCaller extends Caller {
  readonly credential: Extract<Caller['credential'], { readonly kind: 'secret' }>;
}

export interface Door {
  readonly authenticator: Authenticator;
  readonly gate: Gate;
}

/** Stands for a secret that none can be, so that the attempt is judged, and counted, like any other wrong one. */
const NO_SECRET = 'none';

export async function authenticateClient(
  { clientId, secret }: ClientCredential,
  request: Door & { readonly address: string; readonly setHeader: (name: string, value: string) => void },
): Promise<SecretCaller> {
  const { authenticator, gate, address, setHeader } = request;
  const source = (): string => sourceNetworkOf(address);
  const authorization = `Bearer ${isKeySecret(secret) ? secret : NO_SECRET}`;
  try {
    const authenticate = () => authenticator.authenticate({ authorization, address });
    const caller = await gate.enter({ source, authenticate, setHeader });
    const { credential } = caller;
    // An id is no secret, and the secret alone has proven who this is: nothing is learned from how long this takes.
    if (caller.keyId === clientId && credential.kind === 'secret') return { ...caller, credential };
  } catch (error) {
    throw asClientError(error);
  }
  gate.failed(source());
  throw notTheClient();
}

/** What is wrong with a key makes the client invalid; that too many ask, or nobody can say, stays what it is. */
function asClientError(error: unknown): unknown {
  if (!(error instanceof TollgateError) || error.retryable || error.status >= 500) return error;
  return error.code === 'invalid_token' ? notTheClient() : invalidClient(error.detail, error);
}

function notTheClient(): TollgateError {
  return invalidClient('There is no API key with this id and this secret. Check that both were copied whole.');
}

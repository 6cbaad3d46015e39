// What a client shows at the OAuth endpoints: the id of an API key and its secret, in one of the two ways of RFC 6749
// section 2.3.1, and never in both.

import { TollgateError } from '@tollgate/domain';
import { decodeFormText, type Form } from './form.ts';

export interface ClientCredential {
  readonly clientId: string;
  readonly secret: string;
}

// RFC 7617 section 2, with the scheme's name in any case.
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Fails with `invalid_client`, or with `invalid_request` when two ways are mixed. */
export function clientCredentialOf(authorization: string | undefined, form: Form): ClientCredential {
  if (form.has('client_assertion') || form.has('client_assertion_type')) {
    throw invalidClient('Assertions are not taken. Authenticate with the id and the secret of an API key.');
  }
  const [clientId, secret] = [form.get('client_id'), form.get('client_secret')];
  if (authorization === undefined) {
    if (clientId !== undefined && secret !== undefined) return { clientId, secret };
    throw invalidClient(
      'Authenticate with the id and the secret of an API key: HTTP Basic, or client_id and client_secret.',
    );
  }
  const credential = readBasic(authorization);
  if (credential === undefined) {
    throw invalidClient(
      'The Authorization header is not HTTP Basic with the form-encoded id and secret of an API key.',
    );
  }
  if (secret !== undefined || (clientId !== undefined && clientId !== credential.clientId)) {
    throw new TollgateError({
      code: 'invalid_request',
      detail: 'The client authenticates both in the header and in the body. Use one of them.',
    });
  }
  return credential;
}

function readBasic(authorization: string): ClientCredential | undefined {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return undefined;
  const text = decodeUtf8(bytes);
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon === -1) return undefined;
  const clientId = decodeFormText(text.slice(0, colon));
  const secret = decodeFormText(text.slice(colon + 1));
  return clientId === undefined || secret === undefined ? undefined : { clientId, secret };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export function invalidClient(detail: string, cause?: unknown): TollgateError {
  return new TollgateError({ code: 'invalid_client', detail, cause });
}

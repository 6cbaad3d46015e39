// The frame of an OAuth endpoint: a form by POST, an authenticated client, JSON, and errors that both an OAuth client
// and a reader of our problems understand.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorizationOf } from '@tollgate/auth';
import { type ErrorCode, type JsonObject, TollgateError } from '@tollgate/domain';
import { toJsonText } from '../json-text.ts';
import { readBody } from '../read-body.ts';
import type { Origin } from '../route.ts';
import { authenticateClient, type Door, type SecretCaller } from './authenticate-client.ts';
import { clientCredentialOf } from './client-credential.ts';
import { type Form, parseForm } from './form.ts';

export interface OAuthCall {
  readonly client: SecretCaller;
  readonly form: Form;
  readonly origin: Origin;
}

/** The body of the answer; null: it has none. */
export type HandleOAuth = (call: OAuthCall) => Promise<JsonObject | null>;

export interface OAuthEndpoint {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** The parameters besides those by which the client authenticates, with what they mean. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly errors: readonly ErrorCode[];
  readonly handle: HandleOAuth;
}

interface OAuthRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly origin: Origin;
  readonly onCaller: (caller: SecretCaller) => void;
}

const FORM_BYTES_MAX = 20_000;
const FORM = {
  mediaType: /^application\/x-www-form-urlencoded(?:\s*;\s*charset="?utf-8"?)?\s*$/i,
  name: 'application/x-www-form-urlencoded',
  bytesMax: FORM_BYTES_MAX,
};

export async function answerOAuth(
  endpoint: OAuthEndpoint,
  { req, res, origin, onCaller }: OAuthRequest,
  { authenticator, gate }: Door,
): Promise<void> {
  if (req.url?.includes('?')) {
    throw new TollgateError({
      code: 'invalid_request',
      detail: 'Parameters belong into the body, where nobody logs them.',
    });
  }
  const authorization = authorizationOf(req);
  const form = parseForm(await readBody(req, FORM));
  const client = await authenticateClient(clientCredentialOf(authorization, form), {
    authenticator,
    gate,
    address: origin.address,
    setHeader: (name, value) => void res.setHeader(name, value),
  });
  onCaller(client);
  const body = await endpoint.handle({ client, form, origin });
  // RFC 6749 section 5.1, for caches that know HTTP/1.0 alone.
  res.setHeader('Pragma', 'no-cache');
  send(res, 200, body);
}

/** RFC 6749 section 5.2 and RFC 9457 in one object: `error` is what OAuth clients know, `code` what ours know. */
export function sendOAuthError(
  req: IncomingMessage,
  res: ServerResponse,
  failure: { readonly error: TollgateError; readonly requestId: string },
): void {
  const { error, requestId } = failure;
  if (res.headersSent || res.writableEnded) return;
  const usesHeader = req.headers.authorization !== undefined;
  if (error.retryAfterSeconds !== undefined) res.setHeader('Retry-After', Math.ceil(error.retryAfterSeconds));
  if (error.code === 'invalid_client' && usesHeader) {
    res.setHeader('WWW-Authenticate', 'Basic realm="tollgate", charset="UTF-8"');
  }
  send(res, statusOf(error, usesHeader), {
    error: oauthErrorOf(error),
    error_description: error.detail.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'"),
    code: error.code,
    detail: error.detail,
    request_id: requestId,
  });
}

/** Section 5.2: 401 answers a client that used the header, 400 one that used the body. */
function statusOf(error: TollgateError, usesHeader: boolean): number {
  return error.code === 'invalid_client' && !usesHeader ? 400 : error.status;
}

const OAUTH_ERRORS: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'invalid_target',
  'unsupported_grant_type',
]);

function oauthErrorOf(error: TollgateError): string {
  if (OAUTH_ERRORS.has(error.code)) return error.code;
  if (error.retryable) return 'temporarily_unavailable';
  return error.status < 500 ? 'invalid_request' : 'server_error';
}

function send(res: ServerResponse, status: number, json: JsonObject | null): void {
  const body = Buffer.from(json === null ? '' : toJsonText(json));
  if (json !== null) res.setHeader('Content-Type', 'application/json');
  res.writeHead(status, { 'Content-Length': body.byteLength }).end(body);
}

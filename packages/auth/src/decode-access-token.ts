// From the text of a token to its claims, refusing all that RFC 8725 and RFC 9068 refuse and what a JOSE library lets
// pass. Pure, and before any cryptography: it costs next to nothing, and what is refused here never reaches a key.

import { SCOPES, type Scope } from '@tollgate/domain';
import { type AccessToken, CLOCK_SKEW_MS, TOKEN_LIFE_MAX_MS, type TokenAuthority } from './access-token.ts';
import { parseStrictObject } from './strict-json.ts';

/** About three times what the longest token that is issued has. */
const TOKEN_LENGTH_MAX = 4_000;

const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** All that our tokens have: whatever else there is would only ask us to trust it (`jku`, `jwk`, `x5u`, `crit`, `zip` …). */
const HEADER_MEMBERS = new Set(['alg', 'kid', 'typ']);
/** RFC 9068 section 2.1, and RFC 7515 section 4.1.9 for the longer form. */
const TYPES = new Set(['at+jwt', 'application/at+jwt']);

const TOKEN_ID = /^tok_[0-9a-z]{26}$/;
const KEY_ID = /^key_[0-9A-Za-z]{1,60}$/;
const CUSTOMER_ID = /^cus_[0-9A-Za-z]{1,60}$/;
const PROJECT_ID = /^prj_[0-9A-Za-z]{1,60}$/;
const SCOPE_LENGTH_MAX = 1_000;
/** The year 2001, before which no token was issued, and the year 2242: seconds outside are milliseconds, or nonsense. */
const SECONDS_MIN = 1_000_000_000;
const SECONDS_MAX = 2 ** 33;

export interface DecodedToken {
  /** As the header names it; the signing key knows better which it must be. */
  readonly algorithm: string;
  readonly token: AccessToken;
}

/** Null for whatever is wrong. That the token has expired is not: only a verified token may say so. */
export function decodeAccessToken(
  text: string,
  { authority, nowMs }: { readonly authority: TokenAuthority; readonly nowMs: number },
): DecodedToken | null {
  if (text.length > TOKEN_LENGTH_MAX) return null;
  const segments = text.split('.');
  const [header, claims, signature] = segments.map(decodeSegment);
  if (segments.length !== 3 || header == null || claims == null || signature == null) return null;
  const named = readHeader(header);
  if (named === null) return null;
  const token = readClaims(claims, { ...named, authority, nowMs });
  return token === null ? null : { algorithm: named.algorithm, token };
}

/** Unpadded base64url that encodes back to itself (RFC 7515 section 2): one token has one spelling. */
function decodeSegment(segment: string): Uint8Array | null {
  if (!BASE64URL.test(segment)) return null;
  const bytes = Buffer.from(segment, 'base64url');
  return bytes.toString('base64url') === segment ? bytes : null;
}

interface Header {
  readonly algorithm: string;
  readonly signingKeyId: string;
}

function readHeader(bytes: Uint8Array): Header | null {
  const header = parseStrictObject(bytes);
  if (header === null || Object.keys(header).some((name) => !HEADER_MEMBERS.has(name))) return null;
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || typeof kid !== 'string' || typeof typ !== 'string') return null;
  // A media type has no case (RFC 7515 section 4.1.9); we write it in one way and take no other.
  return TYPES.has(typ) ? { algorithm: alg, signingKeyId: kid } : null;
}

interface ClaimContext extends Header {
  readonly authority: TokenAuthority;
  readonly nowMs: number;
}

function readClaims(bytes: Uint8Array, context: ClaimContext): AccessToken | null {
  const claims = parseStrictObject(bytes);
  if (claims === null) return null;
  const { iss, aud, sub, client_id: clientId, jti, scope, customer, project } = claims;
  // Exactly one audience, as text: we issue no other, and a list of one is another spelling.
  if (iss !== context.authority.issuer || aud !== context.authority.audience) return null;
  if (!isId(sub, KEY_ID) || clientId !== sub || !isId(jti, TOKEN_ID)) return null;
  if (!isAbsentOrId(customer, CUSTOMER_ID) || !isAbsentOrId(project, PROJECT_ID)) return null;
  const scopes = readScopes(scope);
  const times = readTimes(claims, context.nowMs);
  if (scopes === null || times === null) return null;
  return {
    id: jti,
    signingKeyId: context.signingKeyId,
    keyId: sub,
    customerId: customer ?? null,
    projectId: project ?? null,
    scopes,
    ...times,
  };
}

function readTimes(
  { exp, iat, nbf }: Readonly<Record<string, unknown>>,
  nowMs: number,
): Pick<AccessToken, 'issuedAtMs' | 'expiresAtMs'> | null {
  if (!isSeconds(exp) || !isSeconds(iat) || (nbf !== undefined && !isSeconds(nbf))) return null;
  const [issuedAtMs, expiresAtMs] = [iat * 1_000, exp * 1_000];
  if (expiresAtMs <= issuedAtMs || expiresAtMs - issuedAtMs > TOKEN_LIFE_MAX_MS) return null;
  const latestMs = nowMs + CLOCK_SKEW_MS;
  if (issuedAtMs > latestMs || (nbf !== undefined && nbf * 1_000 > latestMs)) return null;
  return { issuedAtMs, expiresAtMs };
}

function isSeconds(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= SECONDS_MIN && Number(value) <= SECONDS_MAX;
}

function isId(value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value);
}

function isAbsentOrId(value: unknown, shape: RegExp): value is string | undefined {
  return value === undefined || isId(value, shape);
}

/** RFC 6749 section 3.3: names parted by single spaces. A name that this version does not know grants nothing. */
function readScopes(value: unknown): readonly Scope[] | null {
  if (typeof value !== 'string' || value.length > SCOPE_LENGTH_MAX || !SCOPE_TEXT.test(value)) return null;
  return value.split(' ').filter(isScope);
}

const SCOPE_TEXT = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

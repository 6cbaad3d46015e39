// What the hostile requests are sent to: an api, an ingest that trusts the sender as a proxy and one that trusts nobody, with
// keys in every state that a key can be in, and the private half of the signing key, so that tokens can be forged that
// are wrong in one thing alone.

import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { createPostgresAccounts } from '@tollgate/accounts';
import { createKeySeal } from '@tollgate/auth';
import { createLogger, systemClock } from '@tollgate/runtime';
import { createServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import { type ApiFixture, startApiFixture } from '../api/api-fixture.ts';

export interface KeyPair {
  readonly id: string;
  readonly secret: string;
}

const KEY_NAMES = [
  'writer',
  'reader',
  'stranger',
  'disabled',
  'expired',
  'suspended',
  'deleted',
  'bound',
  'rotated',
  'manager',
] as const;

export interface Target {
  readonly fixture: ApiFixture;
  readonly urls: { readonly api: string; readonly ingest: string; readonly untrusting: string };
  readonly services: readonly ServiceProcess[];
  /** By what is the matter with each. */
  readonly keys: Readonly<Record<(typeof KEY_NAMES)[number], KeyPair>>;
  readonly customer: string;
  readonly stranger: string;
  readonly operator: string;
  /** Tokens of `reader`: a good one, one that was revoked, and refresh tokens of it. */
  readonly tokens: { readonly good: string; readonly revoked: string; readonly refresh: string; readonly dead: string };
  readonly signing: {
    readonly kid: string;
    readonly key: KeyObject;
    readonly publicJwk: Readonly<Record<string, string>>;
  };
  /** Secrets and tokens that no output may show. */
  readonly confidential: readonly string[];
  close(): Promise<void>;
}

/** An address range that no hostile request comes from. */
const ELSEWHERE = '192.0.2.0/24';

export async function startTarget(): Promise<Target> {
  const fixture = await startApiFixture({
    TOLLGATE_TRUSTED_PROXIES: '127.0.0.1',
    TOLLGATE_LOG_LEVEL: 'debug',
  });
  const env = { ...fixture.env, TOLLGATE_ISSUER: fixture.api.url };
  const ingest = await createServiceProcess({ service: 'ingest', env });
  const untrusting = await createServiceProcess({ service: 'ingest', env: { ...env, TOLLGATE_TRUSTED_PROXIES: '' } });
  await Promise.all([ingest.start(), untrusting.start()]);
  const made = await makeKeys(fixture);
  const tokens = await makeTokens(fixture, made.keys.reader);
  const signing = await readSigningKey(fixture);
  return {
    fixture,
    urls: { api: fixture.api.url, ingest: ingest.url, untrusting: untrusting.url },
    services: [fixture.api, ingest, untrusting],
    ...made,
    operator: fixture.operatorKey,
    tokens,
    signing,
    confidential: [
      ...Object.values(made.keys).map(({ secret }) => secret),
      ...Object.values(tokens),
      fixture.operatorKey,
      ...[fixture.env['TOLLGATE_KEY_PEPPER'] ?? '', fixture.env['TOLLGATE_ENCRYPTION_KEY'] ?? ''],
    ],
    async close() {
      await Promise.all([ingest, untrusting].map((service) => service.signal('SIGTERM')));
      await fixture.close();
    },
  };
}

async function makeKeys(fixture: ApiFixture) {
  const { id: customer } = await fixture.createCustomer();
  const { id: stranger } = await fixture.createCustomer();
  const { id: suspended } = await fixture.createCustomer();
  const make = (fields: object): Promise<KeyPair> =>
    fixture.createKey({ customer, scopes: ['usage:write', 'keys:read'], ...fields });
  const keys = {
    writer: await make({ scopes: ['usage:write'] }),
    reader: await make({ scopes: ['usage:read', 'keys:read', 'usage:write'] }),
    stranger: await make({ customer: stranger }),
    disabled: await make({ enabled: false }),
    expired: await make({ expires_at: '2020-01-01T00:00:00Z' }),
    suspended: await make({ customer: suspended }),
    deleted: await make({}),
    bound: await make({ allowed_ips: [ELSEWHERE] }),
    rotated: await make({}),
    manager: await make({ scopes: ['keys:read', 'keys:write', 'usage:read'] }),
  };
  const act = async (method: string, path: string, body?: object): Promise<void> => {
    const { status, text } = await fixture.call(method, path, body === undefined ? {} : { body });
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`);
  };
  await act('POST', `/v1/customers/${suspended}/suspend`, { reason: 'unpaid' });
  await act('DELETE', `/v1/keys/${keys.deleted.id}`);
  await act('POST', `/v1/keys/${keys.rotated.id}/rotate`, { grace_seconds: 0 });
  return { customer, stranger, keys };
}

async function makeTokens(fixture: ApiFixture, { id, secret }: KeyPair) {
  const post = async (path: string, parameters: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ client_id: id, client_secret: secret, ...parameters });
    const res = await fetch(`${fixture.api.url}${path}`, { method: 'POST', body });
    if (!res.ok) throw new Error(`${path} answered ${res.status}: ${await res.text()}`);
    const text = await res.text();
    return text === '' ? {} : JSON.parse(text);
  };
  const grant = () => post('/oauth/token', { grant_type: 'client_credentials' });
  const [good, revoked, dead] = [await grant(), await grant(), await grant()];
  await post('/oauth/revoke', { token: revoked.access_token });
  await post('/oauth/revoke', { token: dead.refresh_token });
  return {
    good: String(good.access_token),
    refresh: String(good.refresh_token),
    revoked: String(revoked.access_token),
    dead: String(dead.refresh_token),
  };
}

async function readSigningKey(fixture: ApiFixture): Promise<Target['signing']> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const accounts = createPostgresAccounts({ url: fixture.postgres.url, clock: systemClock, logger });
  try {
    const [stored] = await accounts.signingKeys();
    const seal = createKeySeal([fixture.env['TOLLGATE_ENCRYPTION_KEY'] ?? '']);
    const der = seal.open(stored?.sealedPrivateKey ?? new Uint8Array(), `signing-key/${stored?.id}`);
    if (stored === undefined || der === null) throw new Error('there is no signing key to read');
    const key = createPrivateKey({ key: Buffer.from(der), type: 'pkcs8', format: 'der' });
    return { kid: stored.id, key, publicJwk: stored.publicJwk };
  } finally {
    await accounts.close();
  }
}

/** A value for an object's JSON, or the JSON itself where no object can say it. */
type Json = Readonly<Record<string, unknown>> | string;

export interface Forgery {
  /** Changes to the header of a good token; undefined takes a member away. Text is the whole of it. */
  readonly header?: Json;
  readonly claims?: Json;
  /** Instead of the signing key's. */
  readonly key?: KeyObject;
  /** Instead of a signature by `key`. */
  readonly signature?: (signed: string) => Uint8Array | string;
}

/** A token of `reader` that is good but for what is asked for. */
export function forge(target: Target, { header = {}, claims = {}, key, signature }: Forgery = {}): string {
  const { signing } = target;
  const signed = [
    encode(header, { alg: 'EdDSA', typ: 'at+jwt', kid: signing.kid }),
    encode(claims, goodClaims(target)),
  ].join('.');
  const made = signature?.(signed) ?? sign(null, Buffer.from(signed), key ?? signing.key);
  return `${signed}.${typeof made === 'string' ? made : Buffer.from(made).toString('base64url')}`;
}

export function goodClaims({ urls, keys, customer }: Target) {
  const iat = Math.floor(Date.now() / 1_000) - 10;
  return {
    iss: urls.api,
    aud: urls.api,
    sub: keys.reader.id,
    client_id: keys.reader.id,
    exp: iat + 900,
    iat,
    jti: `tok_${'0'.repeat(26)}`,
    scope: 'usage:read keys:read usage:write',
    customer,
  };
}

function encode(changes: Json, good: Readonly<Record<string, unknown>>): string {
  const text = typeof changes === 'string' ? changes : JSON.stringify({ ...good, ...changes });
  return Buffer.from(text).toString('base64url');
}

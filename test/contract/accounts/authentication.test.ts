// The authenticator over the real accounts store: what one process disables, every other refuses within a second.

import type { Accounts, ApiKey } from '@tollgate/accounts';
import {
  type Authenticator,
  createAuthenticator,
  digestOfKeySecret,
  generateKeySecret,
  pepperIdOf,
} from '@tollgate/auth';
import { systemClock } from '@tollgate/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { cutWatches, newId, openAccounts, type PostgresFixture, startPostgresFixture } from './postgres-fixture.ts';

const PEPPER = 'a pepper of more than thirty-two characters';
const AUTHORITY = { issuer: 'https://api.example.com', audience: 'https://api.example.com' };
/** What the promise allows. */
const DISABLED_WITHIN_MS = 1_000;

let postgres: PostgresFixture;
let url: string;
let writer: Accounts;
let reader: Accounts;
let authenticator: Authenticator;

beforeAll(async () => {
  postgres = await startPostgresFixture();
  url = await postgres.createDatabase();
  [writer, reader] = [openAccounts(url), openAccounts(url)];
  await writer.migrate();
  authenticator = await createAuthenticator({
    accounts: reader,
    peppers: [PEPPER],
    authority: AUTHORITY,
    clock: systemClock,
  });
});
afterAll(async () => {
  await authenticator.close();
  await Promise.all([writer.close(), reader.close()]);
  await postgres.close();
});

async function addKey(): Promise<{ readonly key: ApiKey; readonly header: string }> {
  const secret = generateKeySecret('live');
  const key: ApiKey = {
    id: newId('key'),
    name: 'k',
    customerId: null,
    projectId: null,
    mode: 'live',
    scopes: ['admin'],
    allowedModels: null,
    allowedIps: null,
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    isEnabled: true,
    expiresAtMs: null,
    metadata: {},
    createdAtMs: Date.now(),
  };
  const stored = {
    id: newId('sec'),
    digest: digestOfKeySecret(secret, PEPPER),
    pepperId: pepperIdOf(PEPPER),
    hint: secret.slice(-4),
    createdAtMs: 0,
  };
  await writer.createKey(key, stored);
  return { key, header: `Bearer ${secret}` };
}

async function untilRefused(header: string): Promise<number> {
  const disabledAtMs = Date.now();
  const disabled = expect.objectContaining({ code: 'key_disabled' });
  const ask = async () => authenticator.authenticate({ authorization: header, address: null });
  await eventually(() => expect(ask()).rejects.toEqual(disabled), { timeoutMs: 5_000 });
  return Date.now() - disabledAtMs;
}

async function untilSynchronous(header: string): Promise<void> {
  await eventually(
    async () => {
      await authenticator.authenticate({ authorization: header, address: null });
      expect(authenticator.authenticate({ authorization: header, address: null })).toHaveProperty('keyId');
    },
    { timeoutMs: 5_000 },
  );
}

it('a key that another process disables is refused within a second, and works again once enabled', async () => {
  const { key, header } = await addKey();
  await untilSynchronous(header);
  await writer.setKeyEnabled(key.id, false);
  expect(await untilRefused(header)).toBeLessThan(DISABLED_WITHIN_MS);
  await writer.setKeyEnabled(key.id, true);
  await eventually(
    async () =>
      expect(await authenticator.authenticate({ authorization: header, address: null })).toHaveProperty(
        'keyId',
        key.id,
      ),
    {
      timeoutMs: DISABLED_WITHIN_MS,
    },
  );
});

it('a key is refused within a second also when the news of it was lost with the connection', async () => {
  for (let round = 0; round < 3; round += 1) {
    const { key, header } = await addKey();
    await untilSynchronous(header);
    await eventually(async () => expect(await cutWatches(url)).toBe(1), { timeoutMs: 5_000 });
    await writer.setKeyEnabled(key.id, false);
    expect(await untilRefused(header)).toBeLessThan(DISABLED_WITHIN_MS);
  }
});

import { randomBytes } from 'node:crypto';
import type { Accounts, ApiKey, Customer, NewKeySecret } from '@tollgate/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { newId, openAccounts, type PostgresFixture, startPostgresFixture } from './postgres-fixture.ts';

let postgres: PostgresFixture;
let accounts: Accounts;

beforeAll(async () => {
  postgres = await startPostgresFixture();
  accounts = openAccounts(await postgres.createDatabase());
  await accounts.migrate();
});
afterAll(async () => {
  await accounts.close();
  await postgres.close();
});

const NOW = Date.UTC(2026, 10, 24);

const secretOf = (): NewKeySecret => ({
  id: newId('sec'),
  digest: randomBytes(32),
  pepperId: 'pepper',
  hint: 'last',
  createdAtMs: NOW,
});

async function addCustomer(): Promise<Customer> {
  const customer: Customer = {
    id: newId('cus'),
    name: 'Ada',
    externalId: null,
    currency: 'EUR',
    zone: 'UTC',
    billingDay: 1,
    metadata: {},
    suspendedAtMs: null,
    suspensionReason: null,
    keyPolicy: { keysMax: 10, allowedScopes: null },
    createdAtMs: NOW,
  };
  await accounts.createCustomer(customer);
  return customer;
}

async function addKey(changes: Partial<ApiKey> = {}): Promise<{ readonly key: ApiKey; readonly secret: NewKeySecret }> {
  const key: ApiKey = {
    id: newId('key'),
    name: 'a key',
    customerId: null,
    projectId: null,
    mode: 'live',
    scopes: ['usage:write'],
    allowedModels: null,
    allowedIps: null,
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    isEnabled: true,
    expiresAtMs: null,
    metadata: {},
    createdAtMs: NOW,
    ...changes,
  };
  const secret = secretOf();
  await accounts.createKey(key, secret);
  return { key, secret };
}

describe('a key', () => {
  it('is changed in everything but whose it is and of which mode', async () => {
    const customer = await addCustomer();
    const { key } = await addKey({ customerId: customer.id });
    const changed: ApiKey = {
      ...key,
      name: 'renamed',
      scopes: ['usage:read', 'keys:read'],
      allowedModels: ['gpt-4o*'],
      allowedIps: ['10.0.0.0/8'],
      rateLimits: { requestsPerMinute: 1_000_000_000, tokensPerMinute: 1 },
      isEnabled: false,
      expiresAtMs: NOW,
      metadata: { a: [1] },
    };
    await accounts.updateKey({ ...changed, customerId: null, mode: 'test', createdAtMs: 0 });
    expect(await accounts.key(key.id)).toMatchObject({ ...changed, deletedAtMs: null, isCustomerSuspended: false });
  });

  it('that is deleted is found by its id alone', async () => {
    const customer = await addCustomer();
    const { key, secret } = await addKey({ customerId: customer.id });
    await accounts.deleteKey(key.id, NOW);
    await accounts.deleteKey(key.id, NOW + 1);
    expect(await accounts.key(key.id)).toMatchObject({ customerId: customer.id, deletedAtMs: NOW });
    expect(await accounts.keyByDigest([secret.digest])).toBeNull();
    expect(await accounts.setKeyEnabled(key.id, true)).toBeNull();
    expect(await accounts.keys({ limit: 10, customerId: customer.id })).toEqual([]);
    expect(await accounts.countKeys({ customerId: customer.id })).toBe(0);
  });

  it('says whether its customer is suspended, by its id and by its secret', async () => {
    const customer = await addCustomer();
    const { key, secret } = await addKey({ customerId: customer.id });
    const suspended = { ...customer, suspendedAtMs: NOW, suspensionReason: 'unpaid' };
    await accounts.updateCustomer(suspended);
    expect(await accounts.customer(customer.id)).toEqual(suspended);
    expect(await accounts.key(key.id)).toHaveProperty('isCustomerSuspended', true);
    expect(await accounts.keyByDigest([secret.digest])).toHaveProperty('isCustomerSuspended', true);
  });

  it('that is locked waits for whoever changes it', async () => {
    const { key } = await addKey();
    const rename = (): Promise<void> =>
      accounts.transaction(async (records) => {
        const locked = await records.lockKey(key.id);
        if (locked !== null) await records.updateKey({ ...locked, name: `${locked.name}+` });
      });
    await Promise.all(Array.from({ length: 4 }, rename));
    expect((await accounts.key(key.id))?.name).toBe('a key++++');
  });
});

describe('a rotation', () => {
  const rotation = (keyId: string, secret: NewKeySecret) => ({
    keyId,
    secret,
    retiresAtMs: NOW + 1_000,
    expiresAtMs: NOW + 2_000,
  });

  it('leaves two secrets at most, the newest first, and what came before the old one is gone', async () => {
    const { key, secret: first } = await addKey();
    const [second, third] = [secretOf(), secretOf()];
    await accounts.rotateKey(rotation(key.id, second));
    expect(await accounts.keySecrets([key.id])).toMatchObject([
      { id: second.id, retiresAtMs: null, expiresAtMs: null },
      { id: first.id, retiresAtMs: NOW + 1_000, expiresAtMs: NOW + 2_000 },
    ]);
    await accounts.rotateKey(rotation(key.id, third));
    expect((await accounts.keySecrets([key.id])).map(({ id }) => id)).toEqual([third.id, second.id]);
    expect(await accounts.keyByDigest([first.digest])).toBeNull();
    const ofSecond = { id: second.id, retiresAtMs: NOW + 1_000, expiresAtMs: NOW + 2_000 };
    expect(await accounts.keyByDigest([second.digest])).toMatchObject({ id: key.id, secret: ofSecond });
  });

  it('that is undone leaves the secret that was in use as it was', async () => {
    const { key, secret } = await addKey();
    const next = secretOf();
    await accounts.rotateKey(rotation(key.id, next));
    await accounts.undoRotation(key.id);
    expect(await accounts.keySecrets([key.id])).toMatchObject([
      { id: secret.id, retiresAtMs: null, expiresAtMs: null },
    ]);
    expect(await accounts.keyByDigest([next.digest])).toBeNull();
  });
});

describe('the last use', () => {
  const use = (keyId: string, credentialId: string, atMs: number, address: string | null) => ({
    keyId,
    credentialId,
    atMs,
    address,
  });

  it('is the latest that any process noted, of each secret and of the key', async () => {
    const { key, secret } = await addKey();
    const { key: unused } = await addKey();
    await accounts.noteUses([use(key.id, secret.id, NOW + 2, '192.0.2.1'), use(key.id, key.id, NOW + 3, null)]);
    await accounts.noteUses([use(key.id, secret.id, NOW + 1, '192.0.2.2')]);
    const lastUse = { atMs: NOW + 2, address: '192.0.2.1' };
    expect(await accounts.keySecrets([key.id])).toMatchObject([{ id: secret.id, lastUse }]);
    expect(await accounts.keySecrets([unused.id])).toMatchObject([{ lastUse: null }]);
    expect(await accounts.lastUses([key.id, unused.id])).toEqual(new Map([[key.id, { atMs: NOW + 3, address: null }]]));
  });

  it('is told to nobody', async () => {
    const { key, secret } = await addKey();
    const heard: (string | null)[] = [];
    const watching = await accounts.watch((id) => heard.push(id));
    try {
      await eventually(async () => expect(heard).toEqual([null]), { timeoutMs: 5_000 });
      await accounts.noteUses([use(key.id, secret.id, NOW, null)]);
      // What is told comes in order: when the later change was heard of, the earlier would have been.
      await accounts.setKeyEnabled(key.id, false);
      await eventually(async () => expect(heard.length).toBeGreaterThan(1), { timeoutMs: 5_000 });
      expect(heard).toEqual([null, key.id]);
    } finally {
      await watching.close();
    }
  });

  it('is noted by many at once without one waiting for the other for ever', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => addKey()));
    const uses = keys.map(({ key, secret }) => use(key.id, secret.id, NOW, null));
    await Promise.all(
      Array.from({ length: 10 }, (_, round) =>
        accounts.noteUses((round % 2 === 0 ? uses : uses.toReversed()).map((each) => ({ ...each, atMs: NOW + round }))),
      ),
    );
    const lastUses = await accounts.lastUses(keys.map(({ key }) => key.id));
    expect([...lastUses.values()].every(({ atMs }) => atMs === NOW + 9)).toBe(true);
  });
});

it('a project that is deleted is not there, and its keys that were deleted still name it', async () => {
  const customer = await addCustomer();
  const project = { id: newId('prj'), customerId: customer.id, name: 'p', createdAtMs: NOW };
  await accounts.createProject(project);
  const { key } = await addKey({ customerId: customer.id, projectId: project.id });
  expect(await accounts.countKeys({ projectId: project.id })).toBe(1);
  await accounts.renameProject(project.id, 'q');
  expect(await accounts.project(project.id)).toEqual({ ...project, name: 'q' });
  await accounts.deleteKey(key.id, NOW);
  await accounts.deleteProject(project.id, NOW);
  expect(await accounts.project(project.id)).toBeNull();
  expect(await accounts.projects({ limit: 10, customerId: customer.id })).toEqual([]);
  expect((await accounts.key(key.id))?.projectId).toBe(project.id);
});

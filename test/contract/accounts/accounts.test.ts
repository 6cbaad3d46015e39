// One file, though long: its cases share one database, which is dear to start.
import { randomBytes } from 'node:crypto';
import type { Accounts, ApiKey, Customer, NewKeySecret } from '@tollgate/accounts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import {
  cutWatches,
  newId,
  openAccounts,
  type PostgresFixture,
  runSql,
  startPostgresFixture,
} from './postgres-fixture.ts';

let postgres: PostgresFixture;
let url: string;
let accounts: Accounts;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startPostgresFixture();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  url = await postgres.createDatabase();
  accounts = openAccounts(url);
  await accounts.migrate();
});
afterEach(async () => {
  for (const close of [...closers.splice(0).reverse(), () => accounts.close()]) await close();
});

const NOW = Date.UTC(2026, 10, 24);
const code = (expected: string) => expect.objectContaining({ code: expected });

function customerOf(changes: Partial<Customer> = {}): Customer {
  return {
    id: newId('cus'),
    name: 'Ada & Co',
    externalId: null,
    currency: 'EUR',
    zone: 'Europe/Berlin',
    billingDay: 1,
    metadata: { tier: 'gold', ' ключ': [1, null, { deep: true }] },
    suspendedAtMs: null,
    suspensionReason: null,
    keyPolicy: { keysMax: 10, allowedScopes: ['usage:read'] },
    createdAtMs: NOW,
    ...changes,
  };
}

function keyOf(changes: Partial<ApiKey> = {}): ApiKey {
  return {
    id: newId('key'),
    name: 'a key',
    customerId: null,
    projectId: null,
    mode: 'live',
    scopes: ['usage:write', 'usage:read'],
    allowedModels: ['gpt-4o*'],
    allowedIps: ['10.0.0.0/8', '2001:db8::/32'],
    rateLimits: { requestsPerMinute: 60, tokensPerMinute: null },
    isEnabled: true,
    expiresAtMs: NOW + 1_000,
    metadata: {},
    createdAtMs: NOW,
    ...changes,
  };
}

const secretOf = (digest: Uint8Array = randomBytes(32)): NewKeySecret => ({
  id: newId('sec'),
  digest,
  pepperId: 'pepper',
  hint: 'last',
  createdAtMs: NOW,
});

async function addCustomer(changes: Partial<Customer> = {}): Promise<Customer> {
  const customer = customerOf(changes);
  await accounts.createCustomer(customer);
  return customer;
}

describe('migrations', () => {
  it('may be run by several processes at once, and again', async () => {
    const fresh = await postgres.createDatabase();
    const processes = Array.from({ length: 5 }, () => openAccounts(fresh));
    closers.push(...processes.map((each) => () => each.close()));
    await Promise.all(processes.map((each) => each.migrate()));
    await processes[0]?.migrate();
    const applied = await runSql<{ version: number; times: string }>(
      fresh,
      'SELECT version, count(*) AS times FROM schema_migrations GROUP BY version',
    );
    expect(applied.length).toBeGreaterThan(0);
    expect(applied.every(({ times }) => times === '1')).toBe(true);
  });

  it('refuse to go on when a file was changed after it had been applied', async () => {
    await runSql(url, "UPDATE schema_migrations SET checksum = 'another' WHERE version = 1");
    await expect(accounts.migrate()).rejects.toThrow(/Migration 1 .* was changed/);
  });

  it('comment every table', async () => {
    const uncommented = await runSql(
      url,
      `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
       AND obj_description(oid, 'pg_class') IS NULL`,
    );
    expect(uncommented).toEqual([]);
  });
});

describe('records', () => {
  it('come back as they were written', async () => {
    const customer = await addCustomer({ externalId: 'crm-1' });
    const project = { id: newId('prj'), customerId: customer.id, name: 'p', createdAtMs: NOW + 1 };
    await accounts.createProject(project);
    const key = keyOf({ customerId: customer.id, projectId: project.id, metadata: { team: 'a' } });
    const secret = secretOf();
    await accounts.createKey(key, secret);
    expect(await accounts.customer(customer.id)).toEqual(customer);
    expect(await accounts.project(project.id)).toEqual(project);
    const stored = { ...key, disabledReason: null, deletedAtMs: null, isCustomerSuspended: false };
    expect(await accounts.key(key.id)).toEqual(stored);
    const found = { ...stored, secret: { id: secret.id, retiresAtMs: null, expiresAtMs: null, pepperId: 'pepper' } };
    expect(await accounts.keyByDigest([secret.digest])).toEqual(found);
  });

  it('are null where there are none', async () => {
    expect(await accounts.organization()).toBeNull();
    expect(await accounts.customer('cus_none')).toBeNull();
    expect(await accounts.project('prj_none')).toBeNull();
    expect(await accounts.key('key_none')).toBeNull();
    expect(await accounts.keyByDigest([randomBytes(32)])).toBeNull();
    expect(await accounts.setKeyEnabled('key_none', false)).toBeNull();
  });

  it('page by id, without a gap and without one twice', async () => {
    const customers = await Promise.all(Array.from({ length: 7 }, () => addCustomer()));
    const ids = customers.map(({ id }) => id).sort();
    const first = await accounts.customers({ limit: 3 });
    const second = await accounts.customers({ limit: 3, after: first[2]?.id ?? '' });
    const third = await accounts.customers({ limit: 3, after: second[2]?.id ?? '' });
    expect([...first, ...second, ...third].map(({ id }) => id)).toEqual(ids);
  });

  it("are listed for one customer without another's", async () => {
    const [ours, theirs] = [await addCustomer(), await addCustomer()];
    for (const customer of [ours, theirs]) {
      await accounts.createProject({ id: newId('prj'), customerId: customer.id, name: 'p', createdAtMs: NOW });
      await accounts.createKey(keyOf({ customerId: customer.id }), secretOf());
    }
    expect(await accounts.keys({ limit: 10 })).toHaveLength(2);
    expect(await accounts.keys({ limit: 10, customerId: ours.id })).toMatchObject([{ customerId: ours.id }]);
    expect(await accounts.projects({ limit: 10, customerId: ours.id })).toMatchObject([{ customerId: ours.id }]);
  });

  it('have one organization', async () => {
    const organization = { id: newId('org'), name: 'O', currency: 'USD', zone: 'UTC', createdAtMs: NOW };
    await accounts.createOrganization(organization);
    expect(await accounts.organization()).toEqual(organization);
    await expect(accounts.createOrganization({ ...organization, id: newId('org') })).rejects.toThrow();
  });

  it('refuse a key in the project of another customer', async () => {
    const [ours, theirs] = [await addCustomer(), await addCustomer()];
    const project = { id: newId('prj'), customerId: theirs.id, name: 'p', createdAtMs: NOW };
    await accounts.createProject(project);
    const key = keyOf({ customerId: ours.id, projectId: project.id });
    await expect(accounts.createKey(key, secretOf())).rejects.toEqual(code('conflict'));
    expect(await accounts.key(key.id)).toBeNull();
    await expect(accounts.createKey(keyOf({ projectId: project.id }), secretOf())).rejects.toThrow();
  });

  it('refuse an external id that another customer has', async () => {
    await addCustomer({ externalId: 'crm-1' });
    await expect(accounts.createCustomer(customerOf({ externalId: 'crm-1' }))).rejects.toEqual(code('conflict'));
  });

  it('refuse a secret that another key has, and keep no key without one', async () => {
    const secret = secretOf();
    await accounts.createKey(keyOf(), secret);
    const second = keyOf();
    await expect(accounts.createKey(second, secret)).rejects.toThrow();
    expect(await accounts.key(second.id)).toBeNull();
  });

  it('grant nothing by a scope that is not known', async () => {
    const key = keyOf();
    await accounts.createKey(key, secretOf());
    await runSql(url, "UPDATE api_keys SET scopes = '{usage:read,everything}' WHERE id = $1", [key.id]);
    expect((await accounts.key(key.id))?.scopes).toEqual(['usage:read']);
  });
});

describe('event logs', () => {
  it('are numbered from 1, each always the same, also when many ask at once', async () => {
    const asked = await Promise.all(['a', 'b', 'a', 'c', 'b', 'a'].map((identity) => accounts.logEpoch(identity)));
    const [a, b, a2, c, b2, a3] = asked;
    expect([a2, a3, b2]).toEqual([a, a, b]);
    expect([a, b, c].sort()).toEqual([1, 2, 3]);
    expect(await accounts.logEpoch('b')).toBe(b);
  });
});

describe('a request that is sent again', () => {
  const request = (changes: object = {}) => ({
    callerId: 'key_1',
    key: 'abc',
    requestHash: Buffer.alloc(32, 1),
    keptForMs: 60_000,
    ...changes,
  });
  const bytes = (text: string): Uint8Array => Buffer.from(text);

  it('gets the first answer, and has no second effect', async () => {
    const done = await accounts.idempotently(request(), async (records) => {
      await records.createCustomer(customerOf());
      return bytes('first');
    });
    const again = await accounts.idempotently(request(), async () => bytes('second'));
    expect(done).toEqual({ state: 'done', answer: bytes('first') });
    expect(again).toEqual({ state: 'replayed', answer: bytes('first') });
    expect(await accounts.customers({ limit: 10 })).toHaveLength(1);
  });

  it('is another one under another caller', async () => {
    await accounts.idempotently(request(), async () => bytes('first'));
    const other = await accounts.idempotently(request({ callerId: 'key_2' }), async () => bytes('second'));
    expect(other).toEqual({ state: 'done', answer: bytes('second') });
  });

  it('is refused with another content', async () => {
    await accounts.idempotently(request(), async () => bytes('first'));
    const other = request({ requestHash: Buffer.alloc(32, 2) });
    expect(await accounts.idempotently(other, async () => bytes('second'))).toEqual({ state: 'reused' });
  });

  it('is refused while the first runs, and answered when that is done', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let hasBegun = (): void => {};
    const begun = new Promise<void>((resolve) => {
      hasBegun = resolve;
    });
    const first = accounts.idempotently(request(), async () => {
      hasBegun();
      await held;
      return bytes('first');
    });
    await begun;
    expect(await accounts.idempotently(request(), async () => bytes('second'))).toEqual({ state: 'in_use' });
    release();
    await first;
    expect(await accounts.idempotently(request(), async () => bytes('third'))).toMatchObject({ state: 'replayed' });
  });

  it('starts afresh after a failure, of which nothing stays', async () => {
    const failing = accounts.idempotently(request(), async (records) => {
      await records.createCustomer(customerOf());
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await accounts.customers({ limit: 10 })).toEqual([]);
    expect(await accounts.idempotently(request(), async () => bytes('ok'))).toMatchObject({ state: 'done' });
  });

  it('starts afresh once the answer has expired', async () => {
    await accounts.idempotently(request({ keptForMs: 0 }), async () => bytes('first'));
    const again = await accounts.idempotently(request({ keptForMs: 0 }), async () => bytes('second'));
    expect(again).toEqual({ state: 'done', answer: bytes('second') });
    await accounts.idempotently(request({ key: 'other' }), async () => bytes('x'));
    expect(await runSql(url, 'SELECT key FROM idempotency_keys')).toEqual([{ key: 'other' }]);
  });
});

it('work under one name is done by one at a time', async () => {
  const found = await Promise.all(
    Array.from({ length: 4 }, () =>
      accounts.exclusively('start', async (records) => {
        if ((await records.organization()) !== null) return 'found';
        await records.createOrganization({
          id: newId('org'),
          name: 'O',
          currency: 'USD',
          zone: 'UTC',
          createdAtMs: NOW,
        });
        return 'made';
      }),
    ),
  );
  expect(found.sort()).toEqual(['found', 'found', 'found', 'made']);
});

describe('a watch', () => {
  async function watch(): Promise<{ readonly heard: (string | null)[]; confirmedAtMs(): number }> {
    const heard: (string | null)[] = [];
    const watching = await accounts.watch((id) => heard.push(id));
    closers.push(() => watching.close());
    await eventually(async () => expect(heard).toEqual([null]), { timeoutMs: 5_000 });
    heard.length = 0;
    return { heard, confirmedAtMs: () => watching.confirmedAtMs };
  }

  it('tells of what any process changes, and only once it is committed', async () => {
    const { heard } = await watch();
    const other = openAccounts(url);
    closers.push(() => other.close());
    const key = keyOf();
    await other.createKey(key, secretOf());
    await other.setKeyEnabled(key.id, false);
    const customer = customerOf();
    await other.createCustomer(customer);
    const undone = customerOf();
    const failing = other.exclusively('x', async (records) => {
      await records.createCustomer(undone);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await runSql(url, 'DELETE FROM api_keys WHERE id = $1', [key.id]);
    await eventually(async () => expect(heard.at(-1)).toBe(key.id), { timeoutMs: 5_000 });
    expect(new Set(heard)).toEqual(new Set([key.id, customer.id]));
  });

  it('goes on confirming while nothing happens', async () => {
    const { confirmedAtMs } = await watch();
    await eventually(async () => expect(Date.now() - confirmedAtMs()).toBeLessThan(500), { timeoutMs: 5_000 });
    const before = confirmedAtMs();
    await eventually(async () => expect(confirmedAtMs()).toBeGreaterThan(before), { timeoutMs: 2_000 });
  });

  it('comes back after its connection was cut, and says that something may have been missed', async () => {
    const { heard, confirmedAtMs } = await watch();
    expect(await cutWatches(url)).toBe(1);
    await eventually(async () => expect(heard).toContain(null), { timeoutMs: 5_000 });
    const customer = await addCustomer();
    await eventually(async () => expect(heard).toContain(customer.id), { timeoutMs: 5_000 });
    await eventually(async () => expect(Date.now() - confirmedAtMs()).toBeLessThan(500), { timeoutMs: 2_000 });
  });
});

it('a database that is away is `unavailable`, within its time', async () => {
  const away = openAccounts('postgres://nobody@127.0.0.1:1/none');
  closers.push(() => away.close());
  const watching = await away.watch(() => {});
  closers.push(() => watching.close());
  await expect(away.customer('cus_1')).rejects.toEqual(code('unavailable'));
  await expect(away.migrate()).rejects.toEqual(code('unavailable'));
  await expect(away.exclusively('x', async () => 1)).rejects.toEqual(code('unavailable'));
  expect(watching.confirmedAtMs).toBe(Number.NEGATIVE_INFINITY);
});

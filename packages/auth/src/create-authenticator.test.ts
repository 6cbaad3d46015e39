// Who is let in and for how long that is remembered. Long, because all of it is told by one stand-in of the store.

import { TollgateError } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import type { Caller } from './authenticator.ts';
import { createAuthenticator } from './create-authenticator.ts';
import { digestOfKeySecret, generateKeySecret } from './key-secret.ts';
import type { KeyStore, MovedSecret, StoredKeyBySecret } from './key-store.ts';
import { pepperIdOf } from './peppers.ts';

const PEPPER = 'a pepper of more than thirty-two characters';
const NEW_PEPPER = 'another pepper, also of more than thirty-two';

const AUTHORITY = { issuer: 'https://api.example.com', audience: 'https://api.example.com' };

/** A store in memory whose clock, answers and news are in the hands of the test. */
async function createWorld(options: { readonly rememberedMax?: number; readonly peppers?: readonly string[] } = {}) {
  const keys = new Map<string, StoredKeyBySecret>();
  const digests = new Map<string, string>();
  const world = {
    nowMs: 1_000_000,
    confirmedAtMs: 1_000_000,
    reads: 0,
    fails: false,
    moved: [] as MovedSecret[],
    onChange: (_id: string | null): void => {},
    /** Called while a read is under way, after the store has looked. */
    duringRead: async (): Promise<void> => {},
  };
  const answer = async <Value>(look: () => Value): Promise<Value> => {
    world.reads += 1;
    if (world.fails) throw new TollgateError({ code: 'unavailable', detail: 'away' });
    const value = look();
    await world.duringRead();
    return value;
  };
  const accounts: KeyStore = {
    key: (id) => answer(() => keys.get(id) ?? null),
    keyByDigest: (sought) =>
      answer(
        () => keys.get(sought.map((digest) => digests.get(hexOf(digest))).find((id) => id !== undefined) ?? '') ?? null,
      ),
    moveSecret: async (moved) => void world.moved.push(moved),
    customer: (id) => answer(() => (id === 'cus_1' ? { id, suspendedAtMs: null } : null)),
    publicSigningKeys: () => answer(() => []),
    isTokenRevoked: () => answer(() => false),
    sessionByDigest: async () => null,
    noteSessionUse: async () => undefined,
    watch: async (onChange) => {
      world.onChange = onChange;
      return {
        get confirmedAtMs() {
          return world.confirmedAtMs;
        },
        close: async () => {},
      };
    },
  };
  const clock = { now: () => world.nowMs };
  const authenticator = await createAuthenticator({
    accounts,
    peppers: [PEPPER],
    authority: AUTHORITY,
    clock,
    ...options,
  });
  const authenticate = (authorization: string | undefined, address: string | null = '192.0.2.1') =>
    authenticator.authenticate({ authorization, address });

  const addKey = (changes: Partial<StoredKeyBySecret> = {}): string => {
    const key: StoredKeyBySecret = {
      id: `key_${keys.size + 1}`,
      customerId: 'cus_1',
      projectId: null,
      scopes: ['usage:write'],
      allowedModels: null,
      allowedIps: null,
      rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
      isEnabled: true,
      expiresAtMs: null,
      deletedAtMs: null,
      isCustomerSuspended: false,
      secret: { id: `sec_${keys.size + 1}`, retiresAtMs: null, expiresAtMs: null, pepperId: pepperIdOf(PEPPER) },
      ...changes,
    };
    const secret = generateKeySecret('live');
    keys.set(key.id, key);
    digests.set(hexOf(digestOfKeySecret(secret, PEPPER)), key.id);
    return `Bearer ${secret}`;
  };
  const change = (id: string, changes: Partial<StoredKeyBySecret>): void => {
    const key = keys.get(id);
    if (key !== undefined) keys.set(id, { ...key, ...changes });
  };
  return { world, authenticator, authenticate, addKey, change };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a remembered credential', () => {
  it('is answered at once, without a read', async () => {
    const { world, authenticate, addKey } = await createWorld();
    const header = addKey();
    const caller = await authenticate(header);
    expect(caller).toEqual({
      keyId: 'key_1',
      customerId: 'cus_1',
      projectId: null,
      scopes: ['usage:write'],
      allowedModels: null,
      allowedIps: null,
      rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
      expiresAtMs: null,
      credential: { kind: 'secret', id: 'sec_1', isOld: false },
    });
    expect(authenticate(header)).toBe(caller);
    expect(world.reads).toBe(1);
  });

  it('is refused as soon as the news of its disabling comes', async () => {
    const { world, authenticate, addKey, change } = await createWorld();
    const header = addKey();
    await authenticate(header);
    change('key_1', { isEnabled: false });
    world.onChange('key_1');
    await expect(authenticate(header)).rejects.toEqual(code('key_disabled'));
  });

  it('outlasts a database that is away while the watch confirms it, and one second more', async () => {
    const { world, authenticate, addKey } = await createWorld();
    const header = addKey();
    await authenticate(header);
    world.fails = true;
    world.nowMs += 60_000;
    world.confirmedAtMs = world.nowMs - 999;
    expect(authenticate(header)).toHaveProperty('keyId', 'key_1');
    world.nowMs += 1;
    await expect(authenticate(header)).rejects.toEqual(code('unavailable'));
  });

  it('is not trusted when the clock was set back', async () => {
    const { world, authenticate, addKey } = await createWorld();
    const header = addKey();
    await authenticate(header);
    world.nowMs -= 3_600_000;
    await authenticate(header);
    expect(world.reads).toBe(2);
  });

  it('is forgotten when changes may have been missed', async () => {
    const { world, authenticate, addKey, change } = await createWorld();
    const header = addKey();
    await authenticate(header);
    change('key_1', { isEnabled: false });
    world.onChange(null);
    await expect(authenticate(header)).rejects.toEqual(code('key_disabled'));
  });

  it('expires by the clock', async () => {
    const { world, authenticate, addKey } = await createWorld();
    const header = addKey({ expiresAtMs: 1_000_500 });
    await authenticate(header);
    world.nowMs = 1_000_499;
    expect(authenticate(header)).toHaveProperty('keyId', 'key_1');
    world.nowMs = 1_000_500;
    expect(() => authenticate(header)).toThrow(code('token_expired'));
  });
});

describe('a read', () => {
  it('is shared by all who ask meanwhile', async () => {
    const { world, authenticate, addKey } = await createWorld();
    const header = addKey();
    await Promise.all(Array.from({ length: 50 }, () => authenticate(header)));
    expect(world.reads).toBe(1);
  });

  it('is done again when its key changes meanwhile', async () => {
    const { world, authenticate, addKey, change } = await createWorld();
    const header = addKey();
    world.duringRead = async () => {
      world.duringRead = async () => {};
      change('key_1', { isEnabled: false });
      world.onChange('key_1');
    };
    await expect(authenticate(header)).rejects.toEqual(code('key_disabled'));
    expect(world.reads).toBe(2);
  });

  it('is not disturbed by the changes of other keys', async () => {
    const { world, authenticate, addKey } = await createWorld();
    const header = addKey();
    world.duringRead = async () => world.onChange('key_999');
    await authenticate(header);
    expect(world.reads).toBe(1);
  });

  it('is refused when too many are under way', async () => {
    const { world, authenticate } = await createWorld();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.duringRead = () => held;
    const asked = Array.from({ length: 1_100 }, async () => authenticate(`Bearer ${generateKeySecret('live')}`));
    release();
    const codes = (await Promise.allSettled(asked)).map((result) => result.status === 'rejected' && result.reason.code);
    expect(codes.filter((found) => found === 'invalid_token')).toHaveLength(1_000);
    expect(codes.filter((found) => found === 'unavailable')).toHaveLength(100);
  });
});

describe('a wrong credential', () => {
  it.each(['Bearer nonsense', `Bearer tg_live_${'0'.repeat(36)}`])('%j is refused without a read', async (header) => {
    const { world, authenticate } = await createWorld();
    expect(() => authenticate(header)).toThrow(code('invalid_token'));
    expect(world.reads).toBe(0);
  });

  it('of the right form is answered like any other, and read once in five seconds', async () => {
    const { world, authenticate } = await createWorld();
    const header = `Bearer ${generateKeySecret('live')}`;
    await expect(authenticate(header)).rejects.toEqual(code('invalid_token'));
    expect(() => authenticate(header)).toThrow(code('invalid_token'));
    expect(world.reads).toBe(1);
    world.nowMs += 5_000;
    await expect(authenticate(header)).rejects.toEqual(code('invalid_token'));
    expect(world.reads).toBe(2);
  });

  it('does not push out right ones', async () => {
    const { world, authenticate, addKey } = await createWorld({ rememberedMax: 1 });
    const header = addKey();
    await authenticate(header);
    const wrong = Array.from({ length: 100 }, async () => authenticate(`Bearer ${generateKeySecret('live')}`));
    await Promise.allSettled(wrong);
    expect(world.reads).toBe(101);
    expect(authenticate(header)).toHaveProperty('keyId', 'key_1');
  });
});

it('remembers no more than it may', async () => {
  const { world, authenticate, addKey } = await createWorld({ rememberedMax: 2 });
  const headers = [addKey(), addKey(), addKey()];
  for (const header of headers) await authenticate(header);
  await authenticate(headers[2]);
  expect(world.reads).toBe(3);
  await authenticate(headers[0]);
  expect(world.reads).toBe(4);
});

describe('a key is refused', () => {
  const refused = (header: string, { authenticate }: Awaited<ReturnType<typeof createWorld>>) =>
    expect((async () => authenticate(header))()).rejects;

  it.each<[string, Partial<StoredKeyBySecret>]>([
    ['invalid_token', { deletedAtMs: 1 }],
    ['invalid_token', { deletedAtMs: 1, isEnabled: false, isCustomerSuspended: true }],
    ['key_disabled', { isEnabled: false, isCustomerSuspended: true }],
    ['token_expired', { expiresAtMs: 1_000_000 }],
    ['customer_suspended', { isCustomerSuspended: true }],
    ['ip_not_allowed', { allowedIps: ['198.51.100.0/24'] }],
    ['ip_not_allowed', { allowedIps: [] }],
    ['ip_not_allowed', { allowedIps: ['192.0.2.1/8'] }],
    ['invalid_token', { secret: { id: 'sec_1', retiresAtMs: 0, expiresAtMs: 1_000_000, pepperId: null } }],
  ])('with %s: %j', async (expected, changes) => {
    const here = await createWorld();
    const header = here.addKey(changes);
    await refused(header, here).toEqual(code(expected));
    await refused(header, here).toEqual(code(expected));
    expect(here.world.reads).toBe(1);
  });

  it('as soon as the news of its deletion, or of the suspension of its customer, comes', async () => {
    const { world, authenticate, addKey, change } = await createWorld();
    const [deleted, suspended] = [addKey(), addKey()];
    await Promise.all([authenticate(deleted), authenticate(suspended)]);
    change('key_1', { deletedAtMs: 1 });
    world.onChange('key_1');
    await expect(authenticate(deleted)).rejects.toEqual(code('invalid_token'));
    change('key_2', { isCustomerSuspended: true });
    expect(authenticate(suspended)).toHaveProperty('keyId', 'key_2');
    world.onChange('cus_1');
    await expect(authenticate(suspended)).rejects.toEqual(code('customer_suspended'));
    change('key_2', { isCustomerSuspended: false });
    world.onChange('cus_1');
    expect(await authenticate(suspended)).toHaveProperty('keyId', 'key_2');
  });

  it('from addresses that are not in its list, and from nowhere, also when it is remembered', async () => {
    const { authenticate, addKey } = await createWorld();
    const header = addKey({ allowedIps: ['192.0.2.0/24', '2001:db8::/32'] });
    await authenticate(header, '192.0.2.7');
    for (const address of ['2001:db8::1', '::ffff:192.0.2.9']) {
      expect(authenticate(header, address)).toHaveProperty('keyId', 'key_1');
    }
    for (const address of ['192.0.3.1', '2001:db9::1', 'unknown', '', null]) {
      expect(() => authenticate(header, address)).toThrow(code('ip_not_allowed'));
    }
  });
});

const isOldSecret = ({ credential }: Caller): boolean => credential.kind === 'secret' && credential.isOld;

it('a secret that was rotated counts as old from its instant on, and is refused from the instant its grace ends', async () => {
  const { world, authenticate, addKey } = await createWorld();
  const header = addKey({ secret: { id: 'sec_1', retiresAtMs: 1_000_100, expiresAtMs: 1_000_200, pepperId: null } });
  const isOld = isOldSecret(await authenticate(header));
  const seen = [isOld];
  for (const nowMs of [1_000_099, 1_000_100, 1_000_199]) {
    world.nowMs = nowMs;
    seen.push(isOldSecret(await authenticate(header)));
  }
  expect(seen).toEqual([false, false, true, true]);
  world.nowMs = 1_000_200;
  expect(() => authenticate(header)).toThrow(code('invalid_token'));
  expect(world.reads).toBe(1);
});

describe('owners', () => {
  it('are remembered, also for a key that is disabled or deleted', async () => {
    const { world, authenticator, addKey } = await createWorld();
    addKey({ isEnabled: false, deletedAtMs: 1, isCustomerSuspended: true, projectId: 'prj_1' });
    const owner = { customerId: 'cus_1', projectId: 'prj_1', keyId: 'key_1' };
    expect(await authenticator.ownerOfKey('key_1')).toEqual(owner);
    expect(authenticator.ownerOfKey('key_1')).toEqual(owner);
    expect(await authenticator.ownerOfCustomer('cus_1')).toEqual({ customerId: 'cus_1', projectId: null, keyId: null });
    expect(world.reads).toBe(2);
  });

  it('are none for an unknown id, an operator key and what cannot be an id', async () => {
    const { world, authenticator, addKey } = await createWorld();
    addKey({ customerId: null });
    expect(await authenticator.ownerOfKey('key_1')).toBeNull();
    expect(await authenticator.ownerOfKey('key_2')).toBeNull();
    expect(await authenticator.ownerOfCustomer('cus_2')).toBeNull();
    expect(authenticator.ownerOfKey('x'.repeat(65))).toBeNull();
    expect(authenticator.ownerOfCustomer('cus_\u0000')).toBeNull();
    expect(world.reads).toBe(3);
  });

  it('are found as soon as the news of their creation comes', async () => {
    const { world, authenticator, addKey } = await createWorld();
    expect(await authenticator.ownerOfKey('key_1')).toBeNull();
    addKey();
    world.onChange('key_1');
    expect(await authenticator.ownerOfKey('key_1')).toHaveProperty('customerId', 'cus_1');
  });
});

describe('a pepper that is replaced', () => {
  it('still finds a secret, whose digest is made anew under the current one', async () => {
    const { world, authenticate, addKey } = await createWorld({ peppers: [NEW_PEPPER, PEPPER] });
    const header = addKey();
    await expect(authenticate(header)).resolves.toMatchObject({ keyId: 'key_1' });
    const digest = digestOfKeySecret(header.slice('Bearer '.length), NEW_PEPPER);
    expect(world.moved).toEqual([{ id: 'sec_1', digest, pepperId: pepperIdOf(NEW_PEPPER) }]);
    await authenticate(header);
    expect(world.moved).toHaveLength(1);
  });

  it('finds none any more once it is gone', async () => {
    const { world, authenticate, addKey } = await createWorld({ peppers: [NEW_PEPPER] });
    await expect(authenticate(addKey())).rejects.toEqual(code('invalid_token'));
    expect(world.moved).toEqual([]);
  });

  it('does not refuse a secret because the new digest could not be written', async () => {
    const { world, authenticate, addKey } = await createWorld({ peppers: [NEW_PEPPER, PEPPER] });
    Object.assign(world.moved, {
      push: () => {
        throw new Error('away');
      },
    });
    await expect(authenticate(addKey())).resolves.toMatchObject({ keyId: 'key_1' });
  });
});

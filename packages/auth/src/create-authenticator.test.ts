import { TollgateError } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import { createAuthenticator } from './create-authenticator.ts';
import { digestOfKeySecret, generateKeySecret } from './key-secret.ts';
import type { KeyStore, StoredKey } from './key-store.ts';

const PEPPER = 'a pepper of more than thirty-two characters';

/** A store in memory whose clock, answers and news are in the hands of the test. */
async function createWorld(options: { readonly rememberedMax?: number } = {}) {
  const keys = new Map<string, StoredKey>();
  const digests = new Map<string, string>();
  const world = {
    nowMs: 1_000_000,
    confirmedAtMs: 1_000_000,
    reads: 0,
    fails: false,
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
    keyByDigest: (digest) => answer(() => keys.get(digests.get(Buffer.from(digest).toString('hex')) ?? '') ?? null),
    customer: (id) => answer(() => (id === 'cus_1' ? { id } : null)),
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
  const authenticator = await createAuthenticator({ accounts, pepper: PEPPER, clock, ...options });

  const addKey = (changes: Partial<StoredKey> = {}): string => {
    const key: StoredKey = {
      id: `key_${keys.size + 1}`,
      customerId: 'cus_1',
      projectId: null,
      scopes: ['usage:write'],
      isEnabled: true,
      expiresAtMs: null,
      ...changes,
    };
    const secret = generateKeySecret('live');
    keys.set(key.id, key);
    digests.set(Buffer.from(digestOfKeySecret(secret, PEPPER)).toString('hex'), key.id);
    return `Bearer ${secret}`;
  };
  const change = (id: string, changes: Partial<StoredKey>): void => {
    const key = keys.get(id);
    if (key !== undefined) keys.set(id, { ...key, ...changes });
  };
  return { world, authenticator, addKey, change };
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a remembered credential', () => {
  it('is answered at once, without a read', async () => {
    const { world, authenticator, addKey } = await createWorld();
    const header = addKey();
    const caller = await authenticator.authenticate(header);
    expect(caller).toEqual({ keyId: 'key_1', customerId: 'cus_1', projectId: null, scopes: ['usage:write'] });
    expect(authenticator.authenticate(header)).toBe(caller);
    expect(world.reads).toBe(1);
  });

  it('is refused as soon as the news of its disabling comes', async () => {
    const { world, authenticator, addKey, change } = await createWorld();
    const header = addKey();
    await authenticator.authenticate(header);
    change('key_1', { isEnabled: false });
    world.onChange('key_1');
    await expect(authenticator.authenticate(header)).rejects.toEqual(code('key_disabled'));
  });

  it('outlasts a database that is away while the watch confirms it, and one second more', async () => {
    const { world, authenticator, addKey } = await createWorld();
    const header = addKey();
    await authenticator.authenticate(header);
    world.fails = true;
    world.nowMs += 60_000;
    world.confirmedAtMs = world.nowMs - 999;
    expect(authenticator.authenticate(header)).toHaveProperty('keyId', 'key_1');
    world.nowMs += 1;
    await expect(authenticator.authenticate(header)).rejects.toEqual(code('unavailable'));
  });

  it('is not trusted when the clock was set back', async () => {
    const { world, authenticator, addKey } = await createWorld();
    const header = addKey();
    await authenticator.authenticate(header);
    world.nowMs -= 3_600_000;
    await authenticator.authenticate(header);
    expect(world.reads).toBe(2);
  });

  it('is forgotten when changes may have been missed', async () => {
    const { world, authenticator, addKey, change } = await createWorld();
    const header = addKey();
    await authenticator.authenticate(header);
    change('key_1', { isEnabled: false });
    world.onChange(null);
    await expect(authenticator.authenticate(header)).rejects.toEqual(code('key_disabled'));
  });

  it('expires by the clock', async () => {
    const { world, authenticator, addKey } = await createWorld();
    const header = addKey({ expiresAtMs: 1_000_500 });
    await authenticator.authenticate(header);
    world.nowMs = 1_000_499;
    expect(authenticator.authenticate(header)).toHaveProperty('keyId', 'key_1');
    world.nowMs = 1_000_500;
    expect(() => authenticator.authenticate(header)).toThrow(code('token_expired'));
  });
});

describe('a read', () => {
  it('is shared by all who ask meanwhile', async () => {
    const { world, authenticator, addKey } = await createWorld();
    const header = addKey();
    await Promise.all(Array.from({ length: 50 }, () => authenticator.authenticate(header)));
    expect(world.reads).toBe(1);
  });

  it('is done again when its key changes meanwhile', async () => {
    const { world, authenticator, addKey, change } = await createWorld();
    const header = addKey();
    world.duringRead = async () => {
      world.duringRead = async () => {};
      change('key_1', { isEnabled: false });
      world.onChange('key_1');
    };
    await expect(authenticator.authenticate(header)).rejects.toEqual(code('key_disabled'));
    expect(world.reads).toBe(2);
  });

  it('is not disturbed by the changes of other keys', async () => {
    const { world, authenticator, addKey } = await createWorld();
    const header = addKey();
    world.duringRead = async () => world.onChange('key_999');
    await authenticator.authenticate(header);
    expect(world.reads).toBe(1);
  });

  it('is refused when too many are under way', async () => {
    const { world, authenticator } = await createWorld();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.duringRead = () => held;
    const asked = Array.from({ length: 1_100 }, async () =>
      authenticator.authenticate(`Bearer ${generateKeySecret('live')}`),
    );
    release();
    const codes = (await Promise.allSettled(asked)).map((result) => result.status === 'rejected' && result.reason.code);
    expect(codes.filter((found) => found === 'invalid_token')).toHaveLength(1_000);
    expect(codes.filter((found) => found === 'unavailable')).toHaveLength(100);
  });
});

describe('a wrong credential', () => {
  it.each(['Bearer nonsense', `Bearer tg_live_${'0'.repeat(36)}`])('%j is refused without a read', async (header) => {
    const { world, authenticator } = await createWorld();
    expect(() => authenticator.authenticate(header)).toThrow(code('invalid_token'));
    expect(world.reads).toBe(0);
  });

  it('of the right form is answered like any other, and read once in five seconds', async () => {
    const { world, authenticator } = await createWorld();
    const header = `Bearer ${generateKeySecret('live')}`;
    await expect(authenticator.authenticate(header)).rejects.toEqual(code('invalid_token'));
    expect(() => authenticator.authenticate(header)).toThrow(code('invalid_token'));
    expect(world.reads).toBe(1);
    world.nowMs += 5_000;
    await expect(authenticator.authenticate(header)).rejects.toEqual(code('invalid_token'));
    expect(world.reads).toBe(2);
  });

  it('does not push out right ones', async () => {
    const { world, authenticator, addKey } = await createWorld({ rememberedMax: 1 });
    const header = addKey();
    await authenticator.authenticate(header);
    const wrong = Array.from({ length: 100 }, async () =>
      authenticator.authenticate(`Bearer ${generateKeySecret('live')}`),
    );
    await Promise.allSettled(wrong);
    expect(world.reads).toBe(101);
    expect(authenticator.authenticate(header)).toHaveProperty('keyId', 'key_1');
  });
});

it('remembers no more than it may', async () => {
  const { world, authenticator, addKey } = await createWorld({ rememberedMax: 2 });
  const headers = [addKey(), addKey(), addKey()];
  for (const header of headers) await authenticator.authenticate(header);
  await authenticator.authenticate(headers[2]);
  expect(world.reads).toBe(3);
  await authenticator.authenticate(headers[0]);
  expect(world.reads).toBe(4);
});

describe('owners', () => {
  it('are remembered, also for a key that is disabled', async () => {
    const { world, authenticator, addKey } = await createWorld();
    addKey({ isEnabled: false, projectId: 'prj_1' });
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

import { createLogger } from '@tollgate/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import type { Caller, Credential } from './authenticator.ts';
import { type CredentialUse, createKeyUses, type KeyUses } from './key-uses.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function createWorld(credentialsMax = 10) {
  const world = { nowMs: 1_000, fails: false, written: [] as (readonly CredentialUse[])[] };
  const uses: KeyUses = createKeyUses({
    store: {
      async noteUses(written) {
        if (world.fails) throw new Error('away');
        world.written.push(written);
      },
    },
    clock: { now: () => world.nowMs },
    logger: createLogger({ service: 'test', level: 'silent' }),
    intervalMs: 60_000,
    credentialsMax,
  });
  closers.push(() => uses.close());
  return { world, uses };
}

const callerOf = (keyId: string, credential: Credential): Caller => ({
  keyId,
  customerId: null,
  projectId: null,
  scopes: [],
  allowedModels: null,
  allowedIps: null,
  rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
  expiresAtMs: null,
  credential,
});
const bySecret = (id: string) => callerOf('key_1', { kind: 'secret', id, isOld: false });
const use = (credentialId: string, atMs: number, address: string | null) => ({
  keyId: 'key_1',
  credentialId,
  atMs,
  address,
});

describe('uses', () => {
  it('are written once for each credential, the last of them, and none when there are none', async () => {
    const { world, uses } = createWorld();
    await uses.flush();
    uses.note(bySecret('sec_1'), '192.0.2.1');
    uses.note(callerOf('key_1', { kind: 'access_token', id: 'jti' }), null);
    world.nowMs = 2_000;
    uses.note(bySecret('sec_1'), '192.0.2.2');
    await uses.flush();
    await uses.flush();
    expect(world.written).toEqual([[use('sec_1', 2_000, '192.0.2.2'), use('key_1', 1_000, null)]]);
  });

  it('are kept while they cannot be written, and give way to later ones', async () => {
    const { world, uses } = createWorld();
    uses.note(bySecret('sec_1'), '192.0.2.1');
    uses.note(bySecret('sec_2'), '192.0.2.1');
    world.fails = true;
    const failing = uses.flush();
    world.nowMs = 2_000;
    uses.note(bySecret('sec_1'), '192.0.2.2');
    await expect(failing).rejects.toThrow('away');
    uses.note(bySecret('sec_1'), '192.0.2.2');
    world.fails = false;
    await uses.close();
    expect(world.written).toEqual([[use('sec_1', 2_000, '192.0.2.2'), use('sec_2', 1_000, '192.0.2.1')]]);
  });

  it('are of a bounded number of credentials', async () => {
    const { world, uses } = createWorld(2);
    for (const id of ['sec_1', 'sec_2', 'sec_3']) uses.note(bySecret(id), null);
    await uses.flush();
    uses.note(bySecret('sec_3'), null);
    await uses.flush();
    expect(world.written.map((each) => each.map(({ credentialId }) => credentialId))).toEqual([
      ['sec_1', 'sec_2'],
      ['sec_3'],
    ]);
  });
});

import { createLogger } from '@tollgate/runtime';
import { expect, it } from 'vitest';
import type { Caller } from './authenticator.ts';
import { type KeyActivity, recordKeyActivity } from './key-activity.ts';

const callerOf = (keyId: string): Caller => ({
  keyId,
  customerId: null,
  projectId: null,
  scopes: [],
  allowedModels: null,
  allowedIps: null,
  rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
  expiresAtMs: null,
  credential: { kind: 'secret', id: 'sec_1', isOld: false },
});

async function gathered(addressesMax: number, uses: readonly (readonly [key: string, address: string | null])[]) {
  const written: KeyActivity[] = [];
  const recorder = recordKeyActivity({
    store: { noteActivity: async (activity) => void written.push(...activity) },
    clock: { now: () => 5 },
    logger: createLogger({ service: 'test', level: 'silent' }),
    addressesMax,
  });
  for (const [key, address] of uses) recorder.note(callerOf(key), address);
  await recorder.close();
  return written;
}

it('adds up the addresses of a network, v4 and v6, and what has no address', async () => {
  const written = await gathered(100, [
    ['a', '192.0.2.1'],
    ['a', '192.0.2.200'],
    ['a', '2001:db8:1:2::3'],
    ['a', '2001:db8:1:f::3'],
    ['b', '192.0.2.1'],
    ['b', null],
  ]);
  expect(written).toEqual([
    { keyId: 'a', network: '192.0.2.0/24', atMs: 5, requests: 2n },
    { keyId: 'a', network: '2001:db8:1::/48', atMs: 5, requests: 2n },
    { keyId: 'b', network: '192.0.2.0/24', atMs: 5, requests: 1n },
    { keyId: 'b', network: null, atMs: 5, requests: 1n },
  ]);
});

it('counts every request, however many addresses they come from', async () => {
  const uses = Array.from({ length: 500 }, (_, index) => [`key_${index % 3}`, `10.0.${index % 250}.1`] as const);
  const written = await gathered(10, uses);
  expect(written.length).toBeLessThanOrEqual(13);
  expect(written.reduce((sum, { requests }) => sum + requests, 0n)).toBe(500n);
});

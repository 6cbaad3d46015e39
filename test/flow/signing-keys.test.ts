// Signing keys change under traffic and no request is refused; what is revoked or retired is refused by every process of
// ingest within a second. The times are set short, and are otherwise what they are in production.

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts';
import { type Stack, startStack } from '../support/stack.ts';

const JWKS_CACHE_S = 1;
const TOKEN_LIFE_S = 3;
/** How long a key is published before it signs: the cache, and twice what clocks may differ by. */
const PUBLISHED_MS = (JWKS_CACHE_S + 10) * 1_000;
const REFUSED_WITHIN_MS = 1_000;
/** Leaves the other tests of this machine something of it. */
const PAUSE_MS = 10;

interface SigningKey {
  readonly kid: string;
  readonly state: string;
}

let stack: Stack;
let customer: TestCustomer;
let doors: readonly [ServiceProcess, ServiceProcess];
let second: ServiceProcess | undefined;
beforeAll(async () => {
  stack = await startStack({
    log: 'redis-streams',
    env: {
      TOLLGATE_JWKS_CACHE_SECONDS: `${JWKS_CACHE_S}`,
      TOLLGATE_ACCESS_TOKEN_SECONDS: `${TOKEN_LIFE_S}`,
    },
  });
  second = await createServiceProcess({ service: 'ingest', env: stack.env });
  await second.start();
  doors = [stack.ingest, second];
  customer = await createTestCustomer(stack);
});
afterAll(async () => {
  await second?.signal('SIGTERM');
  await stack.close();
});

async function issueToken(): Promise<string> {
  const res = await fetch(`${stack.api.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: customer.keyId,
      client_secret: customer.secret,
    }),
    signal: AbortSignal.timeout(10_000),
  });
  const body: unknown = await res.json();
  if (typeof body !== 'object' || body === null || !('access_token' in body)) {
    throw new Error(`${res.status}: ${JSON.stringify(body)}`);
  }
  return String(body.access_token);
}

const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString()).kid;

/** With an event that says nothing: 422 for who is let in, 401 for who is not. */
async function knock({ url }: ServiceProcess, token: string): Promise<number> {
  const res = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(10_000),
  });
  await res.arrayBuffer();
  return res.status;
}

const signingKeys = async (): Promise<readonly SigningKey[]> =>
  (await customer.api.json<{ data: readonly SigningKey[] }>(customer.api.get('/v1/signing-keys'))).data;
const stateOf = async (kid: string): Promise<string | undefined> =>
  (await signingKeys()).find((key) => key.kid === kid)?.state;

/** Tokens are issued and used at both doors until told to stop; answers how many, by the status and the key. */
function startTraffic(): {
  stop(): Promise<{ readonly statuses: ReadonlySet<number>; readonly kids: ReadonlySet<string> }>;
} {
  let isStopping = false;
  const statuses = new Set<number>();
  const kids = new Set<string>();
  const run = async (): Promise<void> => {
    while (!isStopping) {
      const token = await issueToken();
      kids.add(kidOf(token));
      // Used until just before its end: a token that has expired is rightly refused.
      const until = Date.now() + TOKEN_LIFE_S * 1_000 - 1_500;
      do {
        for (const door of doors) statuses.add(await knock(door, token));
        await pause(PAUSE_MS);
      } while (!isStopping && Date.now() < until);
    }
  };
  const running = Promise.all([run(), run()]);
  return {
    async stop() {
      isStopping = true;
      await running;
      return { statuses, kids };
    },
  };
}

describe('signing keys', () => {
  it('rotate under traffic without a refused request, and the old one is retired when its tokens are over', async () => {
    const traffic = startTraffic();
    const [first] = await signingKeys();
    const rotated = await customer.api.json<SigningKey>(customer.api.post('/v1/signing-keys/rotate', {}));
    expect([first?.state, rotated.state]).toEqual(['signing', 'published']);
    expect((await customer.api.post('/v1/signing-keys/rotate', {})).status).toBe(409);
    await eventually(async () => expect(await stateOf(rotated.kid)).toBe('signing'), {
      timeoutMs: PUBLISHED_MS + 5_000,
    });
    await eventually(async () => expect(kidOf(await issueToken())).toBe(rotated.kid), { timeoutMs: 2_000 });
    await eventually(async () => expect(await stateOf(first?.kid ?? '')).toBe('retired'), { timeoutMs: 20_000 });
    const { statuses, kids } = await traffic.stop();
    expect(kids).toEqual(new Set([first?.kid, rotated.kid]));
    expect([...statuses]).toEqual([422]);
  });

  it('in an emergency take their tokens with them at once, and new tokens are good at once', async () => {
    const token = await issueToken();
    expect(await Promise.all(doors.map((door) => knock(door, token)))).toEqual([422, 422]);
    const rotated = await customer.api.json<SigningKey>(
      customer.api.post('/v1/signing-keys/rotate', { retire_at_once: true }),
    );
    const startedAtMs = Date.now();
    // Before any process can have heard of the key.
    const next = await issueToken();
    expect(kidOf(next)).toBe(rotated.kid);
    expect(await Promise.all(doors.map((door) => knock(door, next)))).toEqual([422, 422]);
    for (const door of doors) {
      await eventually(async () => expect(await knock(door, token)).toBe(401), { timeoutMs: 5_000 });
    }
    expect(Date.now() - startedAtMs).toBeLessThan(REFUSED_WITHIN_MS);
  });
});

it('a revoked token is refused by both processes of ingest within a second', async () => {
  const token = await issueToken();
  expect(await Promise.all(doors.map((door) => knock(door, token)))).toEqual([422, 422]);
  const res = await fetch(`${stack.api.url}/oauth/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ token, client_id: customer.keyId, client_secret: customer.secret }),
  });
  const revokedAtMs = Date.now();
  expect(res.status).toBe(200);
  for (const door of doors) {
    await eventually(async () => expect(await knock(door, token)).toBe(401), { timeoutMs: 5_000 });
  }
  expect(Date.now() - revokedAtMs).toBeLessThan(REFUSED_WITHIN_MS);
});

// The secrets of a deployment are replaced while it is used: the pepper and the encryption key in three steps, each of them a
// restart of one process after the other, and no request is refused. Signing keys are in `signing-keys.test.ts`, the
// certificate in the contract tests of TLS.

import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createPostgresAccounts } from '@tollgate/accounts';
import { createLogger, systemClock } from '@tollgate/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiFixture, startApiFixture } from '../contract/api/api-fixture.ts';
import { eventually } from '../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts';

/** Leaves the other tests of this machine something of it. */
const PAUSE_MS = 20;
const VERIFY = fileURLToPath(new URL('../../services/api/dist/verify-audit-log.js', import.meta.url));

interface Key {
  readonly id: string;
  readonly secret: string;
}

let fixture: ApiFixture;
let doors: Readonly<Record<'api' | 'ingest', readonly [ServiceProcess, ServiceProcess]>>;
beforeAll(async () => {
  fixture = await startApiFixture();
  const env = { ...fixture.env, TOLLGATE_ISSUER: fixture.api.url };
  const start = (service: 'api' | 'ingest') => createServiceProcess({ service, env });
  doors = {
    api: [fixture.api, await start('api')],
    ingest: [await start('ingest'), await start('ingest')],
  };
  await Promise.all([doors.api[1], ...doors.ingest].map((service) => service.start()));
});
afterAll(async () => {
  await Promise.all([doors.api[1], ...doors.ingest].map((service) => service.signal('SIGTERM')));
  await fixture.close();
});

/** As behind a load balancer: of the two processes, the one that takes the connection. */
async function ask(service: 'api' | 'ingest', path: string, init: RequestInit): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const { url } = doors[service][attempt % 2 === 0 ? 0 : 1];
    try {
      return await fetch(`${url}${path}`, { method: 'POST', ...init, signal: AbortSignal.timeout(10_000) });
    } catch (error) {
      // A process that ends may have closed the connection while this request was on its way to it.
      if (attempt === 3) throw error;
    }
  }
}

/** With an event that says nothing: 422 for who is let in, 401 for who is not. */
async function knock(credential: string): Promise<number> {
  const headers = { Authorization: `Bearer ${credential}`, 'Content-Type': 'application/json' };
  const res = await ask('ingest', '/v1/events', { headers, body: '{}' });
  await res.arrayBuffer();
  return res.status;
}

async function exchange({ id, secret }: Key): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
  const res = await ask('api', '/oauth/token', { body });
  const text = await res.text();
  if (!res.ok) throw new Error(`${res.status}: ${text}`);
  return String(JSON.parse(text).access_token);
}

/** The same request to one api, which shows a secret. */
async function makeKey(url: string, idempotencyKey: string) {
  const res = await fetch(`${url}/v1/keys`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${fixture.operatorKey}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': idempotencyKey,
    },
    body: '{"name":"made once","scopes":["usage:read"]}',
  });
  return { status: res.status, ...((await res.json()) as { readonly secret?: string; readonly code?: string }) };
}

it('the pepper and the encryption key are replaced under traffic', async () => {
  const { id: customer } = await fixture.createCustomer();
  const make = (): Promise<Key> => fixture.createKey({ customer, scopes: ['usage:write'] });
  const [used, idle, forgotten] = [await make(), await make(), await make()];
  const idempotencyKey = randomUUID();
  const made = await makeKey(fixture.api.url, idempotencyKey);
  const traffic = startTraffic(used);

  const [oldPepper, oldKey] = [fixture.env['TOLLGATE_KEY_PEPPER'] ?? '', fixture.env['TOLLGATE_ENCRYPTION_KEY'] ?? ''];
  const [newPepper, newKey] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
  const restart = async (order: (old: string, fresh: string) => string): Promise<void> => {
    const env = {
      TOLLGATE_KEY_PEPPER: order(oldPepper, newPepper),
      TOLLGATE_ENCRYPTION_KEY: order(oldKey, newKey),
    };
    for (const side of [0, 1] as const) {
      await Promise.all(
        [doors.api[side], doors.ingest[side]].map(async (service) => {
          await service.signal('SIGTERM');
          await service.start(env);
        }),
      );
      // Both processes are at work while their secrets differ.
      await pause(300);
    }
  };

  for (const order of [
    (old: string, fresh: string) => `${old},${fresh}`,
    (old: string, fresh: string) => `${fresh},${old}`,
  ]) {
    await restart(order);
    for (const { url } of doors.api) expect((await makeKey(url, idempotencyKey)).secret).toBe(made.secret);
  }
  expect(await knock(idle.secret)).toBe(422);
  // Of those that were used, none needs the old pepper any more: what is left is the forgotten one and the one made once.
  expect(await secretsByPepper()).toEqual([2, 3]);
  const metrics = await (await fetch(`${doors.api[1].url}/metrics`)).text();
  expect(metrics).toMatch(/tollgate_api_key_secrets\{pepper="old",service="api"\} \d/);

  await restart((_old, fresh) => fresh);
  const { statuses, count } = await traffic.stop();
  expect(count).toBeGreaterThan(50);
  expect([...statuses]).toEqual([422]);
  expect(await Promise.all([used, idle, forgotten].map(({ secret }) => knock(secret)))).toEqual([422, 422, 401]);

  // What was forgotten is told, and mended by a new secret.
  await eventually(async () => expect(doors.api[0].output()).toContain('their pepper is not configured'), {
    timeoutMs: 10_000,
  });
  const rotated = await fixture.call('POST', `/v1/keys/${forgotten.id}/rotate`, { body: {} });
  expect(await knock(rotated.body.secret)).toBe(422);
  // Its effect is not repeated, though nobody can read the answer any more.
  expect(await makeKey(fixture.api.url, idempotencyKey)).toMatchObject({ status: 409, code: 'conflict' });

  const audit = { DATABASE_URL: fixture.postgres.url, TOLLGATE_KEY_PEPPER: newPepper };
  expect(await verifyAudit({ ...audit, TOLLGATE_AUDIT_SECRETS_OLD: oldPepper })).toContain('is intact');
  expect(await verifyAudit(audit)).toContain('TOLLGATE_AUDIT_SECRETS_OLD');
});

/** Secrets and access tokens are used until told to stop. */
function startTraffic(key: Key) {
  let isStopping = false;
  let count = 0;
  const statuses = new Set<number>();
  const run = async (credential: () => Promise<string>): Promise<void> => {
    while (!isStopping) {
      statuses.add(await knock(await credential()));
      count += 1;
      await pause(PAUSE_MS);
    }
  };
  const running = Promise.all([run(async () => key.secret), run(() => exchange(key)), run(async () => key.secret)]);
  return {
    async stop() {
      isStopping = true;
      await running;
      return { statuses, count };
    },
  };
}

/** How many secrets there are under each pepper, the fewest first. */
async function secretsByPepper(): Promise<readonly number[]> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const accounts = createPostgresAccounts({ url: fixture.postgres.url, clock: systemClock, logger });
  try {
    return (await accounts.pepperUses(Date.now())).map(({ secrets }) => secrets).toSorted((one, other) => one - other);
  } finally {
    await accounts.close();
  }
}

async function verifyAudit(env: Readonly<Record<string, string>>): Promise<string> {
  return await new Promise((resolve) => {
    execFile(process.execPath, [VERIFY], { env: { PATH: process.env['PATH'], ...env } }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}

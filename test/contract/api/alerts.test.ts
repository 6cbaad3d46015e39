// Unusual use of keys on real processes: each rule tells once, with what it found, to the operator and the key's customer.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import { runSql } from '../accounts/postgres-fixture.ts';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
let ingest: ServiceProcess;
let secondApi: ServiceProcess;

// A listed proxy vouches for the addresses that the tests send from.
beforeAll(async () => {
  fixture = await startApiFixture({ TOLLGATE_TRUSTED_PROXIES: '127.0.0.1' });
  ingest = await createServiceProcess({ service: 'ingest', env: fixture.env });
  secondApi = await createServiceProcess({ service: 'api', env: fixture.env });
  await Promise.all([ingest.start(), secondApi.start()]);
});
afterAll(async () => {
  await Promise.all([ingest, secondApi].map((service) => service?.signal('SIGTERM')));
  await fixture?.close();
});

async function createKey() {
  const customer = await fixture.createCustomer();
  const scopes = ['usage:write', 'usage:read', 'keys:read'];
  const key = await fixture.createKey({ customer: customer.id, scopes });
  return { ...key, customer: customer.id };
}

async function use(secret: string, from: string): Promise<number> {
  const res = await fetch(`${ingest.url}/v1/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json', 'X-Forwarded-For': from },
    body: '{}',
  });
  await res.text();
  return res.status;
}

async function sql(text: string, ...values: readonly unknown[]) {
  return await runSql<Record<string, unknown>>(fixture.postgres.url, text, values);
}

/** As if the key had been used from 192.0.2.0/24 for a month, some requests an hour. */
async function giveHabits(keyId: string): Promise<void> {
  await sql(
    `INSERT INTO key_activity VALUES ($1, now() - interval '30 days', 100000, now() - interval '1 day')
     ON CONFLICT (key_id) DO UPDATE SET first_used_at = excluded.first_used_at, requests = excluded.requests`,
    keyId,
  );
  await sql(
    `INSERT INTO key_networks VALUES ($1, '192.0.2.0/24', now() - interval '30 days', now() - interval '1 day')`,
    keyId,
  );
  await sql(`INSERT INTO key_hours VALUES ($1, date_trunc('hour', now()) - interval '1 day', 100)`, keyId);
}

async function alertsOf(keyId: string, secret = fixture.operatorKey) {
  const answer = await fixture.call('GET', `/v1/alerts?key=${keyId}`, { secret });
  expect(answer.status).toBe(200);
  return answer.body.data;
}

it('tells each rule once, and what it found', async () => {
  const [moved, busy, spread, rotated, usual] = [
    await createKey(),
    await createKey(),
    await createKey(),
    await createKey(),
    await createKey(),
  ];
  for (const key of [moved, busy, usual]) await giveHabits(key.id);
  // An hour that is nearly over would begin a new window on the way.
  await sql(
    `INSERT INTO key_hours SELECT $1, date_trunc('hour', now()) + step * interval '1 hour', 1000
     FROM generate_series(0, 1) AS step`,
    busy.id,
  );
  await use(usual.secret, '192.0.2.200');
  await use(busy.secret, '192.0.2.1');
  await use(moved.secret, '192.0.2.1');
  await use(moved.secret, '2001:db8:7:1::1');
  await use(moved.secret, '198.51.100.9');
  for (let network = 0; network <= 20; network += 1) await use(spread.secret, `10.0.${network}.1`);
  await fixture.call('POST', `/v1/keys/${rotated.id}/rotate`, { body: { grace_seconds: 600 } });
  expect(await use(rotated.secret, '192.0.2.77')).toBe(422);

  await eventually(
    async () => {
      expect(await alertsOf(moved.id)).toMatchObject([
        {
          rule: 'new_network',
          customer: moved.customer,
          facts: { networks: expect.arrayContaining(['198.51.100.0/24', '2001:db8:7::/48']) },
        },
      ]);
      expect(await alertsOf(busy.id)).toMatchObject([{ rule: 'jump', facts: { busiest_hour_before: 100 } }]);
      expect(await alertsOf(spread.id)).toMatchObject([{ rule: 'many_networks', facts: { networks: 21 } }]);
      expect(await alertsOf(rotated.id)).toMatchObject([{ rule: 'old_secret', facts: { address: '192.0.2.77' } }]);
    },
    { timeoutMs: 40_000 },
  );
  expect(await alertsOf(usual.id)).toEqual([]);

  // Told once, in the transaction of the alert, also when the use goes on and another process looks.
  await use(rotated.secret, '192.0.2.78');
  const told = await sql(
    "SELECT customer_id, data FROM outbox WHERE type = 'key.unusual_use' AND data -> 'key' ->> 'id' = $1",
    rotated.id,
  );
  expect(told).toMatchObject([
    { customer_id: rotated.customer, data: { rule: 'old_secret', detail: expect.stringMatching(/192\.0\.2\.77/) } },
  ]);
});

it('tells of a secret that is tried after its grace has ended', async () => {
  const key = await createKey();
  await fixture.call('POST', `/v1/keys/${key.id}/rotate`, { body: { grace_seconds: 0 } });
  await eventually(async () => expect(await use(key.secret, '203.0.113.3')).toBe(401), { timeoutMs: 5_000 });
  await eventually(
    async () =>
      expect(await alertsOf(key.id)).toMatchObject([
        {
          rule: 'retired_secret',
          facts: { sources: ['203.0.113.3'] },
          detail: expect.stringMatching(/203\.0\.113\.3/),
        },
      ]),
    { timeoutMs: 40_000 },
  );
});

it("is shown to the key's customer and to no other", async () => {
  const { data } = (await fixture.call('GET', '/v1/alerts?rule=retired_secret')).body;
  const owner = data[0].customer;
  const own = await fixture.createKey({ customer: owner, scopes: ['keys:read'] });
  const other = await createKey();
  expect(await alertsOf(data[0].key, own.secret)).toMatchObject([{ id: data[0].id, customer: owner }]);
  expect(await alertsOf(data[0].key, other.secret)).toEqual([]);
  expect(await fixture.call('GET', `/v1/alerts?customer=${owner}`, { secret: other.secret })).toMatchObject(
    problemOf(403, 'customer_mismatch'),
  );
});

it('is counted by hour and network, each request once', async () => {
  const key = await createKey();
  for (let index = 0; index < 25; index += 1) await use(key.secret, `192.0.2.${index}`);
  await eventually(
    async () => {
      expect(await sql('SELECT sum(requests)::integer AS n FROM key_hours WHERE key_id = $1', key.id)).toEqual([
        { n: 25 },
      ]);
      expect(await sql('SELECT network FROM key_networks WHERE key_id = $1', key.id)).toEqual([
        { network: '192.0.2.0/24' },
      ]);
    },
    { timeoutMs: 10_000 },
  );
});

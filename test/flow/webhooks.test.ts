// Webhooks on real processes, with receivers on this machine: verified by the library that receivers would use, kept through
// receivers that are down and processes that are killed, and never late because of somebody else.

import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSql } from '../contract/accounts/postgres-fixture.ts';
import { type ApiFixture, startApiFixture } from '../contract/api/api-fixture.ts';
import { eventually } from '../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const HOST = '127.0.0.2';
const TIMEOUT_MS = 2_000;
/** Of a delivery that was claimed by a process that died, before it is due again. */
const LEASE_MS = TIMEOUT_MS + 15_000;

let fixture: ApiFixture;
let webhooks: ServiceProcess;
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  fixture = await startApiFixture({
    TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: `${HOST}/32`,
    TOLLGATE_WEBHOOK_HTTP: 'yes',
    TOLLGATE_WEBHOOK_PORTS: 'any',
    TOLLGATE_WEBHOOK_TIMEOUT_MS: `${TIMEOUT_MS}`,
    TOLLGATE_WEBHOOK_RETRY_SECONDS: Array.from({ length: 50 }, () => '0.8').join(','),
  });
  webhooks = await createServiceProcess({ service: 'webhooks', env: fixture.env });
  await webhooks.start();
});
afterAll(async () => {
  if (webhooks?.isRunning()) await webhooks.signal('SIGTERM');
  await fixture?.close();
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

async function receiverHere(): Promise<WebhookReceiver> {
  const receiver = await startReceiver({ host: HOST });
  receivers.push(receiver);
  return receiver;
}

interface Endpoint {
  readonly id: string;
  readonly secret: string;
}

async function createEndpoint(receiver: WebhookReceiver, fields: object = {}): Promise<Endpoint> {
  const url = `http://${HOST}:${receiver.port}/hooks`;
  const answer = await fixture.call('POST', '/v1/webhook-endpoints', { body: { url, ...fields } });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

/** As many facts of the customer, as any other part of the system tells them. */
async function tell(customer: string, count: number, type = 'key.created'): Promise<void> {
  await runSql(
    fixture.postgres.url,
    `INSERT INTO outbox (type, customer_id, data) SELECT $2, $1, json_build_object('n', n) FROM generate_series(1, $3::int) n`,
    [customer, type, count],
  );
}

const numbersIn = (receiver: WebhookReceiver): readonly number[] =>
  receiver.received.map(({ body }) => JSON.parse(body).data.n).sort((one, other) => one - other);

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

async function deliveriesOf(endpoint: Endpoint, filter = '') {
  const answer = await fixture.call('GET', `/v1/webhook-deliveries?limit=1000&endpoint=${endpoint.id}${filter}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data;
}

const verifies = (secret: string, { body, headers }: WebhookReceiver['received'][number]): boolean => {
  try {
    new Webhook(secret).verify(body, { ...headers });
    return true;
  } catch {
    return false;
  }
};

describe('a message', () => {
  it('is verified by the library before, during and after a rotation of the secret', async () => {
    const receiver = await receiverHere();
    const customer = await fixture.createCustomer();
    const { id, secret: first } = await createEndpoint(receiver, {
      customer: customer.id,
      headers: { 'X-Door': 'open' },
    });
    const last = async (count: number) =>
      await eventually(
        async () => {
          expect(receiver.received).toHaveLength(count);
          return receiver.received[count - 1] as WebhookReceiver['received'][number];
        },
        { timeoutMs: 10_000 },
      );

    const key = await fixture.createKey({ customer: customer.id });
    const before = await last(1);
    expect(verifies(first, before)).toBe(true);
    expect(JSON.parse(before.body)).toEqual({
      type: 'key.created',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: expect.objectContaining({ key: expect.objectContaining({ id: key.id }) }),
    });
    expect(before.headers).toMatchObject({
      'content-type': 'application/json',
      'tollgate-order': '1',
      'x-door': 'open',
      'webhook-id': expect.stringMatching(/^msg_/),
    });
    expect(verifies(first, { ...before, body: before.body.replace('key.created', 'key.revoked') })).toBe(false);

    const rotated = await fixture.call('POST', `/v1/webhook-endpoints/${id}/rotate-secret`, {
      body: { grace_seconds: 2 },
    });
    const second = rotated.body.secret;
    expect(second).not.toBe(first);
    await fixture.call('POST', `/v1/webhook-endpoints/${id}/test`);
    const during = await last(2);
    expect([verifies(first, during), verifies(second, during)]).toEqual([true, true]);
    expect(JSON.parse(during.body).type).toBe('webhook.test');

    await eventually(
      async () => {
        const { body } = await fixture.call('GET', `/v1/webhook-endpoints/${id}`);
        expect(Date.parse(body.previous_secret_expires_at)).toBeLessThan(Date.now());
      },
      { timeoutMs: 10_000 },
    );
    await fixture.call('POST', `/v1/webhook-endpoints/${id}/test`);
    const after = await last(3);
    expect([verifies(first, after), verifies(second, after)]).toEqual([false, true]);
  });

  it('reaches its customer and the operator, by the types that they asked for, and nobody else', async () => {
    const [own, other, operator, some] = await Promise.all([
      receiverHere(),
      receiverHere(),
      receiverHere(),
      receiverHere(),
    ]);
    const [mine, theirs] = [await fixture.createCustomer(), await fixture.createCustomer()];
    await createEndpoint(own, { customer: mine.id });
    await createEndpoint(other, { customer: theirs.id });
    const all = await createEndpoint(operator);
    await createEndpoint(some, { customer: mine.id, types: ['credit.low'] });
    await tell(mine.id, 3);
    await tell(mine.id, 1, 'credit.low');
    await tell(theirs.id, 2);
    await eventually(
      async () => {
        expect(numbersIn(own)).toEqual([1, 1, 2, 3]);
        expect(numbersIn(other)).toEqual([1, 2]);
        expect(numbersIn(operator)).toEqual([1, 1, 1, 2, 2, 3]);
        expect(numbersIn(some)).toEqual([1]);
      },
      { timeoutMs: 10_000 },
    );
    expect(operator.received.map(({ order }) => order).sort()).toEqual(upTo(6));
    // The same message has the same id, whoever it goes to.
    expect([...own.ids()].every((id) => operator.ids().has(id))).toBe(true);
    await fixture.call('DELETE', `/v1/webhook-endpoints/${all.id}`);
  });
});

describe('a receiver', () => {
  it('that was down gets everything once it is back', async () => {
    const receiver = await receiverHere();
    const customer = await fixture.createCustomer();
    const endpoint = await createEndpoint(receiver, { customer: customer.id });
    await receiver.goDown();
    await tell(customer.id, 40);
    await eventually(
      async () => {
        const deliveries = await deliveriesOf(endpoint);
        expect(deliveries).toHaveLength(40);
        expect(deliveries[0].attempts.length).toBeGreaterThan(0);
        expect(deliveries[0]).toMatchObject({
          state: 'pending',
          next_attempt_at: expect.any(String),
          attempts: expect.arrayContaining([
            {
              at: expect.any(String),
              duration_ms: expect.any(Number),
              status: null,
              error: 'connection_failed',
              next_attempt_at: expect.any(String),
            },
          ]),
        });
      },
      { timeoutMs: 30_000 },
    );
    await receiver.comeBack();
    await eventually(async () => expect(receiver.ids().size).toBe(40), { timeoutMs: 60_000 });
    expect(new Set(numbersIn(receiver))).toEqual(new Set(upTo(40)));
    await eventually(async () => expect(await deliveriesOf(endpoint, '&state=delivered')).toHaveLength(40), {
      timeoutMs: 10_000,
    });
    expect((await fixture.call('GET', `/v1/webhook-endpoints/${endpoint.id}`)).body).toMatchObject({
      enabled: true,
      failing_since: null,
    });
  });

  it('that asks for time with Retry-After gets it', async () => {
    const receiver = await receiverHere();
    const customer = await fixture.createCustomer();
    await createEndpoint(receiver, { customer: customer.id });
    receiver.answer = () =>
      receiver.received.length === 1 ? { status: 503, headers: { 'Retry-After': '3' } } : { status: 204 };
    await tell(customer.id, 1);
    await eventually(async () => expect(receiver.received).toHaveLength(2), { timeoutMs: 15_000 });
    const [first, second] = receiver.received;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(2_900);
    expect(second?.id).toBe(first?.id);
  });

  it('that is gone is disabled at once, which others are told of', async () => {
    const [gone, witness] = await Promise.all([receiverHere(), receiverHere()]);
    const customer = await fixture.createCustomer();
    const endpoint = await createEndpoint(gone, { customer: customer.id });
    await createEndpoint(witness, { customer: customer.id, types: ['webhook.disabled'] });
    gone.answer = () => ({ status: 410 });
    await tell(customer.id, 1);
    await eventually(async () => expect(witness.received).toHaveLength(1), { timeoutMs: 10_000 });
    expect(JSON.parse(witness.received[0]?.body ?? '')).toMatchObject({
      type: 'webhook.disabled',
      data: { endpoint: { id: endpoint.id }, reason: 'gone' },
    });
    expect((await fixture.call('GET', `/v1/webhook-endpoints/${endpoint.id}`)).body).toMatchObject({
      enabled: false,
      disabled_reason: 'gone',
    });
    expect(gone.received).toHaveLength(1);
    const audit = await fixture.call('GET', `/v1/audit-log?subject=${endpoint.id}&action=webhook_endpoint.disabled`);
    expect(audit.text).toContain('webhook_endpoint.disabled');

    // Enabled again, it can be given what happened meanwhile.
    await tell(customer.id, 2);
    await eventually(async () => expect(witness.received).toHaveLength(1), { timeoutMs: 1_000 });
    gone.answer = () => ({ status: 200 });
    await fixture.call('PATCH', `/v1/webhook-endpoints/${endpoint.id}`, { body: { enabled: true } });
    const body = {
      start: new Date(Date.now() - 60_000).toISOString(),
      end: new Date(Date.now() + 60_000).toISOString(),
    };
    await eventually(
      async () => {
        await fixture.call('POST', `/v1/webhook-endpoints/${endpoint.id}/replay`, { body });
        // Also that it was disabled: it can hear of it now.
        expect(gone.ids().size).toBe(4);
      },
      { timeoutMs: 10_000 },
    );
  });

  it('gets a message again when its owner asks', async () => {
    const receiver = await receiverHere();
    const customer = await fixture.createCustomer();
    const endpoint = await createEndpoint(receiver, { customer: customer.id });
    await tell(customer.id, 1);
    const [delivery] = await eventually(
      async () => {
        const delivered = await deliveriesOf(endpoint, '&state=delivered');
        expect(delivered).toHaveLength(1);
        return delivered;
      },
      { timeoutMs: 10_000 },
    );
    const again = await fixture.call('POST', `/v1/webhook-deliveries/${delivery.id}/replay`);
    expect(again).toMatchObject({ status: 202, body: { state: 'pending', order: 1, attempts: [{ status: 200 }] } });
    await eventually(async () => expect(receiver.received).toHaveLength(2), { timeoutMs: 10_000 });
    const [one, other] = receiver.received;
    expect({ id: other?.id, body: other?.body, order: other?.order }).toEqual({
      id: one?.id,
      body: one?.body,
      order: one?.order,
    });
  });

  it('that never answers does not delay nine others', async () => {
    const [dead, ...live] = await Promise.all(upTo(10).map(() => receiverHere()));
    if (dead === undefined) throw new Error('no receiver');
    dead.answer = () => null;
    const customer = await fixture.createCustomer();
    const deadEndpoint = await createEndpoint(dead, { customer: customer.id });
    for (const receiver of live) await createEndpoint(receiver, { customer: customer.id });
    const startedAtMs = Date.now();
    await tell(customer.id, 60);
    await eventually(async () => expect(live.map((receiver) => receiver.ids().size)).toEqual(live.map(() => 60)), {
      timeoutMs: 60_000,
    });
    const tookMs = Math.max(...live.flatMap(({ received }) => received.map(({ atMs }) => atMs))) - startedAtMs;
    // The dead one alone would need this long for its first attempts: 16 at once, then 2.
    expect(tookMs).toBeLessThan(((60 - 16) / 2) * TIMEOUT_MS);
    expect(tookMs).toBeLessThan(10_000);
    expect(await deliveriesOf(deadEndpoint, '&state=delivered')).toEqual([]);
    await fixture.call('DELETE', `/v1/webhook-endpoints/${deadEndpoint.id}`);
  });
});

it('two processes share the work: each message comes once, as long as neither dies', async () => {
  const second = await createServiceProcess({ service: 'webhooks', env: fixture.env });
  await second.start();
  try {
    const [one, other] = await Promise.all([receiverHere(), receiverHere()]);
    const customer = await fixture.createCustomer();
    const endpoints = [await createEndpoint(one, { customer: customer.id })];
    endpoints.push(await createEndpoint(other, { customer: customer.id }));
    await tell(customer.id, 200);
    for (const endpoint of endpoints) {
      await eventually(async () => expect(await deliveriesOf(endpoint, '&state=delivered')).toHaveLength(200), {
        timeoutMs: 60_000,
      });
    }
    for (const receiver of [one, other]) {
      expect(numbersIn(receiver)).toEqual(upTo(200));
      expect(receiver.received.map(({ order }) => order).sort((first, last) => first - last)).toEqual(upTo(200));
    }
    const attempts = await Promise.all([webhooks, second].map(attemptsMadeBy));
    expect(Math.min(...attempts)).toBeGreaterThan(0);
  } finally {
    await second.signal('SIGTERM');
  }
});

async function attemptsMadeBy({ url }: ServiceProcess): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const lines = metrics.split('\n').filter((line) => line.startsWith('tollgate_webhooks_attempts_total'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describe('nothing is lost when', () => {
  it('webhooks are killed between any two of their steps, and Postgres meanwhile', { timeout: 180_000 }, async () => {
    const receiver = await receiverHere();
    const customer = await fixture.createCustomer();
    const endpoint = await createEndpoint(receiver, { customer: customer.id });
    await webhooks.signal('SIGTERM');
    await tell(customer.id, 100);
    // A fact is in the outbox still, or queued for its endpoints.
    await webhooks.runUntilKilledAt('messages-made');
    expect(await deliveriesOf(endpoint)).toEqual([]);
    await webhooks.runUntilKilledAt('claimed');
    await webhooks.runUntilKilledAt('sent@3');
    receiver.answer = () => ({ status: 200, delayMs: 50 });
    await webhooks.start();
    await eventually(async () => expect(receiver.ids().size).toBeGreaterThan(20), { timeoutMs: 2 * LEASE_MS });
    await fixture.postgres.kill('SIGKILL');
    await fixture.postgres.restart();
    await eventually(async () => expect(receiver.ids().size).toBe(100), { timeoutMs: 3 * LEASE_MS });
    await eventually(async () => expect(await deliveriesOf(endpoint, '&state=delivered')).toHaveLength(100), {
      timeoutMs: 2 * LEASE_MS,
    });
    expect(new Set(numbersIn(receiver))).toEqual(new Set(upTo(100)));
    // A copy is the same message: its receiver can tell.
    const bodies = new Map(receiver.received.map(({ id, body }) => [id, body]));
    expect(receiver.received.every(({ id, body }) => bodies.get(id) === body)).toBe(true);
    expect(new Set(receiver.received.map(({ order }) => order)).size).toBe(100);
  });

  it('an endpoint fails for days: it is disabled, and takes what waited once it is enabled', async () => {
    await webhooks.signal('SIGTERM');
    // Longer than it takes to hear of all five: what happens once it is disabled does not wait for it.
    await webhooks.start({ TOLLGATE_WEBHOOK_DISABLE_AFTER_SECONDS: '4' });
    const receiver = await receiverHere();
    const customer = await fixture.createCustomer();
    const endpoint = await createEndpoint(receiver, { customer: customer.id });
    receiver.answer = () => ({ status: 500 });
    await tell(customer.id, 5);
    await eventually(
      async () =>
        expect((await fixture.call('GET', `/v1/webhook-endpoints/${endpoint.id}`)).body).toMatchObject({
          enabled: false,
          disabled_reason: 'failing',
        }),
      { timeoutMs: 30_000 },
    );
    receiver.received.length = 0;
    receiver.answer = () => ({ status: 200 });
    await fixture.call('PATCH', `/v1/webhook-endpoints/${endpoint.id}`, { body: { enabled: true } });
    await eventually(async () => expect(receiver.ids().size).toBe(5), { timeoutMs: 20_000 });
  });
});

it('what is old goes, and endpoints are sealed anew while the secret that seals them is replaced', async () => {
  const receiver = await receiverHere();
  const customer = await fixture.createCustomer();
  const endpoint = await createEndpoint(receiver, { customer: customer.id, headers: { 'X-Door': 'open' } });
  await tell(customer.id, 2);
  const [last] = await eventually(
    async () => {
      const deliveries = await deliveriesOf(endpoint, '&state=delivered');
      expect(deliveries).toHaveLength(2);
      return deliveries;
    },
    { timeoutMs: 10_000 },
  );
  await runSql(
    fixture.postgres.url,
    "UPDATE webhook_messages SET created_at = now() - interval '31 days' WHERE id = $1",
    [last.message],
  );

  const before = `${fixture.env['TOLLGATE_ENCRYPTION_KEY']}`;
  const next = randomBytes(32).toString('hex');
  await webhooks.signal('SIGTERM');
  await webhooks.start({ TOLLGATE_ENCRYPTION_KEY: `${next},${before}` });
  await eventually(
    async () => {
      expect(await deliveriesOf(endpoint)).toHaveLength(1);
      const sealed = await runSql<{ mark: string }>(
        fixture.postgres.url,
        "SELECT DISTINCT encode(substr(sealed, 1, 8), 'hex') AS mark FROM webhook_endpoints WHERE sealed IS NOT NULL",
      );
      expect(sealed).toHaveLength(1);
    },
    { timeoutMs: 20_000 },
  );
  await webhooks.signal('SIGTERM');
  await webhooks.start({ TOLLGATE_ENCRYPTION_KEY: next });
  await tell(customer.id, 1);
  await eventually(async () => expect(receiver.received).toHaveLength(3), { timeoutMs: 10_000 });
  const [, , anew] = receiver.received;
  expect(anew?.headers).toMatchObject({ 'x-door': 'open' });
  expect(anew !== undefined && verifies(endpoint.secret, anew)).toBe(true);
});

// The life of a key as its holder feels it: rotated under traffic without one refusal, and everything that ends it or
// bounds it felt by two ingest processes within a second.

import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, startApiFixture } from '../contract/api/api-fixture.ts';
import { eventually } from '../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts';

/** What the promise allows. */
const FELT_WITHIN_MS = 1_000;
const SENDERS_PER_INGEST = 3;
const LATE_PROBES = 5;
const REDIS_DOWN_MS = 10_000;
/** Where it is felt too late, by how much shall be said. */
const FELT_AT_LAST_MS = 5_000;
const PROBE_PAUSE_MS = 50;

let fixture: ApiFixture;
let ingests: readonly ServiceProcess[];
beforeAll(async () => {
  // So that a request can say where it comes from, and no source is locked out for what another one did.
  fixture = await startApiFixture({ TOLLGATE_TRUSTED_PROXIES: '127.0.0.1' });
  const env = { ...fixture.env, TOLLGATE_ISSUER: fixture.api.url };
  ingests = await Promise.all([1, 2].map(() => createServiceProcess({ service: 'ingest', env })));
  await Promise.all(ingests.map((ingest) => ingest.start()));
});
afterAll(async () => {
  await Promise.all(ingests.map((ingest) => ingest.signal('SIGTERM')));
  await fixture.close();
});

interface Sent {
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  readonly status: number;
  /** The code of a refusal. */
  readonly code: string | undefined;
}

interface Sending {
  readonly secret: string;
  readonly from?: string;
  readonly event?: object;
}

async function send(ingest: ServiceProcess, { secret, from = anyAddress(), event = {} }: Sending): Promise<Sent> {
  const sentAtMs = Date.now();
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const res = await fetch(`${ingest.url}/v1/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json', 'X-Forwarded-For': from },
    body: JSON.stringify({ id: randomUUID(), type: 'llm.chat', provider: 'openai', model: 'gpt-4o', usage, ...event }),
    signal: AbortSignal.timeout(10_000),
  });
  const body = (await res.json()) as { readonly code?: string };
  return { sentAtMs, answeredAtMs: Date.now(), status: res.status, code: body.code };
}

async function exchange(keyId: string, secret: string): Promise<string> {
  const res = await fetch(`${fixture.api.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: keyId, client_secret: secret }),
    headers: { 'X-Forwarded-For': '198.51.100.8' },
    signal: AbortSignal.timeout(10_000),
  });
  const text = await res.text();
  if (!res.ok) throw new Error(`${res.status}: ${text}`);
  return String(JSON.parse(text).access_token);
}

function anyAddress(): string {
  return `198.51.${randomInt(256)}.${randomInt(256)}`;
}

async function createKey(fields: object = {}) {
  const customer = await fixture.createCustomer();
  const { id, secret } = await fixture.createKey({ customer: customer.id, scopes: ['usage:write'], ...fields });
  return { customerId: customer.id, id, secret };
}

it('a key is rotated under traffic with no refused request, and the old secret ends on the instant', async () => {
  const fields = {
    allowed_models: ['gpt-4o*'],
    allowed_ips: ['198.51.0.0/16', '203.0.113.0/24'],
    rate_limits: { requests_per_minute: 1_000_000, tokens_per_minute: null },
  };
  const { id, secret: old } = await createKey(fields);
  const before = (await fixture.call('GET', `/v1/keys/${id}`)).body;
  const holders = ingests.flatMap((ingest) =>
    Array.from({ length: SENDERS_PER_INGEST }, () => ({ ingest, secret: old })),
  );
  const answers: Sent[] = [];
  const tokenAnswers: Sent[] = [];
  let isOver = false;
  const traffic = holders.map(async (holder) => {
    while (!isOver) answers.push(await send(holder.ingest, { secret: holder.secret, from: '198.51.100.7' }));
  });
  // Exchanges the secret for an access token each time, and goes over to the new one with the first of the others.
  const tokenTraffic = (async () => {
    while (!isOver) {
      const token = await exchange(id, holders[0]?.secret ?? old);
      for (const ingest of ingests) tokenAnswers.push(await send(ingest, { secret: token, from: '198.51.100.8' }));
    }
  })();
  await eventually(async () => expect(answers.length).toBeGreaterThan(50), { timeoutMs: 20_000 });

  const rotated = (await fixture.call('POST', `/v1/keys/${id}/rotate`, { body: { grace_seconds: 4 } })).body;
  const endsAtMs = Date.parse(rotated.secrets[1].expires_at);
  // One after the other goes over to the new secret; the last one keeps the old one for most of the grace.
  for (const holder of holders) {
    holder.secret = rotated.secret;
    await pause(200);
  }
  const stillOld = await send(ingests[0] ?? expect.fail(), { secret: old, from: '203.0.113.7' });
  expect(stillOld.status).toBe(202);

  const probes = await Promise.all(ingests.map((ingest) => probeOver(endsAtMs, () => send(ingest, { secret: old }))));
  isOver = true;
  await Promise.all([...traffic, tokenTraffic]);

  expect(tokenAnswers.length).toBeGreaterThan(10);
  expect([...answers, ...tokenAnswers].filter(({ status }) => status !== 202)).toEqual([]);
  for (const sent of probes) {
    const early = sent.filter(({ answeredAtMs }) => answeredAtMs < endsAtMs);
    const late = sent.filter(({ sentAtMs }) => sentAtMs >= endsAtMs);
    expect(early.length).toBeGreaterThan(0);
    expect(early.filter(({ status }) => status !== 202)).toEqual([]);
    expect(late.filter(({ code }) => code !== 'invalid_token')).toEqual([]);
  }

  const {
    secrets,
    last_used_at: _at,
    last_used_from: _from,
    ...after
  } = (await fixture.call('GET', `/v1/keys/${id}`)).body;
  expect(before).toMatchObject(after);
  expect(secrets).toHaveLength(2);
});

/** Sends until some were sent after the instant, without a pause where it is near. */
async function probeOver(instantMs: number, attempt: () => Promise<Sent>): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (let lateCount = 0; lateCount < LATE_PROBES; ) {
    const probe = await attempt();
    sent.push(probe);
    if (probe.sentAtMs >= instantMs) lateCount += 1;
    if (Date.now() < instantMs - 500) await pause(50);
  }
  return sent;
}

it('use of the old secret in its grace is shown with where it comes from', async () => {
  const { id, secret: old } = await createKey();
  await fixture.call('POST', `/v1/keys/${id}/rotate`, { body: { grace_seconds: 600 } });
  for (const ingest of ingests) await send(ingest, { secret: old, from: '203.0.113.7' });
  await eventually(
    async () => {
      const { secrets } = (await fixture.call('GET', `/v1/keys/${id}`)).body;
      expect(secrets).toMatchObject([{ last_used_from: null }, { last_used_from: '203.0.113.7' }]);
    },
    { timeoutMs: 10_000 },
  );
});

describe('within a second both ingest processes feel', () => {
  const act = async (method: string, path: string, body?: object): Promise<void> => {
    const { status, text } = await fixture.call(method, path, body === undefined ? {} : { body });
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`);
  };

  /** Until every process answers so; resolves to the milliseconds after which the slowest began to. */
  async function felt(secret: string, code: string | undefined): Promise<number> {
    const actedAtMs = Date.now();
    const firstSentAtMs = await Promise.all(ingests.map((ingest) => firstSentToBeAnswered({ ingest, secret, code })));
    return Math.max(...firstSentAtMs) - actedAtMs;
  }

  it('everything that ends a key or bounds it, and its undoing', async () => {
    const { id, customerId, secret } = await createKey();
    const key = `/v1/keys/${id}`;
    const customer = `/v1/customers/${customerId}`;
    const acts: readonly (readonly [string, () => Promise<void>, string | undefined])[] = [
      ['disabled', () => act('POST', `${key}/disable`), 'key_disabled'],
      ['enabled', () => act('POST', `${key}/enable`), undefined],
      ['other scopes', () => act('PATCH', key, { scopes: ['usage:read'] }), 'insufficient_scope'],
      ['its scopes again', () => act('PATCH', key, { scopes: ['usage:write'] }), undefined],
      ['other addresses', () => act('PATCH', key, { allowed_ips: ['203.0.113.0/24'] }), 'ip_not_allowed'],
      ['all addresses', () => act('PATCH', key, { allowed_ips: null }), undefined],
      ['expired', () => act('PATCH', key, { expires_at: '2020-01-01T00:00:00Z' }), 'token_expired'],
      ['not expired', () => act('PATCH', key, { expires_at: null }), undefined],
      ['suspended', () => act('POST', `${customer}/suspend`, { reason: 'unpaid' }), 'customer_suspended'],
      ['resumed', () => act('POST', `${customer}/resume`), undefined],
      ['deleted', () => act('DELETE', key), 'invalid_token'],
    ];
    expect(await felt(secret, undefined)).toBeLessThan(5_000);
    for (const [name, run, code] of acts) {
      await run();
      const durationMs = await felt(secret, code);
      expect({ name, isInTime: durationMs < FELT_WITHIN_MS }).toEqual({ name, isInTime: true });
    }
  });

  it('a revocation while Redis is down, after it was down for ten seconds, and after their connections were cut', async () => {
    const [first, second, third] = [await createKey(), await createKey(), await createKey()];
    await Promise.all([first, second, third].map(({ secret }) => felt(secret, undefined)));
    const revoke = async ({ id, secret }: { readonly id: string; readonly secret: string }): Promise<number> => {
      // The api's own connections were cut, too: it answers 503, and asks to be tried again.
      await eventually(() => act('POST', `/v1/keys/${id}/disable`), { timeoutMs: 5_000 });
      return await felt(secret, 'key_disabled');
    };
    await fixture.redis.kill('SIGKILL');
    const downAtMs = Date.now();
    expect(await revoke(first)).toBeLessThan(FELT_WITHIN_MS);
    await pause(Math.max(0, downAtMs + REDIS_DOWN_MS - Date.now()));
    await fixture.redis.restart();
    expect(await revoke(second)).toBeLessThan(FELT_WITHIN_MS);
    await cutConnections();
    expect(await revoke(third)).toBeLessThan(FELT_WITHIN_MS);
  });

  it('nothing of it where an operator’s gateway reports usage that a key has had', async () => {
    const gateway = await fixture.createKey({ scopes: ['usage:write:any'] });
    const { id, customerId, secret } = await createKey();
    await act('POST', `/v1/customers/${customerId}/suspend`, { reason: 'unpaid' });
    await felt(secret, 'customer_suspended');
    await act('DELETE', `/v1/keys/${id}`);
    for (const event of [{ key: id }, { customer: customerId }]) {
      for (const ingest of ingests) expect((await send(ingest, { secret: gateway.secret, event })).status).toBe(202);
    }
  });
});

/**
 * When the first request that was answered so was sent. None waits for the one before it: what was admitted just before
 * may wait for a log that is away, for as long as ingest tries.
 */
async function firstSentToBeAnswered(asked: {
  readonly ingest: ServiceProcess;
  readonly secret: string;
  readonly code: string | undefined;
}): Promise<number> {
  const sending: Promise<unknown>[] = [];
  const answeredAsAsked: Sent[] = [];
  const deadlineMs = Date.now() + FELT_AT_LAST_MS;
  while (answeredAsAsked.length === 0) {
    if (Date.now() >= deadlineMs) throw new Error(`no request was answered with ${asked.code ?? 'success'}`);
    sending.push(send(asked.ingest, asked).then((sent) => sent.code === asked.code && answeredAsAsked.push(sent)));
    await pause(PROBE_PAUSE_MS);
  }
  await Promise.all(sending);
  return Math.min(...answeredAsAsked.map(({ sentAtMs }) => sentAtMs));
}

/** All connections of all processes to Postgres, with those by which they hear of changes. */
async function cutConnections(): Promise<void> {
  const client = new Client({ connectionString: fixture.postgres.url });
  await client.connect();
  try {
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'tollgate%' AND pid <> pg_backend_pid()",
    );
  } finally {
    await client.end();
  }
}

// Reports of leaked secrets over HTTP: the key is disabled everywhere, its owner is told, and a reporter learns nothing.

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeySecret } from '@tollgate/auth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import { runSql } from '../accounts/postgres-fixture.ts';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';

const github = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
let folder: string;
let fixture: ApiFixture;
let ingest: ServiceProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-github-'));
  const keysFile = join(folder, 'keys.json');
  const key = github.publicKey.export({ type: 'spki', format: 'pem' });
  await writeFile(keysFile, JSON.stringify({ public_keys: [{ key_identifier: 'k1', key, is_current: true }] }));
  fixture = await startApiFixture({
    TOLLGATE_GITHUB_KEYS_FILE: keysFile,
    TOLLGATE_TRUSTED_PROXIES: '127.0.0.1',
  });
  ingest = await createServiceProcess({ service: 'ingest', env: fixture.env });
  await ingest.start();
});
afterAll(async () => {
  await ingest?.signal('SIGTERM');
  await fixture?.close();
  await rm(folder, { recursive: true, force: true });
});

function report(body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return fixture.call('POST', '/v1/leaked-keys', { secret: null, body, headers });
}

async function createVictim() {
  const customer = await fixture.createCustomer();
  const key = await fixture.createKey({ customer: customer.id, scopes: ['usage:write', 'usage:read'] });
  return { ...key, customer: customer.id };
}

async function entriesOf(keyId: string) {
  return (await fixture.call('GET', `/v1/audit-log?action=key.leaked&subject=${keyId}`)).body.data;
}

function signed(body: unknown, privateKey = github.privateKey) {
  const text = JSON.stringify(body);
  return {
    text,
    headers: {
      'Github-Public-Key-Identifier': 'k1',
      'Github-Public-Key-Signature': sign('sha256', Buffer.from(text), privateKey).toString('base64'),
    },
  };
}

it('a known secret disables its key everywhere, is audited with who reported it, and told to the owner', async () => {
  const key = await createVictim();
  const use = () =>
    fetch(`${ingest.url}/v1/events`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key.secret}`, 'Content-Type': 'application/json' },
      body: '{}',
    });
  expect((await use()).status).toBe(422);
  const answer = await report(
    { secret: key.secret, source: 'pastebin', url: 'https://example.com/x' },
    { 'X-Forwarded-For': '203.0.113.9' },
  );
  expect(answer).toMatchObject({ status: 202, body: { received: 1 } });
  await eventually(async () => expect((await use()).status).toBe(403), { timeoutMs: 1_000 });

  expect((await fixture.call('GET', `/v1/keys/${key.id}`)).body).toMatchObject({
    enabled: false,
    disabled_reason: 'leaked',
  });
  const [entry, ...more] = await entriesOf(key.id);
  expect(more).toEqual([]);
  expect(entry).toMatchObject({
    actor: { key: null },
    customer: key.customer,
    origin: { address: '203.0.113.9' },
    before: { enabled: true },
    after: {
      enabled: false,
      reported: { source: 'pastebin', url: 'https://example.com/x', is_signed_by_github: false },
    },
  });
  const told = await runSql<{ customer_id: string; data: object }>(
    fixture.postgres.url,
    "SELECT customer_id, data FROM outbox WHERE type = 'key.leaked' AND data -> 'key' ->> 'id' = $1",
    [key.id],
  );
  expect(told).toMatchObject([{ customer_id: key.customer, data: { reported: { source: 'pastebin' } } }]);
  expect(JSON.stringify([entry, told, fixture.api.output()])).not.toContain(key.secret.slice(8, 30));

  // Once: a report that comes again changes nothing, and the key that is enabled again says no more that it leaked.
  await report({ secret: key.secret });
  expect(await entriesOf(key.id)).toHaveLength(1);
  const path = `/v1/keys/${key.id}`;
  for (const refused of [
    await fixture.call('POST', `${path}/enable`),
    await fixture.call('PATCH', path, { body: { enabled: true } }),
    await fixture.call('POST', `${path}/rotate`, { body: { grace_seconds: 60 } }),
  ]) {
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
  }
  const rotated = await fixture.call('POST', `${path}/rotate`);
  expect(rotated).toMatchObject({ status: 200, body: { enabled: false, disabled_reason: null } });
  const enabled = await fixture.call('POST', `${path}/enable`);
  expect(enabled.body).toMatchObject({ enabled: true, disabled_reason: null });
});

it('the answer is the same for a secret that is known, unknown, malformed, or no secret at all', async () => {
  const key = await createVictim();
  const secrets = [key.secret, generateKeySecret('live'), `${key.secret.slice(0, -1)}x`, 'hunter2'];
  const answers = await Promise.all(secrets.map((secret) => report({ secret })));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
});

it("GitHub's form is taken in one batch, signed or not; only a signed one is answered with labels", async () => {
  const [one, two] = [await createVictim(), await createVictim()];
  const unknown = generateKeySecret('live');
  const body = [one.secret, two.secret, unknown].map((token) => ({
    token,
    type: 'tollgate_api_key',
    url: 'https://github.com/octocat/x/blob/y',
    source: 'content',
  }));
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
  const forged = signed(body, other);
  expect(await report(forged.text, forged.headers)).toMatchObject({ status: 202, body: { received: 3 } });
  expect(await entriesOf(one.id)).toMatchObject([{ after: { reported: { is_signed_by_github: false } } }]);
  expect((await fixture.call('GET', `/v1/keys/${two.id}`)).body).toMatchObject({ disabled_reason: 'leaked' });

  const real = signed(body);
  const hashOf = (token: string) => createHash('sha256').update(token).digest('base64');
  const answer = await report(real.text, real.headers);
  expect(answer).toMatchObject({
    status: 200,
    body: [one.secret, two.secret, unknown].map((token, index) => ({
      token_hash: hashOf(token),
      token_type: 'tollgate_api_key',
      label: index === 2 ? 'false_positive' : 'true_positive',
    })),
  });
  const moved = signed(body);
  expect(await report(`${moved.text} `, moved.headers)).toMatchObject({ status: 202 });
});

it('a retired secret disables nothing; the old one in its grace still does', async () => {
  const [ended, inGrace] = [await createVictim(), await createVictim()];
  await fixture.call('POST', `/v1/keys/${ended.id}/rotate`, { body: { grace_seconds: 0 } });
  await fixture.call('POST', `/v1/keys/${inGrace.id}/rotate`, { body: { grace_seconds: 600 } });
  const real = signed([{ token: ended.secret }, { token: inGrace.secret }]);
  expect((await report(real.text, real.headers)).body).toMatchObject([
    { label: 'true_positive' },
    { label: 'true_positive' },
  ]);
  expect((await fixture.call('GET', `/v1/keys/${ended.id}`)).body).toMatchObject({ enabled: true });
  expect((await fixture.call('GET', `/v1/keys/${inGrace.id}`)).body).toMatchObject({ disabled_reason: 'leaked' });
});

it('is bounded in what it takes', async () => {
  const tooMany = Array.from({ length: 101 }, () => ({ token: 'x' }));
  for (const body of [
    {},
    [],
    tooMany,
    { secret: '' },
    { secret: 'x'.repeat(513) },
    [{ token: 1 }],
    { secret: 'x', a: 1 },
  ]) {
    expect(await report(body)).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  }
});

it('is limited by source, and no other source is held back by it', async () => {
  const from = { 'X-Forwarded-For': '203.0.113.50' };
  // Some more than a minute's worth may pass while Redis is slow to answer and the process decides by itself.
  let refused = await report({ secret: 'x' }, from);
  for (let round = 0; refused.status === 202 && round < 40; round += 1) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => report({ secret: 'x' }, from)));
    refused = answers.find(({ status }) => status !== 202) ?? refused;
  }
  expect(refused).toMatchObject(problemOf(429, 'rate_limited'));
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await report({ secret: 'x' }, { 'X-Forwarded-For': '203.0.113.51' })).toMatchObject({ status: 202 });
});

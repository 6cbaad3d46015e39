// How the api starts and stops: the first organization and key, configuration that is not usable, orderly ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createServiceProcess } from '../../support/service-process.ts';
import { runSql } from '../accounts/postgres-fixture.ts';
import { type ApiFixture, bodyOf, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
let folder: string;
beforeAll(async () => {
  fixture = await startApiFixture();
  folder = await mkdtemp(join(tmpdir(), 'tollgate-api-start-'));
});
afterAll(async () => {
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

const MAIN = fileURLToPath(new URL('../../../services/api/dist/main.js', import.meta.url));

/** The environment of another deployment: an empty database on the same server. */
async function newDeployment(name: string): Promise<Record<string, string>> {
  await runSql(fixture.postgres.url, `CREATE DATABASE ${name}`);
  const url = new URL(fixture.postgres.url);
  url.pathname = `/${name}`;
  return { ...fixture.env, DATABASE_URL: url.href, TOLLGATE_OPERATOR_KEY_FILE: join(folder, `${name}.key`) };
}

async function runToItsEnd(env: Record<string, string>): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, [MAIN], { env: { PORT: '0', ...env }, timeout: 30_000 });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, output: output + errors };
}

it('the first start makes one organization and one key, however many processes start at once', async () => {
  const env = await newDeployment('at_once');
  const processes = await Promise.all(Array.from({ length: 3 }, () => createServiceProcess({ service: 'api', env })));
  await Promise.all(processes.map((each) => each.start()));
  try {
    const path = join(folder, 'at_once.key');
    const secret = (await readFile(path, 'utf8')).trim();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((file) => file.startsWith('at_once'))).toEqual(['at_once.key']);
    for (const { url, output } of processes) {
      const headers = { Authorization: `Bearer ${secret}` };
      const organization = await bodyOf(await fetch(`${url}/v1/organization`, { headers }));
      expect(organization).toMatchObject({ name: 'My organization', currency: 'EUR', zone: 'Europe/Berlin' });
      const keys = await bodyOf(await fetch(`${url}/v1/keys`, { headers }));
      expect(keys.data).toMatchObject([{ name: 'Operator', customer: null, scopes: ['admin'] }]);
      expect(output()).not.toContain(secret);
    }
  } finally {
    await Promise.all(processes.map((each) => each.signal('SIGTERM')));
  }
});

it('a second start changes neither', async () => {
  const keys = async () => (await fixture.call('GET', '/v1/keys')).body.data.map(({ id }: { id: string }) => id);
  const before = await keys();
  await fixture.api.signal('SIGTERM');
  await fixture.api.start();
  expect(await keys()).toEqual(before);
});

it('an operator who lost every key gets one more for each label, whose making is in the audit log', async () => {
  const env = await newDeployment('lost');
  const api = await createServiceProcess({ service: 'api', env });
  const file = join(folder, 'lost.key');
  const secretAfterStart = async (label: string): Promise<string> => {
    await api.start(label === '' ? {} : { TOLLGATE_OPERATOR_KEY_RESET: label });
    await api.signal('SIGTERM');
    return (await readFile(file, 'utf8')).trim();
  };
  const first = await secretAfterStart('');
  const second = await secretAfterStart('2026-11-24');
  expect(await secretAfterStart('2026-11-24')).toBe(second);
  const third = await secretAfterStart('2026-11-25');
  expect(new Set([first, second, third]).size).toBe(3);
  await api.start();
  try {
    for (const secret of [first, second, third]) {
      const answer = await fetch(`${api.url}/v1/keys`, { headers: { Authorization: `Bearer ${secret}` } });
      expect((await bodyOf(answer)).data).toHaveLength(3);
    }
    const made = await runSql(
      env['DATABASE_URL'] ?? '',
      "SELECT actor_key_id, reason FROM audit_log WHERE action = 'key.created' ORDER BY sequence",
    );
    expect(made.slice(1)).toEqual([
      { actor_key_id: null, reason: 'TOLLGATE_OPERATOR_KEY_RESET=2026-11-24' },
      { actor_key_id: null, reason: 'TOLLGATE_OPERATOR_KEY_RESET=2026-11-25' },
    ]);
  } finally {
    await api.signal('SIGTERM');
  }
});

it('without a file for the key, the first start is refused with a sentence, and nothing is made', async () => {
  const { TOLLGATE_OPERATOR_KEY_FILE: _, ...env } = await newDeployment('no_file');
  const { code, output } = await runToItsEnd(env);
  expect([code, output]).toEqual([78, expect.stringContaining('Set TOLLGATE_OPERATOR_KEY_FILE to the path')]);
  expect(await runSql(env['DATABASE_URL'] ?? '', 'SELECT id FROM organization')).toEqual([]);
});

it('a file that cannot be written leaves no organization behind', async () => {
  const env = await newDeployment('no_folder');
  const { code } = await runToItsEnd({ ...env, TOLLGATE_OPERATOR_KEY_FILE: join(folder, 'none', 'key') });
  expect(code).toBe(1);
  expect(await runSql(env['DATABASE_URL'] ?? '', 'SELECT id FROM organization')).toEqual([]);
});

it('says all that is wrong with the configuration at once, without secrets', async () => {
  const { code, output } = await runToItsEnd({
    TOLLGATE_KEY_PEPPER: 'hunter2',
    TOLLGATE_ENCRYPTION_KEY: 'hunter2',
    DATABASE_URL: 'mysql://user:hunter2@x',
    TOLLGATE_ZONE: 'Mars',
  });
  expect(code).toBe(78);
  for (const name of [
    'TOLLGATE_KEY_PEPPER',
    'TOLLGATE_ENCRYPTION_KEY',
    'DATABASE_URL',
    'CLICKHOUSE_URL',
    'REDIS_URL',
  ]) {
    expect(output).toContain(name);
  }
  expect(output).not.toContain('hunter2');
});

it('SIGTERM lets a request that has begun end, and takes no other', async () => {
  const { port } = new URL(fixture.api.url);
  const body = JSON.stringify({ name: 'the last one' });
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${fixture.operatorKey}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  socket.write(body.slice(0, 5));
  const answer = text(socket);
  // The request has begun once the server has answered one that came after it on another connection.
  expect((await fixture.call('GET', '/v1/organization')).status).toBe(200);
  const ended = fixture.api.signal('SIGTERM');
  socket.write(body.slice(5));
  expect(await answer).toMatch(/^HTTP\/1\.1 201 Created[\s\S]*"name":"the last one"/);
  await ended;
  await expect(fetch(`${fixture.api.url}/healthz`)).rejects.toThrow();
  expect(fixture.api.output()).toContain('"msg":"stopped"');
  await fixture.api.start();
});

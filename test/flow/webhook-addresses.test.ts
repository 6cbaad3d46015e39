// Nothing is ever sent to a private address: a trap listens at each of them, on the port of a receiver that is allowed, and
// no spelling, name, redirect or change of mind of a name server leads a packet to it. The URLs are put past the door.

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSql } from '../contract/accounts/postgres-fixture.ts';
import { type ApiFixture, startApiFixture } from '../contract/api/api-fixture.ts';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { eventually } from '../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

/** The one address that the operator lists. */
const LISTED = '127.0.0.2';
const TRAPS = ['127.0.0.1', '127.0.0.3', '127.1.2.3', '::1'];

/** Hosts of URLs: of this machine and of what is near it. */
const SPELLINGS = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.0.0.1.', '127.0.0.3', '127.1.2.3', '2130706433', '0x7f000001', '0x7f.1'],
  ...[
    '0X7F.0.0.1',
    '017700000001',
    '0177.0.0.1',
    '0177.0.0.01',
    '0177.0x0.0.1',
    '127.0.0.0x1',
    '00000177.1',
    '127。0。0。1',
  ],
  ...[
    '127｡0.0.1',
    '１２７.0.0.1',
    '①②⑦.0.0.1',
    '%31%32%37.0.0.1',
    '127.0.0.%31',
    '0',
    '0.0.0.0',
    '0x0',
    '000',
    '0.0.0.0.',
  ],
  ...[
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::0001]',
    '[0::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::FFFF:7F00:0001]',
  ],
  ...[
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[::ffff:0:127.0.0.1]',
    '[::ffff:0.0.0.0]',
    '[64:ff9b::127.0.0.1]',
  ],
  ...[
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[2001:db8::1]',
    '[fe80::1]',
    '[fc00::1]',
  ],
  ...[
    '[fd00:ec2::254]',
    '[ff02::1]',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'LocalHost',
    'api.localhost',
    'localhost.localdomain',
  ],
  ...['localh%6fst', 'ⓛocalhost', 'user@127.0.0.1', 'user:pass@localhost', '127.0.0.2@127.0.0.1'],
  ...[
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '2852039166',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
  ],
];

/** Names, and where they lead: each to somewhere that is not called, some beside somewhere that is. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'loopback.example': ['127.0.0.1'],
  'loopback-six.example': ['::1'],
  'mapped.example': ['::ffff:7f00:1'],
  'nat64.example': ['64:ff9b::7f00:1'],
  'six-to-four.example': ['2002:7f00:1::'],
  'zero.example': ['0.0.0.0'],
  'metadata.example': ['169.254.169.254'],
  'other-loopback.example': ['127.1.2.3'],
  'one-good-one-bad.example': [LISTED, '127.0.0.1'],
  'good-four-bad-six.example': [LISTED, '::1'],
  '127.0.0.1.nip.example': ['127.0.0.1'],
  'nowhere.example': [],
};

let fixture: ApiFixture;
let webhooks: ServiceProcess;
let dns: DnsServer;
let receiver: WebhookReceiver;
let folder: string;
const traps: Server[] = [];
const caught: string[] = [];
const certificates = new Map<string, { readonly cert: string; readonly key: string }>();

beforeAll(async () => {
  receiver = await startReceiver({ host: LISTED });
  for (const address of TRAPS) traps.push(await setTrap(address, receiver.port));
  dns = await startDnsServer();
  folder = await mkdtemp(join(tmpdir(), 'tollgate-webhooks-'));
  for (const name of ['hooks.example', 'another.example']) {
    const pair = await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      curve: 'P-256',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
      ],
    });
    certificates.set(name, { cert: pair.cert, key: pair.private });
  }
  const authorities = join(folder, 'authorities.pem');
  await writeFile(authorities, [...certificates.values()].map(({ cert }) => cert).join('\n'));
  fixture = await startApiFixture({
    TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: `${LISTED}/32`,
    TOLLGATE_WEBHOOK_HTTP: 'yes',
    TOLLGATE_WEBHOOK_PORTS: 'any',
    // Nobody is waited for here: a process that the machine leaves no time is not to take an answer for none.
    TOLLGATE_WEBHOOK_TIMEOUT_MS: '30000',
    TOLLGATE_WEBHOOK_RETRY_SECONDS: '0.3,0.3,600',
    TOLLGATE_WEBHOOK_DNS_SERVERS: dns.address,
    NODE_EXTRA_CA_CERTS: authorities,
  });
  webhooks = await createServiceProcess({ service: 'webhooks', env: fixture.env });
  await webhooks.start();
});
afterAll(async () => {
  if (webhooks?.isRunning()) await webhooks.signal('SIGTERM');
  await fixture?.close();
  await Promise.all([receiver?.close(), dns?.close(), ...traps.map((trap) => closed(trap))]);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function setTrap(address: string, port: number): Promise<Server> {
  const trap = createServer((socket) => {
    caught.push(`${address} from ${socket.remotePort}`);
    socket.destroy();
  });
  trap.listen(port, address);
  await once(trap, 'listening');
  return trap;
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** As if the URL had passed the door: the rules may have been wider when it was made. */
async function endpointAt(url: string, customer: string): Promise<string> {
  const good = `http://${LISTED}:${receiver.port}/`;
  const answer = await fixture.call('POST', '/v1/webhook-endpoints', { body: { url: good, customer } });
  expect(answer.status, answer.text).toBe(201);
  await runSql(fixture.postgres.url, 'UPDATE webhook_endpoints SET url = $2 WHERE id = $1', [answer.body.id, url]);
  return answer.body.id;
}

async function testSend(endpoint: string): Promise<string> {
  const answer = await fixture.call('POST', `/v1/webhook-endpoints/${endpoint}/test`);
  expect(answer.status, answer.text).toBe(202);
  return answer.body.id;
}

async function attemptsOf(delivery: string, count: number) {
  return await eventually(
    async () => {
      const { body } = await fixture.call('GET', `/v1/webhook-deliveries/${delivery}`);
      expect(body.attempts.length).toBeGreaterThanOrEqual(count);
      return body.attempts;
    },
    { timeoutMs: 60_000 },
  );
}

/** Sends to each URL twice, and gives how the attempts ended. */
async function outcomesOf(urls: readonly string[]): Promise<ReadonlySet<string>> {
  const outcomes = new Set<string>();
  const perCustomer = 40;
  for (let start = 0; start < urls.length; start += perCustomer) {
    const customer = await fixture.createCustomer();
    // One after the other: each waits for the one before it anyway, and on a busy machine forty at once wait for too long.
    const deliveries: string[] = [];
    for (const url of urls.slice(start, start + perCustomer)) {
      deliveries.push(await testSend(await endpointAt(url, customer.id)));
    }
    for (const delivery of deliveries) {
      for (const { status, error } of await attemptsOf(delivery, 2)) outcomes.add(`${status ?? error}`);
    }
  }
  return outcomes;
}

describe('nothing reaches a private address', () => {
  it('in any spelling', { timeout: 180_000 }, async () => {
    expect(new Set(SPELLINGS).size).toBeGreaterThanOrEqual(60);
    dns.answer = ({ type }) => (type === 'A' ? ['127.0.0.1'] : ['::1']);
    const before = receiver.received.length;
    const urls = SPELLINGS.map((host) => `http://${host}:${receiver.port}/`);
    const outcomes = await outcomesOf(urls);
    for (const outcome of outcomes) expect(['forbidden_url', 'forbidden_address']).toContain(outcome);
    expect(caught).toEqual([]);
    expect(receiver.received.length).toBe(before);
  });

  it('by a name that leads there, alone or beside another address', async () => {
    dns.answer = ({ name, type }) =>
      (NAMES[name] ?? []).filter((address) => address.includes(':') === (type === 'AAAA'));
    const outcomes = await outcomesOf(Object.keys(NAMES).map((name) => `http://${name}:${receiver.port}/`));
    expect(outcomes).toEqual(new Set(['forbidden_address', 'name_not_resolved']));
    expect(caught).toEqual([]);
  });

  it('by a name that changes its mind between one look-up and the next', async () => {
    const asked: number[] = [];
    dns.answer = ({ type, count }) => {
      if (type === 'AAAA') return [];
      asked.push(count);
      return [count % 2 === 0 ? LISTED : '127.0.0.1'];
    };
    // So that each message takes a connection of its own, and a look-up.
    receiver.answer = () => ({ status: 200, headers: { Connection: 'close' } });
    const customer = await fixture.createCustomer();
    const endpoint = await endpointAt(`http://rebinding.example:${receiver.port}/`, customer.id);
    const before = receiver.received.length;
    const outcomes = new Set<string>();
    for (let turn = 0; turn < 10; turn += 1) {
      for (const { status, error } of await attemptsOf(await testSend(endpoint), 1)) outcomes.add(`${status ?? error}`);
    }
    expect(outcomes).toEqual(new Set(['200', 'forbidden_address']));
    expect(receiver.received.length - before).toBeGreaterThanOrEqual(5);
    expect(asked.length).toBeGreaterThanOrEqual(10);
    expect(caught).toEqual([]);
  });

  it('by a redirect', async () => {
    const customer = await fixture.createCustomer();
    const endpoint = await endpointAt(`http://${LISTED}:${receiver.port}/`, customer.id);
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.answer = () => ({ status, headers: { Location: `http://127.0.0.1:${receiver.port}/` } });
      const [attempt] = await attemptsOf(await testSend(endpoint), 1);
      expect(attempt).toMatchObject({ status, error: null });
    }
    expect(caught).toEqual([]);
    receiver.answer = () => ({ status: 200 });
  });

  it('and the traps do catch', async () => {
    await fetch(`http://127.0.0.1:${receiver.port}/`).catch(() => undefined);
    expect(caught).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('of any length is an answer: its body is neither read to its end nor kept', async () => {
    const customer = await fixture.createCustomer();
    const endpoint = await endpointAt(`http://${LISTED}:${receiver.port}/`, customer.id);
    receiver.answer = () => ({ status: 200, body: 'x'.repeat(30_000_000) });
    const [attempt] = await attemptsOf(await testSend(endpoint), 1);
    expect(attempt).toMatchObject({ status: 200 });
    receiver.answer = () => ({ status: 200, headers: { 'X-Long': 'x'.repeat(20_000) } });
    const [long] = await attemptsOf(await testSend(endpoint), 1);
    expect(long).toMatchObject({ status: null, error: 'malformed_answer' });
    receiver.answer = () => ({ status: 200 });
  });
});

it('over TLS, the certificate must be of the name in the URL, though the address was looked up before', async () => {
  dns.answer = ({ type }) => (type === 'A' ? [LISTED] : []);
  const tls = certificates.get('hooks.example');
  if (tls === undefined) throw new Error('no certificate');
  const secure = await startReceiver({ host: LISTED, tls });
  try {
    const customer = await fixture.createCustomer();
    const good = await endpointAt(`https://hooks.example:${secure.port}/`, customer.id);
    const bad = await endpointAt(`https://another.example:${secure.port}/`, customer.id);
    expect(await attemptsOf(await testSend(good), 1)).toMatchObject([{ status: 200, error: null }]);
    expect(secure.received[0]?.headers['host']).toBe(`hooks.example:${secure.port}`);
    expect((await attemptsOf(await testSend(bad), 1))[0]).toMatchObject({ status: null, error: 'tls_failed' });
    expect(secure.received).toHaveLength(1);
  } finally {
    await secure.close();
  }
});

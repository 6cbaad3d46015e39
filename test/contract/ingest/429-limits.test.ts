// 429: a key over its rate, and a source that guesses. Neither is anybody else's trouble.

import { generateKeySecret } from '@tollgate/auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { ServiceProcess } from '../../support/service-process.ts';
import { expectProblem } from './problem.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

const FAILURES = 20;

let stand: Stand;
let other: ServiceProcess;
beforeAll(async () => {
  stand = await startStand({
    TOLLGATE_TRUSTED_PROXIES: '127.0.0.0/8',
    TOLLGATE_LOCKOUT_FAILURES: `${FAILURES}`,
    TOLLGATE_LOCKOUT_FORGIVEN_PER_MINUTE: '1',
  });
  other = await stand.startAnother();
});
afterAll(() => stand.close());

interface Sent {
  readonly secret?: string | null;
  readonly from?: string;
  readonly to?: ServiceProcess;
  readonly body?: unknown;
}

const send = ({ from, body = exampleEvent(), ...rest }: Sent = {}): Promise<Response> =>
  stand.post('/v1/events', { ...rest, body, headers: from === undefined ? {} : { 'x-forwarded-for': from } });

async function statusOf(sent: Sent): Promise<number> {
  const res = await send(sent);
  await res.arrayBuffer();
  return res.status;
}

async function guess(from: string, times: number, to?: ServiceProcess): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const secret = time % 2 === 0 ? generateKeySecret('live') : `tg_live_${'x'.repeat(36)}`;
    statuses.push(await statusOf({ secret, from, ...(to === undefined ? {} : { to }) }));
  }
  return statuses;
}

describe('a key with a rate', () => {
  it('is told how it stands on every answer, and refused over its rate by all processes together', async () => {
    const { customerId } = stand.key;
    const rateLimits = { requestsPerMinute: 6, tokensPerMinute: 1_000 };
    const { secret } = await stand.createKey({ customerId, scopes: ['usage:write'], rateLimits });
    const first = await send({ secret });
    expect([first.status, await first.text()]).toEqual([202, '{"accepted":1,"duplicates":0,"rejected":[]}']);
    expect(first.headers.get('ratelimit-policy')).toBe('"requests";q=6;w=60, "tokens";q=1000;w=60;qu="tokens"');
    expect(first.headers.get('ratelimit')).toBe('"requests";r=5;t=10, "tokens";r=1000;t=0');
    expect(first.headers.get('x-request-id')).toBeTruthy();

    const invalid = await send({ secret, body: { nothing: true }, to: other });
    expect(invalid.headers.get('ratelimit')).toMatch(/^"requests";r=4;t=\d+, /);
    await expectProblem(invalid, 'invalid_event');

    const answers = await Promise.all(
      [stand.ingest, other].flatMap((to) => Array.from({ length: 5 }, () => send({ secret, to }))),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(4);
    const refused = answers.find(({ status }) => status === 429);
    const retryAfter = Number(refused?.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(10);
    expect(refused?.headers.get('ratelimit')).toMatch(
      new RegExp(`^"requests";r=0;t=${retryAfter}, "tokens";r=1000;t=0$`),
    );
    if (refused !== undefined) await expectProblem(refused, 'rate_limited');
  });

  it('leaves other keys of the customer alone, which are told nothing', async () => {
    const res = await send();
    expect([res.status, res.headers.get('ratelimit'), res.headers.get('ratelimit-policy')]).toEqual([202, null, null]);
  });
});

describe('a source that guesses', () => {
  it('is locked out by all processes within a second, whatever it sends, while the key works from elsewhere', async () => {
    const source = '203.0.113.1';
    expect(new Set(await guess(source, FAILURES))).toEqual(new Set([401]));
    const refused = await send({ from: source });
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    await expectProblem(refused, 'locked_out');
    const startedAtMs = Date.now();
    await eventually(async () => expect(await statusOf({ from: source, to: other })).toBe(429), { timeoutMs: 3_000 });
    expect(Date.now() - startedAtMs).toBeLessThan(1_000);
    expect(await statusOf({ from: '203.0.113.2' })).toBe(202);
    expect(await statusOf({ from: '203.0.113.2', to: other })).toBe(202);
    expect(await statusOf({})).toBe(202);
  });

  it('is a whole /64 of v6, and not the one beside it', async () => {
    await guess('2001:db8:0:1::1', FAILURES);
    expect(await statusOf({ from: '2001:db8:0:1:ffff::2' })).toBe(429);
    expect(await statusOf({ from: '2001:db8:0:2::1' })).toBe(202);
  });

  it('is what the proxy says, not what the sender says', async () => {
    // The sender names another victim each time; its own address is what the trusted proxy appended.
    for (let time = 0; time < FAILURES; time += 1) await guess(`198.51.100.${time}, 203.0.113.3`, 1);
    expect(await statusOf({ from: '192.0.2.99, 203.0.113.3' })).toBe(429);
    expect(await statusOf({ from: '198.51.100.1' })).toBe(202);
  });

  it('is not one whose requests are refused for another reason', async () => {
    const source = '203.0.113.4';
    const { secret } = await stand.createKey({ customerId: stand.key.customerId, scopes: ['usage:read'] });
    for (let time = 0; time < FAILURES; time += 1) {
      expect(await statusOf({ secret, from: source })).toBe(403);
      expect(await statusOf({ body: { nothing: true }, from: source })).toBe(422);
    }
    expect(await statusOf({ from: source })).toBe(202);
  });

  it('is counted', async () => {
    const metrics = await (await fetch(`${stand.ingest.url}/metrics`)).text();
    expect(Number(/^tollgate_locked_out_total\S* (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(2);
    expect(metrics).toMatch(/tollgate_ingest_refused_requests_total\{code="locked_out",service="ingest"\} \d+/);
  });
});

// The client on the real stack: nothing lost, nothing twice, whatever breaks in between; and its examples, on every runtime
// that it is written for.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createTollgate, LimitExceeded, type Tollgate } from '@tollgate/client';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiClient, createApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { MODEL_USAGE, type ModelApi, startModelApi, WORDS_BEFORE_BREAK } from '../support/model-api.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const TIMEOUT_MS = 180_000;
const COUNTED_WITHIN = { timeoutMs: 60_000 };
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = `${ROOT}packages/client/examples`;
const MODULES = `${ROOT}node_modules`;

interface CountedEvent {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly status: string;
  readonly tokens: Readonly<Record<string, number>>;
}

interface LimitFigures {
  readonly used: number | null;
  readonly held: number | null;
}

let stack: Stack;
let model: ModelApi;
let api: ApiClient;
beforeAll(async () => {
  const env = { TOLLGATE_LIMITS_TEND_EVERY_MS: '1000' };
  [stack, model] = await Promise.all([startStack({ log: 'redis-streams', env }), startModelApi()]);
  await stack.quotas[0].start();
  api = createApiClient(stack.api.url, stack.operatorKey);
}, TIMEOUT_MS);
afterAll(async () => {
  await model?.close();
  await stack?.close();
}, TIMEOUT_MS);

async function createCustomer(fields: object = {}) {
  const customer = await api.json<{ id: string }>(api.post('/v1/customers', { name: `test ${randomUUID()}` }));
  const scopes = ['usage:write', 'usage:read', 'limits:check'];
  const key = await api.json<{ secret: string }>(
    api.post('/v1/keys', { name: 'test', customer: customer.id, scopes, ...fields }),
  );
  return { customerId: customer.id, secret: key.secret };
}

interface Bench extends AsyncDisposable {
  readonly tollgate: Tollgate;
  /** In front of ingest. */
  readonly front: TcpProxy;
  readonly frontUrl: string;
  readonly secret: string;
  /** Sets a quota of requests for the customer; resolves to how it stands, asked at any time. */
  limitRequests(amount: number): Promise<() => Promise<LimitFigures>>;
  /** Once so many are counted, all of them; fails when usage has another number, or any is in another state. */
  events(count: number): Promise<readonly CountedEvent[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function createBench(): Promise<Bench> {
  const { customerId, secret } = await createCustomer();
  const front = await startTcpProxy();
  front.connectTo(Number(new URL(stack.ingest.url).port));
  const frontUrl = `http://127.0.0.1:${front.port}`;
  const tollgate = createTollgate({
    url: frontUrl,
    token: secret,
    reporter: { gatherMs: 5, retry: { firstMs: 20, maxMs: 200 } },
  });
  return {
    tollgate,
    front,
    frontUrl,
    secret,
    async limitRequests(amount) {
      const fields = { scope: { customer: customerId }, metric: 'requests', window: 'lifetime', amount, mode: 'block' };
      const { id } = await api.json<{ id: string }>(api.post('/v1/limits', fields));
      const read = () => api.json<LimitFigures>(api.get(`/v1/limits/${id}`));
      await eventually(async () => expect((await read()).used).not.toBeNull(), COUNTED_WITHIN);
      return read;
    },
    async events(count) {
      const list = async (state: string): Promise<readonly CountedEvent[]> => {
        const path = `/v1/events?customer=${customerId}&limit=1000&state=${state}`;
        return (await api.json<{ data: readonly CountedEvent[] }>(api.get(path))).data;
      };
      const counted = await eventually(async () => {
        const found = await list('counted');
        expect(found).toHaveLength(count);
        return found;
      }, COUNTED_WITHIN);
      for (const state of ['conflict', 'dead_lettered']) expect(await list(state)).toEqual([]);
      const query = new URLSearchParams({ ...periodNow(), bucket: 'day', customer: customerId });
      const usage = await api.json<{ data: readonly { events: number }[] }>(api.get(`/v1/usage?${query}`));
      expect(usage.data.reduce((sum, { events }) => sum + events, 0)).toBe(count);
      return counted;
    },
    async [Symbol.asyncDispose]() {
      await tollgate.close();
      await front.close();
    },
  };
}

/** Two days around now, so that midnight does not matter. */
function periodNow(): { readonly start: string; readonly end: string } {
  const dayMs = 24 * 60 * 60 * 1_000;
  const at = (offsetMs: number): string => new Date(Math.floor((Date.now() + offsetMs) / dayMs) * dayMs).toISOString();
  return { start: at(-dayMs), end: at(dayMs) };
}

function callModel(fields: object): Promise<Response> {
  return fetch(`${model.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-4o', ...fields }),
  });
}

const REQUEST = { provider: 'openai', model: 'gpt-4o', inputTokens: 9, maxOutputTokens: 100 };

it('a guarded call is counted exactly once though the answers to its report are lost', async () => {
  await using bench = await createBench();
  const { tollgate, front } = bench;
  front.loseAnswers(4, (sent) => sent.includes('POST /v1/events'));
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => tollgate.guard(REQUEST, async () => (await callModel({})).json())),
  );
  expect(answers).toHaveLength(20);
  expect(await tollgate.flush()).toBe(0);
  expect(front.answersLost()).toBe(4);
  const events = await bench.events(20);
  expect(events.map(({ tokens, status }) => ({ tokens, status }))).toEqual(
    Array(20).fill({ tokens: { input: 9, output: 100 }, status: 'completed' }),
  );
});

it('events that are reported while ingest is killed and started again are all counted, once', async () => {
  await using bench = await createBench();
  const { tollgate } = bench;
  const report = (count: number) =>
    Array.from({ length: count }, () =>
      tollgate.report({ type: 'llm.chat', provider: 'openai', model: 'gpt-4o', usage: MODEL_USAGE }),
    );
  const reports = report(300);
  await reports[0]?.durable;
  reports.push(...report(300));
  await stack.ingest.signal('SIGKILL');
  reports.push(...report(300));
  await stack.ingest.start();
  expect(await tollgate.flush({ timeoutMs: 30_000 })).toBe(0);
  const deliveries = await Promise.all(reports.map(({ durable }) => durable));
  expect(new Set(deliveries.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
  const events = await bench.events(900);
  expect(new Set(events.map(({ id }) => id))).toEqual(new Set(reports.map(({ id }) => id)));
});

describe('a stream', () => {
  const stream = { stream: true, stream_options: { include_usage: true } };
  const input = { messages: [{ role: 'user', content: 'Count.' }] };
  const ask = { provider: 'openai', model: 'gpt-4o', input, maxOutputTokens: 500 };

  it('that ends is reported by the usage at its end', async () => {
    await using bench = await createBench();
    const res = await bench.tollgate.guardStream(ask, () => callModel(stream));
    expect(await res.text()).toMatch(/\[DONE\]\n\n$/);
    await bench.tollgate.flush();
    expect(await bench.events(1)).toMatchObject([{ status: 'completed', tokens: { input: 9, output: 100 } }]);
  });

  it('that its reader leaves is reported as aborted, with what was produced', async () => {
    await using bench = await createBench();
    const { tollgate } = bench;
    const res = await tollgate.guardStream(ask, () => callModel(stream));
    const reader = res.body?.pipeThrough(new TextDecoderStream()).getReader() ?? expect.fail();
    let received = '';
    while (received.split('"content"').length - 1 < 20)
      received += (await reader.read()).value ?? expect.fail(received);
    await reader.cancel();
    await tollgate.flush();
    const [event] = await bench.events(1);
    expect(event).toMatchObject({
      status: 'aborted',
      tokens: { input: expect.any(Number), output: expect.any(Number) },
    });
    // What was on its way when the reader left may count as well.
    expect(event?.tokens['output']).toBeGreaterThanOrEqual(20);
    expect(event?.tokens['output']).toBeLessThan(100);
    expect(event?.tokens['input']).toBeGreaterThan(0);
  });

  it('that breaks is reported as aborted, with the input as the caller knows it', async () => {
    await using bench = await createBench();
    const res = await bench.tollgate.guardStream(REQUEST, () => callModel({ ...stream, model: 'breaks' }));
    await expect(res.text()).rejects.toThrow();
    await bench.tollgate.flush();
    const [event] = await bench.events(1);
    expect(event).toMatchObject({ status: 'aborted', tokens: { input: 9 } });
    // The digits have a space before them: two tokens of text at most, and one at least.
    expect(event?.tokens['output']).toBeGreaterThanOrEqual(WORDS_BEFORE_BREAK);
    expect(event?.tokens['output']).toBeLessThanOrEqual(2 * WORDS_BEFORE_BREAK);
  });
});

it('a call that fails gives its reservation back, one that succeeds settles it, and one too many is not made', async () => {
  await using bench = await createBench();
  const { tollgate } = bench;
  const readLimit = await bench.limitRequests(1);
  const failing = tollgate.guard(REQUEST, async () => {
    expect(await readLimit()).toMatchObject({ used: 0, held: 1 });
    const res = await callModel({ model: 'down' });
    if (!res.ok) throw new Error(`status ${res.status}`);
  });
  await expect(failing).rejects.toThrow('status 500');
  expect(await tollgate.flush()).toBe(0);
  expect(await readLimit()).toMatchObject({ used: 0, held: 0 });

  await tollgate.guard(REQUEST, async () => (await callModel({})).json());
  await tollgate.flush();
  await eventually(async () => expect(await readLimit()).toMatchObject({ used: 1, held: 0 }), COUNTED_WITHIN);
  const refused = await tollgate.guard(REQUEST, () => expect.fail('called')).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LimitExceeded);
  expect(refused).toMatchObject({ code: 'quota_exceeded', limit: { metric: 'requests', amount: 1, remaining: 0 } });
});

it('the rules of a key are felt by who asks for it, by their code', async () => {
  const { secret } = await createCustomer({
    allowed_models: ['gpt-4o'],
    allowed_ips: ['203.0.113.0/24', '127.0.0.1/32'],
  });
  const tollgate = createTollgate({ url: stack.ingest.url, token: secret });
  const request = { ...REQUEST, ip: '203.0.113.7' };
  const decision = await tollgate.authorize(request);
  expect(decision).toMatchObject({ allowed: true, reservation: expect.stringMatching(/^res_/), limits: [] });
  if (decision.allowed) await tollgate.release(decision.reservation);
  expect(await tollgate.authorize({ ...request, model: 'gpt-3.5' })).toMatchObject({ code: 'model_not_allowed' });
  expect(await tollgate.authorize({ ...request, ip: '198.51.100.7' })).toMatchObject({ code: 'ip_not_allowed' });
  await expect(tollgate.authorize({ ...request, ttlSeconds: 1 })).rejects.toMatchObject({
    code: 'validation_failed',
    errors: [{ pointer: '/ttl_seconds' }],
  });
  await tollgate.close();
});

/** How each runtime starts a program. */
const RUNTIMES = {
  node: [process.execPath],
  deno: [denoProgram(), 'run', '--allow-all', '--no-lock', '--node-modules-dir=manual'],
  bun: [bunProgram(), 'run'],
};

describe.each(Object.entries(RUNTIMES))('the examples run on %s', (_name, runtime) => {
  const start = (example: string, env: Readonly<Record<string, string>>) => {
    const [program = '', ...args] = runtime;
    const child = spawn(program, [...args, `${EXAMPLES}/${example}`], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    return { child, errors: text(child.stderr) };
  };
  const run = async (example: string, env: Readonly<Record<string, string>>): Promise<string> => {
    const { child, errors } = start(example, env);
    const output = await text(child.stdout);
    expect(await errors).toBe('');
    return output;
  };

  it('and what they report is counted', async () => {
    await using bench = await createBench();
    const env = {
      TOLLGATE_URL: bench.frontUrl,
      TOLLGATE_KEY: bench.secret,
      OPENAI_URL: model.url,
      OPENAI_API_KEY: 'of the model',
    };
    expect(await run('first.mjs', env)).toBe('Good day.\n');
    expect(await run('stream.mjs', env)).toContain('[DONE]');
    expect(await run('stream.mjs', { ...env, WORDS_MAX: '20' })).not.toContain('[DONE]');
    expect(await run('report.mjs', env)).toBe('accepted\n');
    const events = await bench.events(6);
    const told = events.map(({ type, status }) => `${type} ${status}`).sort();
    expect(told).toEqual([
      ...['llm.chat aborted', 'llm.chat completed', 'llm.chat completed', 'llm.chat completed'],
      ...['pages.scanned completed', 'pages.scanned completed'],
    ]);
    await bench.limitRequests(4);
    expect(await run('first.mjs', env)).toMatch(/ There is room again: not known when\.\n$/);
  });

  it('and take webhooks that are signed, and no others', async () => {
    const secrets = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);
    const { child, errors } = start('webhook.mjs', { PORT: '0', WEBHOOK_SECRETS: secrets.join(' ') });
    const lines: AsyncIterator<Buffer> = child.stdout[Symbol.asyncIterator]();
    const line = async (): Promise<string> => String((await lines.next()).value ?? (await errors));
    const port = /^listening on (\d+)\n$/.exec(await line())?.[1];
    const body = JSON.stringify({
      type: 'quota.exceeded',
      timestamp: new Date().toISOString(),
      data: { limit: 'lim_1' },
    });
    const send = async (secret: string): Promise<number> => {
      const sentAt = new Date();
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': `${Math.floor(sentAt.getTime() / 1_000)}`,
        'webhook-signature': new Webhook(secret).sign('msg_1', sentAt, body),
      };
      return (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body })).status;
    };
    for (const secret of secrets) {
      expect(await send(secret)).toBe(204);
      expect(await line()).toBe('msg_1 quota.exceeded {"limit":"lim_1"}\n');
    }
    expect(await send(`whsec_${Buffer.alloc(32, 3).toString('base64')}`)).toBe(400);
    child.kill();
  });
});

it("the README's first example is the one that runs", async () => {
  const readme = await readFile(`${ROOT}packages/client/README.md`, 'utf8');
  const example = await readFile(`${EXAMPLES}/first.mjs`, 'utf8');
  expect(/```js\n([\s\S]*?)```/.exec(readme)?.[1]).toBe(example);
});

/** The platform's own program: what stands before it in the packages would have to be killed with it. */
function denoProgram(): string {
  return programOf(readdirSync(`${MODULES}/@deno`).map((name) => `@deno/${name}/deno`));
}

/** Its package moves it when the scripts of packages run at their installation. */
function bunProgram(): string {
  return programOf([...readdirSync(`${MODULES}/@oven`).map((name) => `@oven/${name}/bin/bun`), 'bun/bin/bun.exe']);
}

function programOf(paths: readonly string[]): string {
  const programs = paths.map((path) => `${MODULES}/${path}`);
  return programs.find((program) => existsSync(program)) ?? expect.fail(`none of ${paths.join(', ')} is installed`);
}

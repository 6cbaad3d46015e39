// What the api answers about usage that went the whole way: through ingest, the log and the counter.
// One file, though long: its cases share one stack and what was sent into it.

import { type AcceptedRecord, encodeRecord } from '@tollgate/domain';
import { createRedisLog } from '@tollgate/event-log';
import { createLogger } from '@tollgate/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCustomer, type TestCustomer } from '../../support/customer.ts';
import { eventually } from '../../support/eventually.ts';
import { type Stack, startStack } from '../../support/stack.ts';
import { expectDocumented, type OpenApiDocument } from './openapi.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
type Body = any;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Noon in UTC some days ago: inside what is accepted, and away from every bucket's edge. */
const DAY = Math.floor((Date.now() - 5 * DAY_MS) / DAY_MS) * DAY_MS;
const at = (hours: number): string => new Date(DAY + hours * HOUR_MS).toISOString();
const PERIOD = `start=${at(0)}&end=${at(24)}`;

let stack: Stack;
let customer: TestCustomer;
let other: TestCustomer;
let own: (path: string) => Promise<Body>;
let operator: (path: string) => Promise<Body>;
let document: OpenApiDocument;

const reported = (id: string, hours: number, fields: object = {}) => ({
  id,
  time: at(hours),
  type: 'llm.chat',
  provider: 'openai',
  model: 'gpt-4o',
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  ...fields,
});

const EVENTS = [
  reported('a', 1, { metadata: { team: 'red' } }),
  reported('b', 1, { metadata: { team: '=cmd()' } }),
  reported('c', 13, { model: 'gpt-4o-mini', usage: { prompt_tokens: 100, completion_tokens: 1, total_tokens: 101 } }),
  reported('d', 23.5, { usage: undefined, input: { messages: [{ role: 'user', content: 'Call me Ishmael.' }] } }),
  reported('dead', 12, { usage: { prompt_tokens: -1, completion_tokens: 1 } }),
  reported('withdrawn', 12),
];

beforeAll(async () => {
  stack = await startStack({ log: 'redis-streams' });
  customer = await createTestCustomer(stack);
  other = await createTestCustomer(stack);
  const get = async (path: string, secret: string): Promise<Body> => {
    const res = await fetch(`${stack.api.url}${path}`, { headers: { Authorization: `Bearer ${secret}` } });
    const text = await res.text();
    if (res.status !== 200) throw new Error(`${path} answered ${res.status}: ${text}`);
    return res.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text;
  };
  own = (path) => get(path, customer.secret);
  operator = (path) => get(path, stack.operatorKey);
  document = await operator('/openapi.json');

  expect((await customer.ingest.post('/v1/events', EVENTS)).status).toBe(202);
  expect((await other.ingest.post('/v1/events', [reported('a', 2)])).status).toBe(202);
  await customer.ingest.post('/v1/events', [reported('a', 1, { metadata: { team: 'red' } }), reported('b', 1)]);
  await customer.ingest.post('/v1/events/void', [{ id: 'withdrawn', reason: 'sent by mistake' }]);
  await settled();
});
afterAll(() => stack.close());

/** Until everything that was accepted is in the answers. */
async function settled(): Promise<void> {
  const acceptedAtMs = Date.now();
  await eventually(
    async () => {
      const { data } = await operator(`/v1/events?${PERIOD}&customer=${customer.customerId}&state=voided`);
      expect(data).toHaveLength(1);
      const books = await operator(`/v1/books?${PERIOD}`);
      expect(books).toMatchObject({ in_flight: 0, balances: true });
      expect(Date.parse(books.as_of)).toBeGreaterThan(acceptedAtMs);
    },
    { timeoutMs: 60_000 },
  );
}

async function putDeadLetter(
  { redis, env }: Stack,
  letter: { readonly id: string; readonly value: Uint8Array },
): Promise<void> {
  const log = createRedisLog({
    url: redis.url,
    name: 'tollgate',
    partitionCount: Number(env['TOLLGATE_LOG_PARTITIONS']),
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  const deadLetters = log.deadLetters();
  await deadLetters.put([{ ...letter, code: 'invalid_usage', detail: 'Not known yet.', deadAtMs: Date.now() }]);
  await deadLetters.close();
}

describe('GET /v1/usage', () => {
  it('sums a period, the own customer only', async () => {
    const answer = await own(`/v1/usage?${PERIOD}`);
    expectDocumented(document, { operationId: 'getUsage', status: 200, body: answer });
    expect(answer.data).toEqual([
      {
        start: at(0),
        end: at(24),
        group: {},
        tokens: { input: 10 + 10 + 100 + 12, output: 5 + 5 + 1 },
        requests: 4,
        web_searches: 0,
        events: 4,
        // (32 × 2.50 + 10 × 10.00 of gpt-4o, 100 × 0.15 + 1 × 0.60 of gpt-4o-mini) / 1,000,000
        cost: '0.0001956',
        currency: 'USD',
        unpriced_events: 0,
      },
    ]);
    expect(answer.next_cursor).toBeNull();
    expect(Date.parse(answer.as_of)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('sums all customers for the operator, and one that is named', async () => {
    expect((await operator(`/v1/usage?${PERIOD}`)).data[0].events).toBe(5);
    expect((await operator(`/v1/usage?${PERIOD}&customer=${other.customerId}`)).data[0].events).toBe(1);
    const both = `customer=${other.customerId}&customer=${customer.customerId}`;
    const { data } = await operator(`/v1/usage?${PERIOD}&${both}&group_by=customer`);
    expect(new Map(data.map((row: Body) => [row.group.customer, row.events]))).toEqual(
      new Map([
        [customer.customerId, 4],
        [other.customerId, 1],
      ]),
    );
  });

  it('follows the calendar of the zone that is named', async () => {
    // 23:30 in UTC is the next day in Kolkata, whose days begin at half past six in the evening.
    const { data } = await own(`/v1/usage?start=${at(-24)}&end=${at(48)}&bucket=day&zone=Asia/Kolkata`);
    const rows = data.map((row: Body) => [row.start, row.end, row.events]).filter(([, , events]: Body) => events > 0);
    expect(rows).toEqual([
      [at(-5.5), at(18.5), 3],
      [at(18.5), at(42.5), 1],
    ]);
  });

  it('groups, filters and pages', async () => {
    const groups = await own(`/v1/usage?${PERIOD}&group_by=model,metadata.team&bucket=hour`);
    expectDocumented(document, { operationId: 'getUsage', status: 200, body: groups });
    const pages: Body[] = [];
    let cursor = '';
    do {
      const page = await own(`/v1/usage?${PERIOD}&group_by=model&group_by=metadata.team&bucket=hour&limit=1${cursor}`);
      pages.push(...page.data);
      cursor = page.next_cursor === null ? '' : `&cursor=${encodeURIComponent(page.next_cursor)}`;
    } while (cursor !== '');
    expect(pages).toEqual(groups.data);
    expect(groups.data.length).toBeGreaterThan(2);
    const red = await own(`/v1/usage?${PERIOD}&metadata.team=red`);
    expect(red.data[0]).toMatchObject({ events: 1, tokens: { input: 10, output: 5 } });
    const models = await own(`/v1/usage?${PERIOD}&model=gpt-4o-mini&model=none`);
    expect(models.data[0]).toMatchObject({ events: 1, tokens: { input: 100, output: 1 } });
  });

  it('is CSV on request, by Accept or by parameter, safe to open in a spreadsheet', async () => {
    const res = await fetch(`${stack.api.url}/v1/usage?${PERIOD}&group_by=metadata.team`, {
      headers: { Authorization: `Bearer ${customer.secret}`, Accept: 'text/csv' },
    });
    const text = await res.text();
    expect(res.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(res.headers.get('x-as-of')).toMatch(/Z$/);
    expect(await own(`/v1/usage?${PERIOD}&group_by=metadata.team&format=csv`)).toBe(text);
    const [header, ...lines] = text.split('\r\n').filter((line) => line !== '');
    expect(header).toMatch(/^start,end,group\.metadata\.team,tokens\.input,.*,cost,currency,unpriced_events$/);
    expect(lines).toHaveLength(3);
    expect(lines.some((line) => line.includes(",'=cmd(),"))).toBe(true);
    for (const line of lines) expect(line.split(',')).toHaveLength(header?.split(',').length ?? 0);
  });
});

describe('GET /v1/events', () => {
  it('shows every copy with its state', async () => {
    const answer = await own(`/v1/events?${PERIOD}`);
    expectDocumented(document, { operationId: 'listEvents', status: 200, body: answer });
    const states = answer.data.map((event: Body) => `${event.id} ${event.state}`).sort();
    expect(states).toEqual([
      'a counted',
      'a duplicate',
      'b conflict',
      'b counted',
      'c counted',
      'd counted',
      'dead dead_lettered',
      'withdrawn voided',
    ]);
    expect((await own('/v1/events')).data).toEqual(answer.data);
    const counted = await own(`/v1/events?${PERIOD}&state=counted`);
    expect(counted.data.map(({ id }: Body) => id).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('says where the numbers of one come from', async () => {
    const fromText = await own('/v1/events/d');
    expectDocumented(document, { operationId: 'getEvent', status: 200, body: fromText });
    expect(fromText).toMatchObject({
      id: 'd',
      customer: customer.customerId,
      key: customer.keyId,
      state: 'counted',
      time: at(23.5),
      model: 'gpt-4o',
      tokens: { input: 12 },
      provenance: { input: 'counted' },
      rule: 'o200k_base',
      cost: '0.00003',
      copies: [{ state: 'counted' }],
    });
    const fromProvider = await operator(`/v1/events/b?customer=${customer.customerId}`);
    expect(fromProvider).toMatchObject({
      tokens: { input: 10, output: 5 },
      provenance: { input: 'reported', output: 'reported' },
      rule: 'openai.chat',
      copies: [{ state: 'counted' }, { state: 'conflict' }],
    });
  });

  it('keeps the customers apart', async () => {
    expect((await operator(`/v1/events/a?customer=${other.customerId}`)).time).toBe(at(2));
    expect((await own('/v1/events/a')).time).toBe(at(1));
  });
});

describe('GET /v1/books', () => {
  it('account for every acceptance exactly once', async () => {
    const answer = await own(`/v1/books?${PERIOD}`);
    expectDocumented(document, { operationId: 'getBooks', status: 200, body: answer });
    expect(answer).toMatchObject({
      accepted: 8,
      stored: 4,
      duplicate: 1,
      conflict: 1,
      dead_lettered: 1,
      voided: 1,
      in_flight: 0,
      in_flight_complete: true,
      missing_entries: 0,
      balances: true,
    });
  });

  it('count what the log holds and the counter has not come to, which is `accepted` until then', async () => {
    const counter = stack.counters[0];
    await counter.signal('SIGSTOP');
    try {
      const late = [reported('late-1', 40), reported('late-2', 41), reported('elsewhen', -40)];
      expect((await customer.ingest.post('/v1/events', late)).status).toBe(202);
      const books = await own(`/v1/books?start=${at(36)}&end=${at(48)}`);
      expect(books).toMatchObject({ accepted: 2, stored: 0, in_flight: 2, in_flight_complete: true, balances: true });
      const others = await operator(`/v1/books?start=${at(36)}&end=${at(48)}&customer=${other.customerId}`);
      expect(others).toMatchObject({ accepted: 0, in_flight: 0 });
      const event = await own('/v1/events/late-1');
      expectDocumented(document, { operationId: 'getEvent', status: 200, body: event });
      expect(event).toMatchObject({ id: 'late-1', state: 'accepted', key: customer.keyId, tokens: null, copies: [] });
    } finally {
      await counter.signal('SIGCONT');
    }
    await eventually(
      async () =>
        expect(await own(`/v1/books?start=${at(36)}&end=${at(48)}`)).toMatchObject({
          accepted: 2,
          stored: 2,
          in_flight: 0,
          balances: true,
        }),
      { timeoutMs: 30_000 },
    );
    expect(await own('/v1/events/late-1')).toMatchObject({ state: 'counted', tokens: { input: 10, output: 5 } });
  });
});

describe('dead letters', () => {
  it('are listed with their code, shown with their reason, and can be sent through again', async () => {
    const listed = await own(`/v1/dead-letters?${PERIOD}`);
    expectDocumented(document, { operationId: 'listDeadLetters', status: 200, body: listed });
    expect(listed.data).toMatchObject([{ event: 'dead', customer: customer.customerId, time: at(12) }]);
    const { id } = listed.data[0];
    const letter = await own(`/v1/dead-letters/${id}`);
    expectDocumented(document, { operationId: 'getDeadLetter', status: 200, body: letter });
    expect(letter).toMatchObject({
      id,
      event: 'dead',
      code: listed.data[0].code,
      detail: expect.stringMatching(/\.$/),
    });

    const url = `${stack.api.url}/v1/dead-letters/${id}`;
    const theirs = { Authorization: `Bearer ${other.secret}` };
    expect((await fetch(url, { headers: theirs })).status).toBe(404);
    expect((await fetch(`${url}/replay`, { method: 'POST', headers: theirs })).status).toBe(404);

    const res = await fetch(`${url}/replay`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${customer.secret}` },
    });
    const replayed = await res.json();
    expect([res.status, replayed]).toEqual([202, { id, state: 'accepted' }]);
    expectDocumented(document, { operationId: 'replayDeadLetter', status: 202, body: replayed });
    // The same acceptance once more, and still a dead letter: the books do not change.
    const replayedAtMs = Date.now();
    await eventually(
      async () => {
        const books = await own(`/v1/books?${PERIOD}`);
        expect(books).toMatchObject({ accepted: 8, dead_lettered: 1, in_flight: 0, balances: true });
        expect(Date.parse(books.as_of)).toBeGreaterThan(replayedAtMs);
      },
      { timeoutMs: 30_000 },
    );
  });

  it('count once they can be counted', async () => {
    const record: AcceptedRecord = {
      kind: 'event',
      customerId: customer.customerId,
      projectId: null,
      keyId: customer.keyId,
      reporterKeyId: customer.keyId,
      eventId: 'revived',
      timeMs: Date.parse(at(-50)),
      receivedAtMs: Date.now(),
      isReplay: false,
      body: Buffer.from(JSON.stringify(reported('revived', -50))),
    };
    // As a counter would have put it that could not read this shape of usage yet.
    await putDeadLetter(stack, { id: '1-0-4503599627370496', value: encodeRecord(record) });
    const replay = await fetch(`${stack.api.url}/v1/dead-letters/1-0-4503599627370496/replay`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${customer.secret}` },
    });
    expect(replay.status).toBe(202);
    await eventually(
      async () =>
        expect(await own('/v1/events/revived')).toMatchObject({
          state: 'counted',
          replay: true,
          time: at(-50),
          tokens: { input: 10, output: 5 },
        }),
      { timeoutMs: 30_000 },
    );
  });
});

describe('several dead letters', () => {
  const PLACE = `start=${at(60)}&end=${at(72)}`;
  const act = async (path: string, body: object, secret = other.secret): Promise<Body> => {
    const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
    const res = await fetch(`${stack.api.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: res.status, body: await res.json() };
  };

  it('are replayed at once and discarded at once, by whoever they are of, and the books say so', async () => {
    const broken = { usage: { prompt_tokens: -1, completion_tokens: 1 } };
    await other.ingest.post('/v1/events', [reported('dead-1', 61, broken), reported('dead-2', 62, broken)]);
    const list = async (query = ''): Promise<string[]> => {
      const path = `/v1/dead-letters?${PLACE}&customer=${other.customerId}${query}`;
      return (await operator(path)).data.map(({ id }: Body) => id);
    };
    const ids = await eventually(
      async () => {
        const found = await list();
        expect(found).toHaveLength(2);
        return found;
      },
      { timeoutMs: 30_000 },
    );
    expect([await list('&code=invalid_usage'), await list('&code=count_timeout')]).toEqual([ids, []]);

    const replay = await act('/v1/dead-letters/replay', { ids: [...ids, '1-0-77'] });
    expect(replay).toEqual({
      status: 202,
      body: {
        data: [...ids.map((id) => ({ id, state: 'accepted' })), { id: '1-0-77', state: 'not_found' }],
      },
    });
    expectDocumented(document, { operationId: 'replayDeadLetters', status: 202, body: replay.body });

    const strangers = await act('/v1/dead-letters/discard', { ids, reason: 'theirs' }, customer.secret);
    expect(strangers.body.data).toEqual(ids.map((id) => ({ id, state: 'not_found' })));
    const discard = await act('/v1/dead-letters/discard', { ids, reason: 'sent again under other ids' });
    expect(discard).toEqual({ status: 202, body: { data: ids.map((id) => ({ id, state: 'discarded' })) } });
    expectDocumented(document, { operationId: 'discardDeadLetters', status: 202, body: discard.body });
    await eventually(
      async () => {
        expect(await list()).toEqual([]);
        const books = await operator(`/v1/books?${PLACE}&customer=${other.customerId}`);
        expect(books).toMatchObject({ accepted: 2, dead_lettered: 0, voided: 2, in_flight: 0, balances: true });
        const entry = (await operator('/v1/audit-log?action=event.voided&limit=1')).data[0];
        expect(entry).toMatchObject({ customer: other.customerId, reason: 'sent again under other ids' });
      },
      { timeoutMs: 30_000 },
    );
  });

  it('whose event was counted meanwhile are not withdrawn by discarding them', async () => {
    const discard = await act(
      '/v1/dead-letters/discard',
      { ids: ['1-0-4503599627370496'], reason: 'too late' },
      customer.secret,
    );
    expect(discard.body.data).toEqual([{ id: '1-0-4503599627370496', state: 'counted' }]);
  });
});

describe('GET /v1/health', () => {
  it('tells the processes that run, with what their dependencies say, from services that nobody heard of', async () => {
    const health = await eventually(
      async () => {
        const answer = await operator('/v1/health');
        const states = Object.fromEntries(
          answer.services.map(({ service, processes }: Body) => [service, processes.map(({ state }: Body) => state)]),
        );
        expect(states).toEqual({
          ...{ ingest: ['ready'], api: ['ready'], counter: ['ready'] },
          ...{ quota: [], webhooks: [], billing: [] },
        });
        return answer;
      },
      { timeoutMs: 30_000 },
    );
    expectDocumented(document, { operationId: 'getHealth', status: 200, body: health });
    expect(health).toMatchObject({
      services: expect.arrayContaining([
        {
          service: 'counter',
          processes: [expect.objectContaining({ checks: expect.objectContaining({ log: true }) })],
        },
      ]),
      counting: { lag_entries: expect.any(Number), as_of: expect.any(String) },
      webhooks: { due: 0, failing_endpoints: 0, disabled_endpoints: 0 },
    });
  });
});

describe('the documents', () => {
  it('are open to all, without anything from elsewhere', async () => {
    for (const [path, type] of [
      ['/', 'text/html; charset=utf-8'],
      ['/docs', 'text/html; charset=utf-8'],
      ['/docs.css', 'text/css; charset=utf-8'],
      ['/openapi.json', 'application/json'],
    ] as const) {
      const res = await fetch(`${stack.api.url}${path}`);
      const text = await res.text();
      expect([path, res.status, res.headers.get('content-type')]).toEqual([path, 200, type]);
      expect(text).not.toMatch(/(?:src|href)="?https?:/);
      if (type.startsWith('text/html')) {
        const policy = res.headers.get('content-security-policy') ?? '';
        expect(policy).toMatch(/^default-src 'none'; (?:script-src 'self'; )?style-src 'self'(?: 'nonce-[\w-]+')?;/);
        // The dashboard's own scripts are files of ours; the documents have none.
        const scripts = text.match(/<script[^>]*>/g) ?? [];
        expect(scripts.every((tag) => path === '/' && tag.includes(' src="/assets/'))).toBe(true);
      }
    }
  });

  it('name every operation once, with parameters, answers and problems that resolve', async () => {
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const docs = await operator('/docs');
    for (const id of ids) expect(docs).toContain(`id="${id}"`);
    expect(
      JSON.stringify(document)
        .match(/"\$ref":"[^"]+"/g)
        ?.every((ref) => /schemas\/(?:Problem|OAuthError)"$/.test(ref)),
    ).toBe(true);
  });

  it('describe what the control plane answers', async () => {
    const page = await operator('/v1/keys?limit=2');
    expectDocumented(document, { operationId: 'listKeys', status: 200, body: page });
    expectDocumented(document, {
      operationId: 'getKey',
      status: 200,
      body: await operator(`/v1/keys/${customer.keyId}`),
    });
    expectDocumented(document, { operationId: 'listCustomers', status: 200, body: await operator('/v1/customers') });
    expectDocumented(document, { operationId: 'getOrganization', status: 200, body: await own('/v1/organization') });
  });
});

it('lists page without a gap', async () => {
  for (let made = 0; made < 5; made += 1) await customer.api.post('/v1/customers', { name: `page ${made}` });
  const all = (await operator('/v1/customers?limit=1000')).data.map(({ id }: Body) => id);
  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Body = await operator(`/v1/customers?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
    paged.push(...page.data.map(({ id }: Body) => id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  expect(paged).toEqual(all);
  expect(all.length).toBeGreaterThanOrEqual(7);
});

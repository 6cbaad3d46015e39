// Limits over HTTP: what they are, how they stand, who may change them, and what is written of it. Long, because all
// of it shares one set of servers.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, openAccounts } from '../accounts/postgres-fixture.ts';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';
import { type CountersStandIn, startCountersStandIn } from './counters-stand-in.ts';

let fixture: ApiFixture;
let standIn: CountersStandIn;
beforeAll(async () => {
  fixture = await startApiFixture();
  standIn = await startCountersStandIn(fixture);
});
afterAll(async () => {
  await standIn?.close();
  await fixture?.close();
});

const terms = { metric: 'tokens', window: 'day', amount: 10_000, mode: 'block' } as const;
const LIMIT_SCOPES = ['limits:read', 'limits:write', 'keys:read', 'keys:write'];

interface Tenant {
  readonly customer: string;
  /** Of the customer, with `limits:write`. */
  readonly secret: string;
  readonly keyId: string;
}

async function tenant(fields: object = {}): Promise<Tenant> {
  const { id: customer } = await fixture.createCustomer(fields);
  const { secret, id: keyId } = await fixture.createKey({ customer, scopes: LIMIT_SCOPES });
  return { customer, secret, keyId };
}

const create = (body: object, secret?: string) =>
  fixture.call('POST', '/v1/limits', { body, ...(secret === undefined ? {} : { secret }) });

async function made(body: object, secret?: string) {
  const answer = await create(body, secret);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

const idsOf = (answer: { readonly body: { readonly data: readonly { readonly id: string }[] } }) =>
  answer.body.data.map(({ id }) => id);

describe('a limit', () => {
  it('is answered with what was used of it before, once it is enforced', async () => {
    const { customer } = await tenant();
    standIn.usedOf.set(customer, 2_500n);
    const { status, body } = await create({ scope: { customer }, ...terms, model: 'gpt-4o*' });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        id: expect.stringMatching(/^lim_/),
        scope: { customer },
        customer,
        model: 'gpt-4o*',
        ...terms,
        thresholds: [50, 75, 90, 100],
        on_unavailable: 'closed',
        refuse_events: false,
        set_by: 'operator',
        counts_from: null,
        suspended_until: null,
        state: 'known',
        used: 2_500,
        held: 0,
        remaining: 7_500,
      },
    });
    // The customer's zone is the organization's.
    const berlin = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'medium' });
    expect([body.window_start, body.resets_at].map((time) => berlin.format(new Date(time)))).toEqual([
      '00:00:00',
      '00:00:00',
    ]);
    const seen = await fixture.call('GET', `/v1/limits/${body.id}`);
    expect({ ...seen.body, projected: null }).toEqual({ ...body, projected: null });
  });

  it('of money is decimal text to the last digit, and its numbers are too', async () => {
    const { customer } = await tenant();
    standIn.usedOf.set(customer, 12n);
    const body = await made({
      scope: { customer },
      metric: 'cost',
      window: 'lifetime',
      amount: '25.50',
      mode: 'block',
      on_unavailable: { open: '0.000000000001' },
    });
    expect(body).toMatchObject({
      amount: '25.5',
      on_unavailable: { open: '0.000000000001' },
      used: '0.000000000012',
      held: '0',
      remaining: '25.499999999988',
      window_start: null,
      resets_at: null,
    });
  });

  it('shows what reservations hold', async () => {
    const { customer } = await tenant();
    const { id } = await made({ scope: { customer }, ...terms, window: 'lifetime' });
    const limit = await limitOf(id);
    await standIn.counters.reserve(customer, {
      reservationId: newId('res'),
      ttlMs: 60_000,
      demands: [
        { limit, windowStartMs: 0, amount: limit.amount, quantity: 400n, mode: 'block', allowanceWhenUnknown: null },
      ],
    });
    expect((await fixture.call('GET', `/v1/limits/${id}`)).body).toMatchObject({
      used: 0,
      held: 400,
      remaining: 9_600,
    });
  });

  it('is `rebuilding` while nobody counts it, and its numbers are null', async () => {
    const { customer } = await tenant();
    standIn.pause();
    const startedMs = performance.now();
    const { status, body } = await create({ scope: { customer }, ...terms });
    standIn.resume();
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect({ status, body }).toMatchObject({
      ...{ status: 201, body: { state: 'rebuilding', used: null, held: null, remaining: null, projected: null } },
    });
  });

  it('made with an Idempotency-Key is made once', async () => {
    const { customer } = await tenant();
    const options = { body: { scope: { customer }, ...terms }, headers: { 'Idempotency-Key': newId('idem') } };
    const [first, second] = [
      await fixture.call('POST', '/v1/limits', options),
      await fixture.call('POST', '/v1/limits', options),
    ];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body.state).toBe('known');
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get('Idempotent-Replayed')).toBe('true');
    expect(idsOf(await fixture.call('GET', `/v1/limits?customer=${customer}`))).toEqual([first.body.id]);
  });

  it.each<[string, object, string]>([
    ['text for tokens', { amount: '10000' }, '/amount'],
    ['a number for money', { metric: 'cost', amount: 25 }, '/amount'],
    ['a fraction of a token', { amount: 0.5 }, '/amount'],
    ['an amount that loses digits', { amount: 2 ** 53 }, '/amount'],
    ['less than nothing', { amount: -1 }, '/amount'],
    ['a threshold past 1000 %', { thresholds: [1_001] }, '/thresholds/0'],
    ['an allowance past the amount', { on_unavailable: { open: 10_001 } }, '/on_unavailable/open'],
    ['a window that is none', { window: 'year' }, '/window'],
    ['a pattern that is none', { model: 'gpt 4o' }, '/model'],
    ['two scopes', { scope: { organization: true, customer: 'cus_01kasy5b0f0123456789abcdef' } }, '/scope'],
    ['a customer that is none', { scope: { customer: 'cus_01kasy5b0f0123456789abcdef' } }, '/scope/customer'],
    ['a key that is none', { scope: { key: 'key_01kasy5b0f0123456789abcdef' } }, '/scope/key'],
    ['a project that is none', { scope: { project: 'prj_01kasy5b0f0123456789abcdef' } }, '/scope/project'],
    ['another organization', { scope: { organization: 'org_01kasy5b0f0123456789abcdef' } }, '/scope/organization'],
    ['refusing events where nothing is refused', { mode: 'alert', refuse_events: true }, '/refuse_events'],
  ])('is refused with %s', async (_, change, pointer) => {
    const { status, body } = await create({ scope: { organization: true }, ...terms, ...change });
    expect({
      status,
      code: body.code,
      pointers: body.errors.map((error: { pointer: string }) => error.pointer),
    }).toEqual({ status: 422, code: 'validation_failed', pointers: expect.arrayContaining([pointer]) });
  });

  it("cannot be of a key of the operator, whose use is no customer's", async () => {
    const { id } = await fixture.createKey({ scopes: ['usage:write:any'] });
    expect(await create({ scope: { key: id }, ...terms })).toMatchObject(problemOf(422, 'validation_failed'));
  });
});

async function limitOf(id: string) {
  const accounts = openAccounts(fixture.postgres.url);
  try {
    const limit = await accounts.limit(id);
    if (limit === null) throw new Error(`${id} is not there`);
    return limit;
  } finally {
    await accounts.close();
  }
}

describe('a change', () => {
  it('of the amount leaves what is used, and what is left out stays', async () => {
    const { customer } = await tenant();
    standIn.usedOf.set(customer, 4_000n);
    const { id } = await made({ scope: { customer }, ...terms, refuse_events: true, on_unavailable: { open: 5 } });
    const patched = await fixture.call('PATCH', `/v1/limits/${id}`, { body: { amount: 5_000, thresholds: [120, 80] } });
    expect(patched).toMatchObject({
      status: 200,
      body: {
        ...{ amount: 5_000, used: 4_000, remaining: 1_000, thresholds: [80, 120], refuse_events: true },
        ...{ on_unavailable: { open: 5 }, model: null, mode: 'block' },
      },
    });
    const cleared = await fixture.call('PATCH', `/v1/limits/${id}`, {
      body: { on_unavailable: null, thresholds: [], mode: 'alert', refuse_events: null, model: 'o3*' },
    });
    expect(cleared.body).toMatchObject({ on_unavailable: 'closed', thresholds: [], mode: 'alert', model: 'o3*' });
    expect((await limitOf(id)).revision).toBe(3);
  });

  it.each([{ metric: 'cost' }, { window: 'day' }, { scope: { organization: true } }, { amount: null }, { mode: null }])(
    '%j is refused',
    async (body) => {
      const { customer } = await tenant();
      const { id } = await made({ scope: { customer }, ...terms });
      expect(await fixture.call('PATCH', `/v1/limits/${id}`, { body })).toMatchObject(
        problemOf(422, 'validation_failed'),
      );
    },
  );

  it('that leaves an allowance past the amount is refused', async () => {
    const { customer } = await tenant();
    const { id } = await made({ scope: { customer }, ...terms, on_unavailable: { open: 10_000 } });
    expect(await fixture.call('PATCH', `/v1/limits/${id}`, { body: { amount: 9_999 } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/on_unavailable/open' }] },
    });
  });

  it('back to nothing used is a reset, which a minute does not need', async () => {
    const { customer } = await tenant();
    standIn.usedOf.set(customer, 9_000n);
    const { id, window_start: windowStart } = await made({ scope: { customer }, ...terms });
    const reset = await fixture.call('POST', `/v1/limits/${id}/reset`, { body: { reason: 'a goodwill gesture' } });
    expect(reset).toMatchObject({
      status: 200,
      body: { used: 0, remaining: 10_000, counts_from: expect.any(String), window_start: windowStart },
    });
    expect((await fixture.call('GET', `/v1/limits/${id}`)).body).toMatchObject({ state: 'known', used: 0 });
    const minute = await made({ scope: { customer }, ...terms, window: 'minute' });
    expect(await fixture.call('POST', `/v1/limits/${minute.id}/reset`)).toMatchObject(problemOf(409, 'conflict'));
  });

  it('for a time is a suspension, until it ends or is ended', async () => {
    const { customer } = await tenant();
    const { id } = await made({ scope: { customer }, ...terms });
    const suspend = (body: object) => fixture.call('POST', `/v1/limits/${id}/suspend`, { body });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect(await suspend({ until })).toMatchObject({ status: 200, body: { suspended_until: until } });
    expect((await suspend({ for_seconds: 60 })).body.suspended_until < until).toBe(true);
    expect(await fixture.call('POST', `/v1/limits/${id}/resume`)).toMatchObject({
      status: 200,
      body: { suspended_until: null },
    });
    for (const body of [{}, { until, for_seconds: 1 }, { until: '2020-01-01T00:00:00Z' }, { for_seconds: 7_776_001 }]) {
      expect(await suspend(body)).toMatchObject(problemOf(422, 'validation_failed'));
    }
  });

  it('for good is a deletion', async () => {
    const { customer } = await tenant();
    const { id } = await made({ scope: { customer }, ...terms });
    expect((await fixture.call('DELETE', `/v1/limits/${id}`)).status).toBe(204);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/alerts'],
      ['POST', '/reset'],
    ] as const) {
      expect(await fixture.call(method, `/v1/limits/${id}${path}`)).toMatchObject(problemOf(404, 'not_found'));
    }
    expect(idsOf(await fixture.call('GET', `/v1/limits?customer=${customer}`))).toEqual([]);
  });

  it('is in the audit log with what was before and after, which the customer sees', async () => {
    const { customer, secret } = await tenant();
    const { id } = await made({ scope: { customer }, metric: 'cost', window: 'month', amount: '10', mode: 'block' });
    await fixture.call('PATCH', `/v1/limits/${id}`, { body: { amount: '20' } });
    await fixture.call('POST', `/v1/limits/${id}/suspend`, { body: { for_seconds: 60, reason: 'a launch' } });
    await fixture.call('POST', `/v1/limits/${id}/resume`);
    await fixture.call('POST', `/v1/limits/${id}/reset`);
    await fixture.call('DELETE', `/v1/limits/${id}`);
    const { body } = await fixture.call('GET', `/v1/audit-log?subject=${id}&order=oldest_first`, { secret });
    expect(body.data).toMatchObject([
      { action: 'limit.created', before: null, after: { id, amount: '10', set_by: 'operator' }, customer },
      { action: 'limit.updated', before: { amount: '10' }, after: { amount: '20' } },
      { action: 'limit.suspended', after: { suspended_until: expect.any(String) }, reason: 'a launch' },
      { action: 'limit.resumed', after: { suspended_until: null } },
      { action: 'limit.reset', before: { counts_from: null }, after: { counts_from: expect.any(String) } },
      { action: 'limit.deleted', before: { amount: '20' }, after: null },
    ]);
  });
});

describe('limits', () => {
  it('are listed a page at a time and by what they are of', async () => {
    const { customer, keyId } = await tenant();
    const { body: project } = await fixture.call('POST', '/v1/projects', { body: { name: 'A project', customer } });
    const ofCustomer = await made({ scope: { customer }, ...terms });
    const ofProject = await made({ scope: { project: project.id }, ...terms, metric: 'requests' });
    const ofKey = await made({ scope: { key: keyId }, ...terms });
    const list = async (query: string) => idsOf(await fixture.call('GET', `/v1/limits?${query}`));
    expect(await list(`customer=${customer}`)).toEqual([ofCustomer.id, ofProject.id, ofKey.id]);
    expect(await list(`customer=${customer}&scope=customer`)).toEqual([ofCustomer.id]);
    expect(await list(`customer=${customer}&metric=requests`)).toEqual([ofProject.id]);
    expect(await list(`project=${project.id}`)).toEqual([ofProject.id]);
    expect(await list(`key=${keyId}&scope=key`)).toEqual([ofKey.id]);
    expect((await fixture.call('GET', `/v1/limits?key=${keyId}&project=${project.id}`)).status).toBe(422);
    const page = await fixture.call('GET', `/v1/limits?customer=${customer}&limit=2`);
    expect(await list(`customer=${customer}&limit=2&cursor=${page.body.next_cursor}`)).toEqual([ofKey.id]);
  });

  it("of the organization are the operator's alone", async () => {
    const { secret } = await tenant();
    const { body: organization } = await fixture.call('GET', '/v1/organization');
    const limit = await made({ scope: { organization: true }, ...terms, window: 'month' });
    expect(limit).toMatchObject({ scope: { organization: organization.id }, customer: null, state: 'known' });
    expect(idsOf(await fixture.call('GET', '/v1/limits?scope=organization'))).toContain(limit.id);
    expect(await fixture.call('GET', `/v1/limits/${limit.id}`, { secret })).toMatchObject(problemOf(404, 'not_found'));
    expect(idsOf(await fixture.call('GET', '/v1/limits?scope=organization', { secret }))).toEqual([]);
    expect(await create({ scope: { organization: true }, ...terms }, secret)).toMatchObject(
      problemOf(403, 'customer_mismatch'),
    );
    await fixture.call('DELETE', `/v1/limits/${limit.id}`);
  });

  it('end with the key or project that they are of', async () => {
    const { customer } = await tenant();
    const key = await fixture.createKey({ customer });
    const { body: project } = await fixture.call('POST', '/v1/projects', { body: { name: 'A project', customer } });
    await made({ scope: { key: key.id }, ...terms });
    await made({ scope: { project: project.id }, ...terms });
    await fixture.call('DELETE', `/v1/keys/${key.id}`);
    await fixture.call('DELETE', `/v1/projects/${project.id}`);
    expect(idsOf(await fixture.call('GET', `/v1/limits?customer=${customer}`))).toEqual([]);
    const { body } = await fixture.call('GET', `/v1/audit-log?customer=${customer}&action=limit.deleted`);
    expect(body.data).toHaveLength(2);
  });

  it('are copied to keys, once', async () => {
    const { customer, keyId } = await tenant();
    const others = [await fixture.createKey({ customer }), await fixture.createKey({ customer })].map(({ id }) => id);
    const source = await made({ scope: { key: keyId }, ...terms, model: 'o3*', on_unavailable: { open: 7 } });
    const copy = () =>
      fixture.call('POST', `/v1/limits/${source.id}/copy`, { body: { keys: [...others, keyId].toReversed() } });
    const first = await copy();
    expect(first).toMatchObject({
      status: 201,
      body: {
        data: [
          { id: source.id },
          { scope: { key: others[1] }, ...terms, model: 'o3*', on_unavailable: { open: 7 }, state: 'known' },
          { scope: { key: others[0] } },
        ],
      },
    });
    expect(idsOf(await copy())).toEqual(idsOf(first));
    const none = { body: { keys: [...others, 'key_01kasy5b0f0123456789abcdef'] } };
    expect(await fixture.call('POST', `/v1/limits/${source.id}/copy`, none)).toMatchObject({
      ...{ status: 422, body: { errors: [{ pointer: '/keys/2' }] } },
    });
  });

  it('of money are not copied into another currency', async () => {
    const [euros, dollars] = [await tenant(), await tenant({ currency: 'USD' })];
    const cost = { metric: 'cost', window: 'month', amount: '10', mode: 'block' };
    const source = await made({ scope: { key: euros.keyId }, ...cost });
    expect(
      await fixture.call('POST', `/v1/limits/${source.id}/copy`, { body: { keys: [dollars.keyId] } }),
    ).toMatchObject(problemOf(409, 'conflict'));
  });

  it('say what they told, the newest first', async () => {
    const { customer, secret } = await tenant();
    const { id } = await made({ scope: { customer }, metric: 'cost', window: 'month', amount: '10', mode: 'block' });
    const accounts = openAccounts(fixture.postgres.url);
    const told = { limitId: id, revision: 1, windowStartMs: Date.UTC(2026, 10, 1), amount: 10n ** 13n };
    const atMs = Date.UTC(2026, 10, 20);
    await accounts.noteLimitAlert({ ...told, kind: 'threshold', threshold: 50, used: 5n * 10n ** 12n, atMs });
    await accounts.noteLimitAlert({
      ...told,
      kind: 'projected',
      threshold: 100,
      used: 6n * 10n ** 12n,
      atMs: atMs + 1,
    });
    await accounts.close();
    const first = await fixture.call('GET', `/v1/limits/${id}/alerts?limit=1`, { secret });
    expect(first.body.data).toEqual([
      {
        kind: 'projected',
        threshold: 100,
        window_start: '2026-11-01T00:00:00.000Z',
        used: '6',
        amount: '10',
        created_at: '2026-11-20T00:00:00.001Z',
      },
    ]);
    const second = await fixture.call('GET', `/v1/limits/${id}/alerts?limit=1&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ data: [{ kind: 'threshold', threshold: 50, used: '5' }], next_cursor: null });
    expect((await fixture.call('GET', `/v1/limits/${id}/alerts?cursor=1.2.3`)).status).toBe(422);
  });
});

describe("a customer's key", () => {
  it('sees what the operator set, and cannot change it', async () => {
    const { customer, secret, keyId } = await tenant();
    const { id } = await made({ scope: { customer }, ...terms });
    await made({ scope: { key: keyId }, ...terms });
    expect((await fixture.call('GET', '/v1/limits', { secret })).body.data).toHaveLength(2);
    for (const [method, path, body] of [
      ['PATCH', '', { amount: 20_000 }],
      ['POST', '/reset', {}],
      ['POST', '/suspend', { for_seconds: 60 }],
      ['POST', '/resume', {}],
      ['DELETE', '', undefined],
    ] as const) {
      const answer = await fixture.call(method, `/v1/limits/${id}${path}`, { secret, body });
      expect(answer).toMatchObject(problemOf(403, 'insufficient_scope'));
    }
    expect((await fixture.call('GET', `/v1/limits/${id}`)).body).toMatchObject({ amount: 10_000, set_by: 'operator' });
  });

  it('sets limits of its own beside them, and changes those', async () => {
    const { customer, secret } = await tenant();
    const key = await fixture.createKey({ customer });
    const { id } = await made({ scope: { key: key.id }, ...terms }, secret);
    expect(await fixture.call('PATCH', `/v1/limits/${id}`, { secret, body: { amount: 20_000 } })).toMatchObject({
      ...{ status: 200, body: { amount: 20_000, set_by: 'customer' } },
    });
    expect((await fixture.call('POST', `/v1/limits/${id}/reset`, { secret })).status).toBe(200);
    expect((await fixture.call('DELETE', `/v1/limits/${id}`, { secret })).status).toBe(204);
  });

  it('cannot loosen a limit of its own key', async () => {
    const { secret, keyId } = await tenant();
    const { id } = await made({ scope: { key: keyId }, ...terms }, secret);
    expect(await fixture.call('PATCH', `/v1/limits/${id}`, { secret, body: { amount: 20_000 } })).toMatchObject(
      problemOf(409, 'conflict'),
    );
  });

  it("reaches no other customer's keys, projects or limits", async () => {
    const [one, other] = [await tenant(), await tenant()];
    const { secret } = one;
    const { id } = await made({ scope: { customer: other.customer }, ...terms });
    expect(await fixture.call('GET', `/v1/limits/${id}`, { secret })).toMatchObject(problemOf(404, 'not_found'));
    expect(await fixture.call('DELETE', `/v1/limits/${id}`, { secret })).toMatchObject(problemOf(404, 'not_found'));
    expect(await create({ scope: { customer: other.customer }, ...terms }, secret)).toMatchObject(
      problemOf(403, 'customer_mismatch'),
    );
    expect(await create({ scope: { key: other.keyId }, ...terms }, secret)).toMatchObject({
      ...{ status: 422, body: { errors: [{ pointer: '/scope/key' }] } },
    });
    const own = await made({ scope: { customer: one.customer }, ...terms }, secret);
    expect(
      await fixture.call('POST', `/v1/limits/${own.id}/copy`, { secret, body: { keys: [other.keyId] } }),
    ).toMatchObject({ status: 422, body: { errors: [{ pointer: '/keys/0' }] } });
    expect(await fixture.call('GET', `/v1/limits?customer=${other.customer}`, { secret })).toMatchObject(
      problemOf(403, 'customer_mismatch'),
    );
  });

  it('needs `limits:read` to see and `limits:write` to change', async () => {
    const { customer } = await tenant();
    const reader = await fixture.createKey({ customer, scopes: ['limits:read'] });
    const { id } = await made({ scope: { customer }, ...terms });
    expect((await fixture.call('GET', `/v1/limits/${id}`, { secret: reader.secret })).status).toBe(200);
    expect(await create({ scope: { customer }, ...terms }, reader.secret)).toMatchObject(
      problemOf(403, 'insufficient_scope'),
    );
    const blind = await fixture.createKey({ customer, scopes: ['usage:read'] });
    expect(await fixture.call('GET', `/v1/limits/${id}`, { secret: blind.secret })).toMatchObject(
      problemOf(403, 'insufficient_scope'),
    );
  });

  it('makes 200 limits at most, which leaves the operator room for its own', async () => {
    const { customer, secret } = await tenant();
    const accounts = openAccounts(fixture.postgres.url);
    const limit = await limitOf((await made({ scope: { customer }, ...terms }, secret)).id);
    await accounts.transaction(async (records) => {
      for (let count = 1; count < 200; count += 1) await records.createLimit({ ...limit, id: newId('lim') });
    });
    await accounts.close();
    expect(await create({ scope: { customer }, ...terms }, secret)).toMatchObject(problemOf(409, 'conflict'));
    expect((await create({ scope: { customer }, ...terms })).status).toBe(201);
  });
});

describe('a default of limits', () => {
  const createDefault = (body: object, secret?: string) =>
    fixture.call('POST', '/v1/limit-defaults', { body, ...(secret === undefined ? {} : { secret }) });

  it('gives each key that is made from then on a limit of its own, enforced with the answer', async () => {
    const { customer, secret, keyId } = await tenant();
    const answer = await createDefault({ customer, ...terms, model: 'o3*', on_unavailable: { open: 3 } });
    expect(answer).toMatchObject({
      status: 201,
      body: { id: expect.stringMatching(/^lmd_/), customer, ...terms, model: 'o3*', set_by: 'operator' },
    });
    await createDefault({ ...terms, metric: 'requests' }, secret);
    const key = await fixture.createKey({ customer, scopes: ['limits:read'] }, secret);
    const listed = await fixture.call('GET', `/v1/limits?customer=${customer}`);
    // Both of one millisecond, so in either order.
    const byMetric = listed.body.data.toSorted((a: { metric: string }) => (a.metric === 'tokens' ? -1 : 1));
    expect(byMetric).toMatchObject([
      {
        scope: { key: key.id },
        ...terms,
        model: 'o3*',
        on_unavailable: { open: 3 },
        set_by: 'operator',
        state: 'known',
      },
      { scope: { key: key.id }, metric: 'requests', set_by: 'customer', state: 'known' },
    ]);
    expect(idsOf(await fixture.call('GET', `/v1/limits?key=${keyId}`))).toEqual([]);
  });

  it('is listed and deleted, and the limits it gave stay', async () => {
    const { customer, secret } = await tenant();
    const { body } = await createDefault({ customer, ...terms });
    const key = await fixture.createKey({ customer });
    expect((await fixture.call('GET', '/v1/limit-defaults', { secret })).body.data).toEqual([body]);
    const path = `/v1/limit-defaults/${body.id}`;
    expect(await fixture.call('DELETE', path, { secret })).toMatchObject(problemOf(403, 'insufficient_scope'));
    expect((await fixture.call('DELETE', path)).status).toBe(204);
    expect(await fixture.call('DELETE', path)).toMatchObject(problemOf(404, 'not_found'));
    expect(idsOf(await fixture.call('GET', `/v1/limits?key=${key.id}`))).toHaveLength(1);
    const log = await fixture.call('GET', `/v1/audit-log?subject=${body.id}`, { secret });
    expect(log.body.data).toMatchObject([{ action: 'limit_default.deleted' }, { action: 'limit_default.created' }]);
  });

  it('is one of ten at most, of a customer that is there', async () => {
    const { customer } = await tenant();
    for (let count = 0; count < 10; count += 1) await createDefault({ customer, ...terms });
    expect(await createDefault({ customer, ...terms })).toMatchObject(problemOf(409, 'conflict'));
    expect(await createDefault(terms)).toMatchObject(problemOf(422, 'validation_failed'));
    const other = await tenant();
    expect(await createDefault({ customer, ...terms }, other.secret)).toMatchObject(
      problemOf(403, 'customer_mismatch'),
    );
  });
});

describe("a customer's calendar", () => {
  it('is what it was made with, and moves with the windows that are under way', async () => {
    const { customer } = await tenant({ zone: 'UTC', billing_day: 31 });
    const path = `/v1/customers/${customer}`;
    expect((await fixture.call('GET', path)).body).toMatchObject({ zone: 'UTC', billing_day: 31 });
    const limit = await made({ scope: { customer }, ...terms, window: 'billing_period' });
    const moved = await fixture.call('PATCH', path, { body: { zone: 'Asia/Tokyo', billing_day: 15 } });
    expect(moved).toMatchObject({ status: 200, body: { zone: 'Asia/Tokyo', billing_day: 15 } });
    const { window_start, resets_at } = limit;
    expect((await fixture.call('GET', `/v1/limits/${limit.id}`)).body).toMatchObject({ window_start, resets_at });
    expect((await fixture.call('PATCH', path, { body: { name: 'Renamed' } })).body).toMatchObject({
      ...{ name: 'Renamed', zone: 'Asia/Tokyo', billing_day: 15 },
    });
    const { body } = await fixture.call('GET', `/v1/audit-log?subject=${customer}&action=customer.updated`);
    expect(body.data[1]).toMatchObject({ before: { billing_day: 31 }, after: { billing_day: 15 } });
    for (const change of [{ billing_day: 32 }, { billing_day: null }, { zone: '+02:00' }, { zone: null }]) {
      expect((await fixture.call('PATCH', path, { body: change })).status).toBe(422);
    }
  });

  it('moves a hundred times at most', async () => {
    const { customer } = await tenant();
    const accounts = openAccounts(fixture.postgres.url);
    for (let move = 0; move < 100; move += 1) {
      await accounts.changeCalendar(customer, { fromMs: Date.now() + move, zone: 'UTC', anchorDay: 1 });
    }
    await accounts.close();
    expect(await fixture.call('PATCH', `/v1/customers/${customer}`, { body: { billing_day: 2 } })).toMatchObject(
      problemOf(409, 'conflict'),
    );
  });
});

// The last one: Redis does not come back.
it('the limits are listed without their numbers, and changed, while their counters are away', async () => {
  const { customer } = await tenant();
  const { id } = await made({ scope: { customer }, ...terms });
  await fixture.redis.stop();
  const nothing = { state: 'unknown', used: null, held: null, remaining: null };
  expect(await fixture.call('GET', `/v1/limits?customer=${customer}`)).toMatchObject({
    ...{ status: 200, body: { data: [{ id, ...nothing, resets_at: expect.any(String) }] } },
  });
  expect(await fixture.call('PATCH', `/v1/limits/${id}`, { body: { amount: 7 } })).toMatchObject({
    ...{ status: 200, body: { amount: 7, ...nothing } },
  });
  expect(await create({ scope: { customer }, ...terms })).toMatchObject({ status: 201, body: nothing });
});

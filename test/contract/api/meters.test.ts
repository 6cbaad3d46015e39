// Meters: the operator's, made once and archived, and what they measured.

import { createClickHouseWarehouse, type Warehouse } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { positionAt, storeUsage, usageRow } from '../warehouse/rows.ts';
import { type ApiFixture, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
let warehouse: Warehouse;
beforeAll(async () => {
  fixture = await startApiFixture();
  warehouse = createClickHouseWarehouse({ url: fixture.clickhouse.url });
});
afterAll(async () => {
  await warehouse?.close();
  await fixture?.close();
});

const storage = {
  slug: 'storage',
  name: 'Storage',
  event_type: 'storage.measured',
  aggregation: 'sum',
  value_path: '$.gib',
  dimensions: { region: '$.place["region"]' },
};

async function customerKey(): Promise<{ readonly customerId: string; readonly secret: string }> {
  const { id } = await fixture.createCustomer();
  const key = await fixture.createKey({ name: 'k', customer: id, scopes: ['usage:read', 'billing:write'] });
  return { customerId: id, secret: key.secret };
}

it('is made once, listed, and archived without giving its slug away', async () => {
  const made = await fixture.call('POST', '/v1/meters', { body: storage });
  expect(made).toMatchObject({ status: 201, body: { ...storage, archived_at: null } });
  expect(await fixture.call('GET', '/v1/meters/storage')).toMatchObject({ status: 200, body: made.body });

  const count = { slug: 'jobs', name: 'Jobs', event_type: 'job', aggregation: 'count' };
  expect(await fixture.call('POST', '/v1/meters', { body: count })).toMatchObject({
    status: 201,
    body: { ...count, value_path: null, dimensions: {} },
  });
  const first = await fixture.call('GET', '/v1/meters?limit=1');
  expect(first.body.data.map(({ slug }: { slug: string }) => slug)).toEqual(['jobs']);
  const second = await fixture.call('GET', `/v1/meters?limit=1&cursor=${first.body.next_cursor}`);
  expect(second.body).toMatchObject({ data: [{ slug: 'storage' }], next_cursor: null });

  for (const _ of ['once', 'again']) expect((await fixture.call('DELETE', '/v1/meters/jobs')).status).toBe(204);
  expect((await fixture.call('GET', '/v1/meters/jobs')).body.archived_at).toMatch(/Z$/);
  expect(await fixture.call('POST', '/v1/meters', { body: count })).toMatchObject({
    ...{ status: 409, body: { code: 'conflict' } },
  });
});

describe('what is refused', () => {
  it.each([
    ['a path that is none', { value_path: '$..gib' }, '/value_path'],
    ['no path', { value_path: null }, '/value_path'],
    ['a path for a count', { aggregation: 'count' }, '/value_path'],
    ['a dimension that is none', { dimensions: { region: '$' } }, '/dimensions/region'],
    ['a dimension that every meter has', { dimensions: { customer: '$.c' } }, '/dimensions/customer'],
    ['an aggregation that is none', { aggregation: 'average' }, '/aggregation'],
    ['a slug that is none', { slug: 'No Slug' }, '/slug'],
  ])('%s', async (_, change, pointer) => {
    const { status, body } = await fixture.call('POST', '/v1/meters', {
      body: { ...storage, slug: 'refused', ...change },
    });
    expect({ status, code: body.code, pointer: body.errors[0].pointer }).toEqual({
      ...{ status: 422, code: 'validation_failed', pointer },
    });
  });

  it("a customer's key that would make or archive one", async () => {
    const { secret } = await customerKey();
    const refused = { status: 403, body: { code: 'customer_mismatch' } };
    const body = { ...storage, slug: 'mine' };
    expect(await fixture.call('POST', '/v1/meters', { secret, body })).toMatchObject(refused);
    expect(await fixture.call('DELETE', '/v1/meters/storage', { secret })).toMatchObject(refused);
  });
});

it('measures events that came before it, for each customer its own', async () => {
  const { customerId, secret } = await customerKey();
  const slug = `late-${customerId.slice(-6)}`;
  const timeMs = Date.now() - 60_000;
  const event = (offset: number, data: unknown, customer: string) =>
    usageRow({
      ...{
        position: positionAt(offset),
        customerId: customer,
        timeMs,
        type: 'storage.late',
        tokens: {},
        provenance: {},
      },
      data: JSON.stringify(data),
    });
  await storeUsage(warehouse, [
    event(1, { gib: '0.10', place: { region: 'eu' } }, customerId),
    event(2, { gib: 0.2, place: { region: 'us' } }, customerId),
    event(3, { gib: 'a lot', place: { region: 'us' } }, customerId),
    event(4, { gib: 5, place: { region: 'us' } }, 'cus_other'),
  ]);
  await fixture.call('POST', '/v1/meters', { body: { ...storage, slug, event_type: 'storage.late' } });

  const [start, end] = [timeMs - 1, timeMs + 1].map((instant) => new Date(instant).toISOString());
  const path = `/v1/meters/${slug}/usage?start=${start}&end=${end}`;
  expect((await fixture.call('GET', path, { secret })).body.data).toEqual([
    { start, end, group: {}, value: '0.3', events: 3, skipped: 1 },
  ]);
  const grouped = await fixture.call('GET', `${path}&group_by=customer,region`);
  expect(grouped.body.data).toMatchObject([
    { group: { customer: customerId, region: 'eu' }, value: '0.1', events: 1, skipped: 0 },
    { group: { customer: customerId, region: 'us' }, value: '0.2', events: 2, skipped: 1 },
    { group: { customer: 'cus_other', region: 'us' }, value: '5', events: 1, skipped: 0 },
  ]);
  expect(await fixture.call('GET', `${path}&group_by=colour`)).toMatchObject({
    ...{ status: 422, body: { code: 'validation_failed', errors: [{ pointer: 'group_by' }] } },
  });
  expect(await fixture.call('GET', `${path}&customer=cus_other`, { secret })).toMatchObject({
    ...{ status: 403, body: { code: 'customer_mismatch' } },
  });
  expect((await fixture.call('GET', path.replace(slug, 'none'))).status).toBe(404);
});

// Text made to stall a tokenizer: it ends within its deadline, and whatever is in other partitions does not wait for it.

import { setTimeout as pause } from 'node:timers/promises';
import { partitionKeyOf } from '@tollgate/domain';
import { partitionOf } from '@tollgate/event-log';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import {
  aroundNow,
  type CounterStand,
  logRecord,
  metricOf,
  onlyCopy,
  startCounterStand,
  uniqueId,
  usageOf,
} from './counter-stand.ts';

const START_TIMEOUT_MS = 120_000;
const MEGABYTE = 1_000_000;
/** Longer than the deadline and its grace, shorter than the lease on a partition. */
const STOPPED_MS = 9_000;

let stand: CounterStand;
beforeAll(async () => {
  stand = await startCounterStand({ log: 'redis-streams' });
}, START_TIMEOUT_MS);
afterAll(async () => stand?.close(), START_TIMEOUT_MS);

const reported = {
  type: 'llm.chat',
  model: 'gpt-4o',
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

function textEvent(content: string): Readonly<Record<string, unknown>> {
  return { type: 'llm.chat', model: 'gpt-4o', input: { messages: [{ role: 'user', content }] } };
}

it('a megabyte without a break is counted exactly, and delays nobody', { timeout: 60_000 }, async () => {
  const customerId = uniqueId('cus');
  // The poison lies in two of the partitions; the other two have reported usage and small texts alike.
  const partitionOfId = (id: string): number => partitionOf(partitionKeyOf(customerId, id), stand.partitionCount);
  const ids = Array.from({ length: 400 }, (_, n) => `event-${n}`);
  const poisoned = ids.filter((id) => partitionOfId(id) < 2);
  const free = ids.filter((id) => partitionOfId(id) >= 2).slice(0, 100);
  const hostile = ['a', ' ', '\n', '_', '中', '\u0301'].map((unit, index) => ({
    id: poisoned[index] ?? '',
    content: unit.repeat(MEGABYTE / Buffer.byteLength(unit)),
  }));
  await stand.writer.append(
    hostile.map(({ id, content }) => logRecord({ customerId, eventId: id, body: textEvent(content) })),
  );
  await stand.writer.append(
    free.map((id, n) => logRecord({ customerId, eventId: id, body: n % 2 === 0 ? reported : textEvent('Hi') })),
  );
  // tiktoken's own merge would hold them up for minutes.
  await eventually(async () => expect((await storedIds(customerId)).size).toBeGreaterThanOrEqual(free.length), {
    timeoutMs: 5_000,
  });

  const views = [];
  for (const { id } of hostile) {
    views.push(await eventually(() => onlyCopy(stand, customerId, id), { timeoutMs: 30_000 }));
  }
  expect(views.map(({ state }) => state)).toEqual(hostile.map(() => 'counted'));
  // A million of "a" are 125,000 tokens of eight; the message adds seven.
  expect(views[0]?.usage?.tokens['input']).toBe(125_007n);
  expect(await usageOf(stand, customerId)).toMatchObject({ events: BigInt(hostile.length + free.length) });
  expect(await metricOf(stand, 'tollgate_counter_workers_replaced_total')).toBe(0);
});

it('a text that takes longer than the deadline becomes a dead letter, and its neighbours count', async () => {
  const customerId = uniqueId('cus');
  await stand.counter.signal('SIGTERM');
  await stand.counter.start({ TOLLGATE_TEXT_DEADLINE_MS: '100' });
  const letters = Array.from({ length: 4 * MEGABYTE }, (_, n) => String.fromCharCode(97 + ((n * n * 31) % 26))).join(
    '',
  );
  await stand.writer.append([
    logRecord({ customerId, eventId: 'before', body: textEvent('Hi') }),
    logRecord({ customerId, eventId: 'slow', body: textEvent(letters) }),
    logRecord({ customerId, eventId: 'after', body: textEvent('Hi') }),
  ]);
  for (const id of ['before', 'after']) {
    expect((await eventually(() => onlyCopy(stand, customerId, id), { timeoutMs: 15_000 })).state).toBe('counted');
  }
  const { receipt, state } = await eventually(() => onlyCopy(stand, customerId, 'slow'), { timeoutMs: 15_000 });
  expect({ state, reason: receipt.reason }).toEqual({ state: 'dead_lettered', reason: 'count_timeout' });
});

it('a counter that was stopped in the middle of a text does not give it up when it goes on', {
  timeout: 60_000,
}, async () => {
  const customerId = uniqueId('cus');
  await stand.counter.signal('SIGTERM');
  await stand.counter.start({ TOLLGATE_TEXT_DEADLINE_MS: `${STOPPED_MS / 2}` });
  const ids = Array.from({ length: 8 }, (_, n) => `stopped-${n}`);
  await stand.writer.append(
    ids.map((eventId) => logRecord({ customerId, eventId, body: textEvent('a'.repeat(MEGABYTE / 2)) })),
  );
  await eventually(async () => expect(await metricOf(stand, 'tollgate_counter_texts_pending')).toBeGreaterThan(0), {
    timeoutMs: 15_000,
  });
  await stand.counter.signal('SIGSTOP');
  await pause(STOPPED_MS);
  await stand.counter.signal('SIGCONT');
  for (const id of ids) {
    expect((await eventually(() => onlyCopy(stand, customerId, id), { timeoutMs: 30_000 })).state).toBe('counted');
  }
});

async function storedIds(customerId: string): Promise<ReadonlySet<string>> {
  const { rows } = await stand.warehouse.events({ ...aroundNow(), customerId, limit: 1_000 });
  return new Set(rows.map(({ receipt }) => receipt.eventId));
}

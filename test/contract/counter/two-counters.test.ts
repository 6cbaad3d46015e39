// Text and tools made to stall a tokenizer, with two counters on Kafka: every event is counted, those behind it flow, and the
// group never rebalances, which is what a missed heartbeat would make it do.

import { setTimeout as pause } from 'node:timers/promises';
import { createTextCounter } from '@tollgate/tokenizer';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { ServiceProcess } from '../../support/service-process.ts';
import {
  aroundNow,
  type CounterStand,
  logRecord,
  metricOf,
  onlyCopy,
  startCounterStand,
  uniqueId,
} from './counter-stand.ts';

const START_TIMEOUT_MS = 120_000;
const MEGABYTE = 1_000_000;
const LARGEST = 5 * 1024 * 1024 - 1_000;
const NORMAL_EVENTS = 200;
const WATCH_MS = 50;
const RESIDENT_METRIC = 'process_resident_memory_bytes';
/** What a counter may come to at most with two text workers: see its README. */
const RESIDENT_BYTES_MAX = 1_536 * 1024 * 1024;

let stand: CounterStand;
let second: ServiceProcess;
let admin: Admin;

beforeAll(async () => {
  stand = await startCounterStand({
    log: 'kafka',
    env: { TOLLGATE_TEXT_WORKERS: '2', TOLLGATE_TEXT_DEADLINE_MS: '60000' },
  });
  second = await stand.startAnother();
  admin = new Kafka({ brokers: stand.logServer.url.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await eventually(async () => expect(await groupState()).toMatch(/^Stable \S+ \S+$/), { timeoutMs: 60_000 });
}, START_TIMEOUT_MS);

afterAll(async () => {
  await admin?.disconnect();
  await stand?.close();
}, START_TIMEOUT_MS);

const counters = (): readonly ServiceProcess[] => [stand.counter, second];

/** While members join or leave it is not `Stable`, for as long as the slowest takes to notice: a heartbeat's interval. */
async function groupState(): Promise<string> {
  const { groups } = await admin.describeGroups(['counter']);
  const [group] = groups;
  return [group?.state, ...(group?.members.map(({ memberId }) => memberId).sort() ?? [])].join(' ');
}

interface Watched {
  readonly groupStates: ReadonlySet<string>;
  readonly residentBytes: number;
}

/** Looks at the group and at what the counters hold in memory for as long as the work lasts. */
async function watching(work: () => Promise<void>): Promise<Watched> {
  const groupStates = new Set<string>();
  let residentBytes = 0;
  let isDone = false;
  const watch = async (): Promise<void> => {
    while (!isDone) {
      groupStates.add(await groupState());
      const resident = await Promise.all(counters().map((counter) => metricOf({ counter }, RESIDENT_METRIC)));
      residentBytes = Math.max(residentBytes, ...resident);
      await pause(WATCH_MS);
    }
  };
  const watched = watch();
  try {
    await work();
  } finally {
    isDone = true;
    await watched;
  }
  return { groupStates, residentBytes };
}

function chat(content: unknown, tools?: readonly unknown[]): Readonly<Record<string, unknown>> {
  return { type: 'llm.chat', model: 'gpt-4o', input: { messages: [{ role: 'user', content }], tools } };
}

function tool(parameters: unknown): readonly unknown[] {
  return [{ type: 'function', function: { name: 'f', description: 'A tool.', parameters } }];
}

function nested(depth: number): unknown {
  let schema: unknown = { type: 'string' };
  for (let level = 0; level < depth; level++) schema = { type: 'object', properties: { a: schema } };
  return schema;
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

const RUNS = ['a', ' ', '中', '^', '😀', '\u0301'].map((unit) => {
  const bytes = unit === '\u0301' ? MEGABYTE / 10 : MEGABYTE;
  return { name: `run of ${JSON.stringify(unit)}`, text: unit.repeat(bytes / Buffer.byteLength(unit)) };
});

const HOSTILE: readonly { readonly name: string; readonly body: Readonly<Record<string, unknown>> }[] = [
  ...RUNS.map(({ name, text }) => ({ name, body: chat(text) })),
  { name: 'the largest event of one letter', body: chat('a'.repeat(LARGEST)) },
  { name: 'the largest event of words', body: chat('word '.repeat(LARGEST / 5)) },
  { name: 'parts without end', body: chat(range(100_000).map(() => ({ type: 'text', text: 'a' }))) },
  { name: 'ten thousand properties', body: chat('Hi', tool({ type: 'object', properties: propertiesOf(10_000) })) },
  { name: 'an enum without end', body: chat('Hi', tool({ type: 'object', properties: { a: enumOf(100_000) } })) },
  { name: 'nesting', body: chat('Hi', tool(nested(900))) },
  {
    name: 'a schema that refers to itself',
    body: chat(
      'Hi',
      tool({ $ref: '#', type: 'object', properties: { a: { $ref: '#' } }, $defs: { a: { $ref: '#/$defs/a' } } }),
    ),
  },
];

function propertiesOf(count: number): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    range(count).map((n) => [`property_${n}`, { type: 'string', description: `Number ${n}.` }]),
  );
}

function enumOf(count: number): unknown {
  return { type: 'string', enum: range(count).map((n) => `value-${n}`) };
}

it('hostile events are counted, those behind them flow, and no partition changes hands', {
  timeout: 180_000,
}, async () => {
  const customerId = uniqueId('cus');
  const { groupStates, residentBytes } = await watching(async () => {
    await stand.writer.append(HOSTILE.map(({ body }, n) => logRecord({ customerId, eventId: `hostile-${n}`, body })));
    await stand.writer.append(
      range(NORMAL_EVENTS).map((n) => logRecord({ customerId, eventId: `normal-${n}`, body: chat(`Hello ${n}`) })),
    );
    await eventually(async () => expect(await statesOf(customerId)).toHaveLength(HOSTILE.length + NORMAL_EVENTS), {
      timeoutMs: 100_000,
    });
  });
  expect([...new Set(await statesOf(customerId))]).toEqual(['counted']);
  expect([...groupStates]).toHaveLength(1);
  expect(residentBytes).toBeLessThan(RESIDENT_BYTES_MAX);

  const counter = createTextCounter({ now: () => 0 });
  for (const [n, { text }] of RUNS.entries()) {
    const { usage } = await onlyCopy(stand, customerId, `hostile-${n}`);
    expect(usage?.tokens['input']).toBe(BigInt(counter.count(text, 'o200k_base', 1) + 7));
  }
  for (const each of counters()) {
    expect(await metricOf({ counter: each }, 'tollgate_counter_workers_replaced_total')).toBe(0);
    expect(await metricOf({ counter: each }, 'tollgate_counter_records_total')).toBeGreaterThan(0);
  }
});

async function statesOf(customerId: string): Promise<readonly string[]> {
  const { rows } = await stand.warehouse.events({ ...aroundNow(), customerId, limit: 1_000 });
  return rows.map(({ receipt, state }) => (state === 'counted' ? state : `${receipt.eventId}: ${receipt.reason}`));
}

// The counter: killed at each of its steps, stopped with what it holds, and sent back to the beginning.

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { createTestCustomer } from '../../support/customer.ts';
import { eventually } from '../../support/eventually.ts';
import { interrupt, isInsert, restart, restartAt } from '../acts.ts';
import type { FaultRow } from '../fault-row.ts';
import { finalize } from '../hold-all.ts';
import { rewindLog } from '../rewind.ts';
import { acknowledgedMore, type Scene, SETTLE_TIMEOUT_MS } from '../scene.ts';
import { countedEvents, readBooks } from '../verify.ts';

const STOPPED_MS = 90_000;
const REBALANCE_EVERY_MS = 5_000;
const REBALANCES = 6;

export const COUNTER_ROWS: readonly FaultRow[] = [
  {
    name: 'the counter killed before it stores',
    extent: 'pipe',
    fault: ({ stack }) => restartAt(stack.counters[0], 'counter.before_store@2'),
  },
  {
    name: 'the counter killed after it stored, before it settles',
    extent: 'pipe',
    fault: ({ stack }) => restartAt(stack.counters[0], 'counter.after_store@2'),
  },
  {
    name: 'the counter killed after it settled, before it commits',
    extent: 'whole',
    async fault({ stack }) {
      for (let round = 0; round < 3; round += 1) await restartAt(stack.counters[0], 'counter.after_settle@2');
    },
  },
  {
    name: 'the counter killed at any time',
    extent: 'pipe',
    async fault(scene) {
      for (let round = 0; round < 3; round += 1) {
        await acknowledgedMore(scene, 50);
        await restart(scene.stack.counters[0]);
      }
    },
  },
  {
    name: 'the consumer rewound to the beginning',
    extent: 'pipe',
    fault: ({ stack }) => rewind(stack),
  },
  {
    name: 'the consumer rewound to the beginning after the invoice is final',
    extent: 'whole',
    fault: (scene) => acknowledgedMore(scene, 100),
    async closing(scene, invoiceId) {
      await finalize(scene, invoiceId);
      const before = await readBooks(scene.customer);
      await rewind(scene.stack);
      await caughtUp(scene);
      expect(await readBooks(scene.customer)).toEqual(before);
    },
  },
  {
    name: 'a second counter that joins, and one that is stopped past its session and goes on',
    extent: 'pipe',
    async fault(scene) {
      const [first, second] = scene.stack.counters;
      await second.start();
      await first.signal('SIGSTOP');
      // All is counted only when the second has taken over what the first held.
      await countedMore(scene);
      await first.signal('SIGCONT');
      await countedMore(scene);
      await second.signal('SIGTERM');
    },
  },
  {
    name: 'a counter stopped for 90 seconds while it holds a batch, which another one counts',
    extent: 'whole',
    async fault(scene) {
      const { links, counters } = scene.stack;
      const [first, second] = counters;
      await interrupt(links.clickhouse, { matches: isInsert, act: () => first.signal('SIGSTOP') });
      const stoppedAtMs = Date.now();
      await second.start();
      await countedMore(scene);
      await pause(Math.max(0, stoppedAtMs + STOPPED_MS - Date.now()));
      await first.signal('SIGCONT');
      await countedMore(scene);
      await second.signal('SIGTERM');
    },
  },
  {
    name: 'counters that come and go every five seconds',
    extent: 'whole',
    async fault({ stack }) {
      const [, second] = stack.counters;
      for (let round = 0; round < REBALANCES; round += 1) {
        await second.start();
        await pause(REBALANCE_EVERY_MS);
        await second.signal(round % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
        await pause(REBALANCE_EVERY_MS);
      }
    },
  },
  {
    name: 'texts that are dear to count, and reports that cannot be counted',
    extent: 'whole',
    fault: (scene) => poison(scene),
  },
  {
    name: 'being asked for the books at any moment',
    extent: 'pipe',
    async fault({ traffic, customer }) {
      for (let look = 0; look < 20; look += 1) {
        const before = traffic.acknowledged;
        const books = await readBooks(customer);
        expect(books).toMatchObject({ balances: true, conflict: 0, missing_entries: 0 });
        expect(books.accepted).toBeGreaterThanOrEqual(before);
      }
    },
  },
];

async function rewind(stack: Scene['stack']): Promise<void> {
  await stack.counters[0].signal('SIGTERM');
  await rewindLog(stack);
  await stack.counters[0].start();
}

async function countedMore(scene: Scene): Promise<void> {
  await acknowledgedMore(scene, 100);
  const { acknowledged } = scene.traffic;
  await eventually(async () => expect(await countedEvents(scene.customer)).toBeGreaterThanOrEqual(acknowledged), {
    timeoutMs: SETTLE_TIMEOUT_MS,
  });
}

/** The counter has taken everything that is in the log. */
async function caughtUp({ stack }: Scene): Promise<void> {
  const [counter] = stack.counters;
  await eventually(
    async () => {
      const metrics = await (await fetch(`${counter.url}/metrics`)).text();
      const lags = [...metrics.matchAll(/^tollgate_counter_lag_entries\{[^}]*\} (\d+)/gm)].map(([, lag]) =>
        Number(lag),
      );
      expect(lags.length).toBeGreaterThan(0);
      expect(Math.max(...lags)).toBe(0);
    },
    { timeoutMs: SETTLE_TIMEOUT_MS },
  );
}

/** Of another customer, whose books show what cannot be counted. */
async function poison(scene: Scene): Promise<void> {
  const other = await createTestCustomer(scene.stack);
  const common = { type: 'llm.chat', provider: 'openai', model: 'gpt-4o', time: new Date().toISOString() };
  const texts = ['a'.repeat(100_000), '好'.repeat(50_000), '<|endoftext|>'.repeat(5_000), ' '.repeat(200_000)];
  const dear = texts.map((content, index) => ({
    ...{ ...common, id: `dear-${index}` },
    input: { messages: [{ role: 'user', content }] },
  }));
  const impossible = Array.from({ length: 20 }, (_, index) => ({
    ...{ ...common, id: `impossible-${index}` },
    usage: { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: 5 }, completion_tokens: 1, total_tokens: 2 },
  }));
  await other.ingest.json(other.ingest.post('/v1/events', [...dear, ...impossible]));
  const books = { stored: dear.length, dead_lettered: impossible.length, in_flight: 0, balances: true };
  await eventually(async () => expect(await readBooks(other)).toMatchObject(books), { timeoutMs: SETTLE_TIMEOUT_MS });
  await acknowledgedMore(scene, 100);
}

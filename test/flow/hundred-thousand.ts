// The promise in one test: 100,000 events from 8 concurrent senders, a fifth of them sent twice, while counter and
// ClickHouse are killed on the way, come to exactly the true sums.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTraffic } from '../faults/traffic.ts';
import { expectExact } from '../faults/verify.ts';
import { createTestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { type LogKind, type Stack, startStack } from '../support/stack.ts';

const EVENTS = 100_000;
const TIMEOUT_MS = 300_000;

export function describeHundredThousand(log: LogKind): void {
  describe(`100,000 events on ${log}`, () => {
    let stack: Stack;

    beforeAll(async () => {
      stack = await startStack({ log });
    }, TIMEOUT_MS);
    afterAll(async () => stack?.close(), TIMEOUT_MS);

    it('are counted exactly, whatever is killed on the way', { timeout: TIMEOUT_MS }, async () => {
      const customer = await createTestCustomer(stack);
      const traffic = startTraffic({
        ingestUrl: stack.ingest.url,
        secret: customer.secret,
        seed: 100,
        senders: 8,
        batchMax: 200,
        resendShare: 0.2,
        eventsMax: EVENTS,
      });
      const acknowledged = (count: number): Promise<void> =>
        eventually(async () => expect(traffic.acknowledged).toBeGreaterThanOrEqual(count), {
          timeoutMs: TIMEOUT_MS,
        });
      await acknowledged(EVENTS * 0.2);
      await stack.counters[0].signal('SIGKILL');
      await stack.counters[0].start();
      await acknowledged(EVENTS * 0.4);
      await stack.clickhouse.kill('SIGKILL');
      await stack.clickhouse.restart();
      await acknowledged(EVENTS * 0.6);
      await stack.counters[0].signal('SIGKILL');
      await stack.clickhouse.kill('SIGKILL');
      await stack.clickhouse.restart();
      await stack.counters[0].start();
      const journal = await traffic.done();
      expect(journal.acknowledged.size).toBe(EVENTS);
      await expectExact({ ...customer, journal, timeoutMs: 120_000 });
    });
  });
}

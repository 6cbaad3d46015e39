// Traffic flows while a fault happens; afterwards the system is held against the journal of what was acknowledged.

import { expect } from 'vitest';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import type { Stack } from '../support/stack.ts';
import { startTraffic, type Traffic } from './traffic.ts';
import { expectExact } from './verify.ts';

export const SETTLE_TIMEOUT_MS = 90_000;

export type Fault = (traffic: Traffic, customer: TestCustomer) => Promise<void>;

export async function survive(options: {
  readonly stack: Stack;
  readonly seed: number;
  readonly fault: Fault;
}): Promise<void> {
  const { stack, seed, fault } = options;
  const customer = await createTestCustomer(stack);
  const traffic = startTraffic({
    ingestUrl: stack.ingest.url,
    secret: customer.secret,
    seed,
    senders: 4,
    batchMax: 20,
    resendShare: 0.1,
    pauseMs: 100,
  });
  await acknowledgedMore(traffic, 100);
  await fault(traffic, customer);
  await acknowledgedMore(traffic, 100);
  await traffic.stop();
  await expectExact({ ...customer, journal: traffic.journal, timeoutMs: SETTLE_TIMEOUT_MS });
}

export async function acknowledgedMore(traffic: Traffic, events: number): Promise<void> {
  const before = traffic.journal.acknowledged.size;
  await eventually(async () => expect(traffic.journal.acknowledged.size).toBeGreaterThanOrEqual(before + events), {
    timeoutMs: 60_000,
  });
}

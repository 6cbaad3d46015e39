// The rows of the matrix, one after the other on one stack, each with a customer of its own. `npm run test:faults` runs all of them on
// a whole stack; `npm test` those that need no more than the way of an event, and a few cases beside them.

import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import type { LogKind } from '../support/stack.ts';
import { type Extent, type FaultStack, startFaultStack } from './fault-stack.ts';
import { rowsOf } from './matrix.ts';
import { SETTLE_TIMEOUT_MS } from './scene.ts';
import { surviveRow } from './survive.ts';
import { expectExact, readBooks } from './verify.ts';

const START_TIMEOUT_MS = 600_000;
const TEST_TIMEOUT_MS = 1_200_000;
const EXTENT: Extent = process.env['FAULTS'] === 'all' ? 'whole' : 'pipe';

export function describeFaults(log: LogKind): void {
  describe(`with the log on ${log}`, () => {
    let stack: FaultStack;
    let seed = 0;

    beforeAll(async () => {
      stack = await startFaultStack({ log, extent: EXTENT });
    }, START_TIMEOUT_MS);
    afterAll(async () => stack?.close(), START_TIMEOUT_MS);

    // Not `it.each`, which cuts long names short.
    for (const row of rowsOf(log, EXTENT)) {
      it(row.name, { timeout: TEST_TIMEOUT_MS }, async () => {
        seed += 1;
        await surviveRow(stack, { row, seed });
      });
    }

    it('answers 503 within five seconds while the log hangs, and takes events again after', {
      timeout: TEST_TIMEOUT_MS,
    }, async () => {
      const { ingest } = await createTestCustomer(stack);
      const event = { id: 'one', type: 'llm.chat', model: 'gpt-4o', usage: { prompt_tokens: 1, completion_tokens: 1 } };
      expect((await ingest.post('/v1/events', event)).status).toBe(202);
      await stack.logServer.kill('SIGSTOP');
      try {
        const startedAtMs = Date.now();
        const res = await ingest.post('/v1/events', { ...event, id: 'two' });
        expect(Date.now() - startedAtMs).toBeLessThan(5_500);
        expect(res.status).toBe(503);
        expect(res.headers.get('retry-after')).toMatch(/^\d+$/);
        expect(await res.json()).toMatchObject({ code: 'log_unavailable' });
      } finally {
        await stack.logServer.kill('SIGCONT');
      }
      const accepted = async (): Promise<void> => {
        expect((await ingest.post('/v1/events', { ...event, id: 'three' })).status).toBe(202);
      };
      await eventually(accepted, { timeoutMs: 30_000 });
    });

    it("counts an id once that is sent again with other times, across a month's end", {
      timeout: TEST_TIMEOUT_MS,
    }, async () => {
      const customer = await createTestCustomer(stack);
      const monthStart = new Date();
      monthStart.setUTCDate(1);
      monthStart.setUTCHours(0, 0, 0, 0);
      const at = (offsetMs: number): string => new Date(monthStart.getTime() + offsetMs).toISOString();
      const ids = Array.from({ length: 50 }, (_, index) => `moved-${index}`);
      const send = async (time: string): Promise<void> => {
        const events = ids.map((id) => ({
          id,
          time,
          type: 'llm.chat',
          provider: 'openai',
          model: 'gpt-4o',
          usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
        }));
        const answer = await customer.ingest.json<{ accepted: number }>(customer.ingest.post('/v1/events', events));
        expect(answer.accepted).toBe(ids.length);
      };
      await send(at(-60_000));
      await send(at(-1));
      // A new counter remembers nothing of the first copies.
      await stack.counters[0].signal('SIGKILL');
      await stack.counters[0].start();
      await send(at(-7_200_000));
      await send(at(0));
      const journal = {
        acknowledged: new Map(ids.map((id) => [id, { model: 'gpt-4o', input: 10, output: 1 }])),
        unknown: new Map(),
        refused: new Set<string>(),
        copies: 3 * ids.length,
      };
      await expectExact({ ...customer, journal, timeoutMs: SETTLE_TIMEOUT_MS });
      expect(await readBooks(customer)).toMatchObject({ accepted: 4 * ids.length, duplicate: 3 * ids.length });
    });
  });
}

// Every fault that the pipe must survive, on one log; ClickHouse that hangs is in `clickhouse-hangs.test.ts`. Traffic flows while the fault happens; afterwards the system is held
// against the journal of what was acknowledged.

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { type LogKind, type Stack, startStack } from '../support/stack.ts';
import { rewindLog } from './rewind.ts';
import { acknowledgedMore, type Fault, SETTLE_TIMEOUT_MS, survive } from './survive.ts';
import { countedEvents, expectExact, readBooks } from './verify.ts';

const START_TIMEOUT_MS = 120_000;
const TEST_TIMEOUT_MS = 240_000;
/** Longer than a session (6 s at most) and than an answer may take (5 s). */
const LOG_HANGS_MS = 7_000;

export function describeFaults(log: LogKind): void {
  describe(`with the log on ${log}`, () => {
    let stack: Stack;
    let seed = 0;

    beforeAll(async () => {
      stack = await startStack({ log });
    }, START_TIMEOUT_MS);
    afterAll(async () => stack?.close(), START_TIMEOUT_MS);

    const survives = (name: string, fault: Fault): void => {
      it(name, { timeout: TEST_TIMEOUT_MS }, async () => {
        seed += 1;
        await survive({ stack, seed, fault });
      });
    };

    const restartAt = async (service: ServiceProcess, failpoint: string): Promise<void> => {
      await service.signal('SIGTERM');
      await service.runUntilKilledAt(failpoint);
      await service.start();
    };

    survives('ingest killed while requests are in flight', async (traffic) => {
      for (let round = 0; round < 3; round += 1) {
        await stack.ingest.signal('SIGKILL');
        await stack.ingest.start();
        await acknowledgedMore(traffic, 100);
      }
    });
    survives('ingest killed before the log has the events', () => restartAt(stack.ingest, 'ingest.before_append@5'));
    survives('ingest killed after the log has the events, before the answer', () =>
      restartAt(stack.ingest, 'ingest.after_append@5'),
    );
    survives('ingest stopped in an orderly way under load', async () => {
      await stack.ingest.signal('SIGTERM');
      await stack.ingest.start();
    });
    survives('the counter killed before it stores', () => restartAt(stack.counters[0], 'counter.before_store@2'));
    survives('the counter killed after it stored, before it commits', () =>
      restartAt(stack.counters[0], 'counter.after_store@2'),
    );
    survives('the consumer rewound to the beginning', async () => {
      await stack.counters[0].signal('SIGTERM');
      await rewindLog(stack);
      await stack.counters[0].start();
    });
    survives('the counter killed at any time', async (traffic) => {
      for (let round = 0; round < 3; round += 1) {
        await acknowledgedMore(traffic, 50);
        await stack.counters[0].signal('SIGKILL');
        await stack.counters[0].start();
      }
    });
    survives(
      'a second counter that joins, and one that is stopped past its session and goes on',
      async (traffic, customer) => {
        const [first, second] = stack.counters;
        const countedMore = async (): Promise<void> => {
          await acknowledgedMore(traffic, 100);
          const acknowledged = traffic.journal.acknowledged.size;
          await eventually(async () => expect(await countedEvents(customer)).toBeGreaterThanOrEqual(acknowledged), {
            timeoutMs: SETTLE_TIMEOUT_MS,
          });
        };
        await second.start();
        await first.signal('SIGSTOP');
        // All is counted only when the second has taken over what the first held.
        await countedMore();
        await first.signal('SIGCONT');
        await countedMore();
        await second.signal('SIGTERM');
      },
    );
    survives('ClickHouse killed in the middle of inserts', async (traffic) => {
      for (let round = 0; round < 3; round += 1) {
        await stack.clickhouse.kill('SIGKILL');
        await stack.clickhouse.restart();
        await acknowledgedMore(traffic, 50);
      }
    });
    survives('the log that hangs past every session and every timeout', async () => {
      await stack.logServer.kill('SIGSTOP');
      await pause(LOG_HANGS_MS);
      await stack.logServer.kill('SIGCONT');
    });
    survives('the log killed and started again', async () => {
      await stack.logServer.kill('SIGKILL');
      await pause(2_000);
      await stack.logServer.restart();
    });
    survives('Postgres killed and started again', async () => {
      await stack.postgres.kill('SIGKILL');
      await pause(2_000);
      await stack.postgres.restart();
    });
    survives('being asked for the books at any moment', async ({ journal }, customer) => {
      for (let look = 0; look < 20; look += 1) {
        const before = journal.acknowledged.size;
        const books = await readBooks(customer);
        expect(books).toMatchObject({ balances: true, conflict: 0, missing_entries: 0 });
        expect(books.accepted).toBeGreaterThanOrEqual(before);
      }
    });

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
        acknowledged: new Map(ids.map((id) => [id, { input: 10, output: 1 }])),
        refused: new Set<string>(),
        copies: 3 * ids.length,
        retries: 0,
      };
      await expectExact({ ...customer, journal, timeoutMs: SETTLE_TIMEOUT_MS });
      expect(await readBooks(customer)).toMatchObject({ accepted: 4 * ids.length, duplicate: 3 * ids.length });
    });
  });
}

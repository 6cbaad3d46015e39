// What becomes of each kind of record, from the log to the answers of the warehouse; the same on both logs.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { LogKind } from '../../support/stack.ts';
import { runSql } from '../accounts/postgres-fixture.ts';
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
const soon = { timeoutMs: 15_000 };
const usage = {
  prompt_tokens: 20,
  completion_tokens: 5,
  total_tokens: 25,
  prompt_tokens_details: { cached_tokens: 8 },
};
const reported = { type: 'llm.chat', provider: 'openai', model: 'gpt-4o', usage };
const text = {
  type: 'llm.chat',
  model: 'gpt-4',
  input: { messages: [{ role: 'user', content: 'Hi' }] },
  output: { message: { role: 'assistant', content: 'Hello there!' } },
};

export function describeCounter(log: LogKind): void {
  describe(`with the log on ${log}`, () => {
    let stand: CounterStand;
    beforeAll(async () => {
      stand = await startCounterStand({ log });
    }, START_TIMEOUT_MS);
    afterAll(async () => stand?.close(), START_TIMEOUT_MS);

    it('stores reported usage, counted text, and both with their drift', async () => {
      const customerId = uniqueId('cus');
      const both = { ...text, usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } };
      await stand.writer.append([
        logRecord({ customerId, eventId: 'reported', body: { ...reported, metadata: { n: 1, ok: true, s: 'x' } } }),
        logRecord({ customerId, eventId: 'text', body: text }),
        logRecord({ customerId, eventId: 'both', body: both }),
        logRecord({ customerId, eventId: 'aborted', body: { ...text, status: 'aborted', stream: true } }),
      ]);
      const usageRow = async (id: string) =>
        (await eventually(() => onlyCopy(stand, customerId, id), soon)).usage ?? undefined;

      expect(await usageRow('reported')).toMatchObject({
        tokens: { input: 12n, cache_read: 8n, output: 5n },
        provenance: { input: 'reported', cache_read: 'reported', output: 'reported' },
        rule: 'openai.chat',
        projectId: 'prj_1',
        keyId: 'key_1',
        textInputTokens: null,
        metadata: { n: '1', ok: 'true', s: 'x' },
        reportedUsage: JSON.stringify(usage),
      });
      expect(await usageRow('text')).toMatchObject({
        tokens: { input: 8n, output: 3n },
        provenance: { input: 'counted', output: 'counted' },
        rule: 'cl100k_base',
        provider: 'openai',
      });
      expect(await usageRow('both')).toMatchObject({
        tokens: { input: 9n, output: 3n },
        provenance: { input: 'reported', output: 'reported' },
        textInputTokens: 8n,
        textOutputTokens: 3n,
      });
      expect(await usageRow('aborted')).toMatchObject({
        status: 'aborted',
        isStream: true,
        provenance: { input: 'counted', output: 'estimated' },
      });
      expect(await usageOf(stand, customerId)).toMatchObject({
        tokens: { input: 37n, cache_read: 8n, output: 14n },
        requests: 4n,
        events: 4n,
      });
    });

    it('keeps a meter event without making it a request', async () => {
      const customerId = uniqueId('cus');
      await stand.writer.append([logRecord({ customerId, eventId: 'm', body: { type: 'storage', data: { gib: 3 } } })]);
      const { usage: row } = await eventually(() => onlyCopy(stand, customerId, 'm'), soon);
      expect(row).toMatchObject({ type: 'storage', requests: 0n, tokens: {}, data: '{"gib":3}' });
    });

    it('withdraws a voided event', async () => {
      const customerId = uniqueId('cus');
      await stand.writer.append([logRecord({ customerId, eventId: 'v', body: reported })]);
      await eventually(() => onlyCopy(stand, customerId, 'v'), soon);
      const body = new TextEncoder().encode('{"reason":"sent by mistake"}');
      await stand.writer.append([logRecord({ customerId, eventId: 'v', kind: 'void', body })]);
      await eventually(async () => {
        expect(await usageOf(stand, customerId)).toBeUndefined();
        expect(await stand.warehouse.books({ ...aroundNow(), customerId })).toMatchObject({ accepted: 1n, voided: 1n });
      }, soon);
      expect((await onlyCopy(stand, customerId, 'v')).state).toBe('voided');
    });

    it('enters a withdrawal in the audit log once, however often it comes', async () => {
      const customerId = uniqueId('cus');
      const withdrawal = (eventId: string, body: object) =>
        logRecord({ customerId, eventId, kind: 'void', body: new TextEncoder().encode(JSON.stringify(body)) });
      const from = (address: string) => ({ reason: 'sent by mistake', origin: { address, request_id: 'r' } });
      await stand.writer.append([withdrawal('w', from('192.0.2.1')), withdrawal('w', from('192.0.2.2'))]);
      await stand.writer.append([withdrawal('w', from('192.0.2.3')), withdrawal('odd', { reason: 'a\u0000b\ud800' })]);
      await eventually(async () => {
        const rows = await runSql(
          stand.postgres.url,
          'SELECT subject_id, reason, address FROM audit_log WHERE customer_id = $1 ORDER BY subject_id',
          [customerId],
        );
        expect(rows).toEqual([
          { subject_id: 'odd', reason: 'a\ufffdb\ufffd', address: null },
          { subject_id: 'w', reason: 'sent by mistake', address: '192.0.2.1' },
        ]);
      }, soon);
      await eventually(async () => {
        expect(await stand.warehouse.books({ ...aroundNow(), customerId })).toMatchObject({ conflict: 0n });
      }, soon);
    });

    it('puts what it cannot count into the dead letters, with a reason, and stores the rest', async () => {
      const customerId = uniqueId('cus');
      const broken: Readonly<Record<string, Readonly<Record<string, unknown>> | Uint8Array>> = {
        unknown_usage_shape: { type: 'llm.chat', model: 'gpt-4o', usage: { units: 3 } },
        invalid_usage: { ...reported, usage: { ...usage, prompt_tokens: -1 } },
        nothing_to_count: { type: 'llm.chat', model: 'gpt-4o' },
        malformed_json: new TextEncoder().encode('{"type": "llm.chat"'),
      };
      await stand.writer.append([
        { partitionKey: uniqueId('foreign'), value: new TextEncoder().encode('no record at all') },
        logRecord({ customerId, eventId: 'before all time', body: reported, timeMs: -5 }),
        ...Object.entries(broken).map(([code, body]) => logRecord({ customerId, eventId: code, body })),
        logRecord({ customerId, eventId: 'good', body: reported }),
      ]);
      await eventually(() => onlyCopy(stand, customerId, 'good'), soon);
      const letters = stand.log.deadLetters();
      try {
        for (const code of Object.keys(broken)) {
          const { receipt, state } = await eventually(() => onlyCopy(stand, customerId, code), soon);
          expect({ state, reason: receipt.reason }).toEqual({ state: 'dead_lettered', reason: code });
          const [letter] = await letters.find([`${receipt.epoch}-${receipt.partition}-${receipt.position}`]);
          expect(letter).toMatchObject({ code });
          expect(letter?.detail).toMatch(/^\w.{20,}\.$/);
        }
      } finally {
        await letters.close();
      }
      await eventually(
        async () =>
          expect(await stand.warehouse.books({ ...aroundNow(), customerId })).toMatchObject({
            ...{ accepted: 5n, stored: 1n, deadLettered: 4n, duplicate: 0n, conflict: 0n },
          }),
        soon,
      );
      expect(await metricOf(stand, 'tollgate_counter_dead_letters_total')).toBeGreaterThanOrEqual(6);
    });

    it('counts a dead letter that is sent through again, as the same acceptance', async () => {
      const customerId = uniqueId('cus');
      const eventId = 'again';
      await stand.writer.append([logRecord({ customerId, eventId, body: { ...reported, usage: { units: 3 } } })]);
      await eventually(() => onlyCopy(stand, customerId, eventId), soon);
      await stand.writer.append([logRecord({ customerId, eventId, body: reported, isReplay: true })]);
      await eventually(async () => expect(await usageOf(stand, customerId)).toMatchObject({ events: 1n }), soon);
      const books = await stand.warehouse.books({ ...aroundNow(), customerId });
      expect(books).toMatchObject({ accepted: 1n, stored: 1n, deadLettered: 0n });
    });

    it('counts copies once whatever time they carry, and tells duplicates from conflicts', async () => {
      const customerId = uniqueId('cus');
      const nowMs = Date.now();
      const copy = (body: Readonly<Record<string, unknown>>, hoursBefore: number) =>
        logRecord({ customerId, eventId: 'copied', body, timeMs: nowMs - hoursBefore * 3_600_000 });
      const { usage: _, ...rest } = reported;
      const copies = () => metricOf(stand, 'tollgate_counter_records_total', 'outcome="copy"');
      const before = await copies();
      await stand.writer.append([copy(reported, 0), copy({ usage, ...rest }, 0), copy(reported, 5)]);
      await eventually(async () => expect(await usageOf(stand, customerId)).toMatchObject({ events: 1n }), soon);
      await stand.writer.append([copy({ ...reported, model: 'gpt-4' }, 9)]);
      await eventually(
        async () =>
          expect(await stand.warehouse.books({ ...aroundNow(), customerId })).toMatchObject({
            ...{ accepted: 4n, stored: 1n, duplicate: 2n, conflict: 1n },
          }),
        soon,
      );
      // The filter took the copies out before they reached the table of usage: none has to be withdrawn.
      expect((await copies()) - before).toBe(3);
      expect(await usageOf(stand, customerId)).toMatchObject({ events: 1n, tokens: { input: 12n } });
    });

    it('counts once what is delivered again after kill -9, and goes on', async () => {
      const customerId = uniqueId('cus');
      const append = (prefix: string) =>
        stand.writer.append(
          Array.from({ length: 500 }, (_, n) => logRecord({ customerId, eventId: `${prefix}-${n}`, body: reported })),
        );
      await stand.counter.signal('SIGTERM');
      await append('first');
      await stand.counter.runUntilKilledAt('counter.after_store@2');
      await append('second');
      await stand.counter.start();
      await eventually(async () => expect(await usageOf(stand, customerId)).toMatchObject({ events: 1_000n }), {
        timeoutMs: 90_000,
      });
      // Receipts come a moment after the usage that they vouch for.
      await eventually(async () => {
        expect(await stand.warehouse.books({ ...aroundNow(), customerId })).toMatchObject({
          ...{ accepted: 1_000n, stored: 1_000n, duplicate: 0n, missingEntries: 0n },
        });
      }, soon);
    });

    it('waits for a warehouse that is away, says so, and loses nothing', { timeout: 60_000 }, async () => {
      const customerId = uniqueId('cus');
      await stand.clickhouse.kill('SIGKILL');
      await stand.writer.append([logRecord({ customerId, eventId: 'patient', body: reported })]);
      await eventually(async () => {
        expect((await fetch(`${stand.counter.url}/readyz`)).status).toBe(503);
        expect(await metricOf(stand, 'tollgate_counter_store_retries_total')).toBeGreaterThan(0);
      }, soon);
      await stand.clickhouse.restart();
      await eventually(() => onlyCopy(stand, customerId, 'patient'), { timeoutMs: 30_000 });
      expect((await fetch(`${stand.counter.url}/readyz`)).status).toBe(200);
    });

    it('says until when everything is stored', async () => {
      const beforeMs = Date.now();
      await eventually(async () => expect((await stand.warehouse.asOf()) ?? 0).toBeGreaterThan(beforeMs), soon);
    });

    it('shows an event within two seconds of its append, and answers its operators', async () => {
      const customerId = uniqueId('cus');
      const startedAt = performance.now();
      await stand.writer.append([logRecord({ customerId, eventId: 'fresh', body: reported })]);
      await eventually(() => onlyCopy(stand, customerId, 'fresh'), soon);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      expect((await fetch(`${stand.counter.url}/healthz`)).status).toBe(200);
      expect((await fetch(`${stand.counter.url}/else`)).status).toBe(404);
      expect(await metricOf(stand, 'tollgate_counter_records_total')).toBeGreaterThan(0);
    });
  });
}

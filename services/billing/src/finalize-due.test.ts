import type { Invoice } from '@tollgate/accounts';
import type { JsonObject } from '@tollgate/domain';
import { createLogger } from '@tollgate/runtime';
import { expect, it } from 'vitest';
import { finalizeDue, retryPauseMs } from './finalize-due.ts';

it('is tried again soon at first, and every ten minutes in the end', () => {
  expect([1, 2, 3, 9, 10, 1_000].map(retryPauseMs)).toEqual([2_000, 4_000, 8_000, 512_000, 600_000, 600_000]);
});

const DRAFT: Invoice = {
  ...{ id: 'inv_1', customerId: 'cus_1', period: { startMs: 0, endMs: 1 }, zone: 'UTC', currency: 'USD' },
  ...{ state: 'draft', draftedAtMs: 2, finalizesAtMs: 3, refusal: null, snapshot: null },
  ...{ settledAtMs: null, settledReason: null },
};

it('keeps with the draft why it was refused, how often, and when it is tried again', async () => {
  const kept: JsonObject[] = [];
  let refusal: JsonObject | null = null;
  const parts: Parameters<typeof finalizeDue>[0] = {
    accounts: {
      invoice: async () => ({ ...DRAFT, refusal }),
      noteRefusal: async (_id, noted) => {
        refusal = noted;
        kept.push(noted);
      },
    },
    invoicing: {
      finalizeDue: async () => ({
        kind: 'done',
        outcomes: [
          {
            ...{ kind: 'refused', invoice: { ...DRAFT, refusal } },
            refusals: [{ code: 'unpriced', detail: 'No price.', facts: { model: 'm' } }],
          },
        ],
      }),
      finalizeNow: async () => {
        throw new Error('not asked for');
      },
    },
    clock: { now: () => 1_000 },
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: { finalized: { inc: () => undefined }, refused: { inc: () => undefined } },
  };
  await finalizeDue(parts, 0, new AbortController().signal);
  await finalizeDue(parts, 0, new AbortController().signal);
  const reasons = [{ code: 'unpriced', detail: 'No price.', facts: { model: 'm' } }];
  expect(kept).toEqual([
    { at: '1970-01-01T00:00:01.000Z', reasons, attempts: 1, retry_at: '1970-01-01T00:00:03.000Z' },
    { at: '1970-01-01T00:00:01.000Z', reasons, attempts: 2, retry_at: '1970-01-01T00:00:05.000Z' },
  ]);
});

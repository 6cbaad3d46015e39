// Months that end on the day on which the clocks of their zone are changed, with an event in every few minutes around the end: each is
// billed in one month or the other, and nothing in both.

import { parseDecimal } from '@tollgate/domain';
import { expect } from 'vitest';
import { createApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { SETTLE_TIMEOUT_MS, type WholeScene } from './scene.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const EVERY_MS = 10 * MINUTE_MS;
const AROUND_MS = 3 * 60 * MINUTE_MS;
const TOKENS = 1_000_000;
/** Of a million tokens of input to gpt-4o. */
const EVENT_CENTS = 250n;

interface Close {
  readonly zone: string;
  /** The day on which the clocks are changed, at whose first instant a month ends. */
  readonly day: number;
  readonly endMs: number;
}

interface Invoice {
  readonly id: string;
  readonly state: string;
  readonly period: { readonly start: string; readonly end: string };
  readonly subtotal: string | null;
}

export async function billAcrossClockChanges({ stack, customer: { api } }: WholeScene): Promise<void> {
  const year = new Date().getUTCFullYear() - 1;
  const gateway = await api.json<{ secret: string }>(
    api.post('/v1/keys', { name: 'backfill', scopes: ['usage:write:any'] }),
  );
  const ingest = createApiClient(stack.ingest.url, gateway.secret);
  for (const { zone, day, endMs } of closesOf(year)) {
    const fields = { name: zone, currency: 'USD', zone, billing_day: day };
    const { id } = await api.json<{ id: string }>(api.post('/v1/customers', fields));
    const times = Array.from({ length: (2 * AROUND_MS) / EVERY_MS }, (_, at) => endMs - AROUND_MS + at * EVERY_MS);
    const usage = { prompt_tokens: TOKENS, completion_tokens: 0, total_tokens: TOKENS };
    const events = times.map((timeMs) => ({
      ...{ id: `at-${timeMs}`, customer: id, type: 'llm.chat', provider: 'openai', model: 'gpt-4o', usage },
      time: new Date(timeMs).toISOString(),
    }));
    await ingest.json(ingest.post('/v1/events?backfill=true', events));
    const half = EVENT_CENTS * BigInt(times.length / 2);
    const end = new Date(endMs).toISOString();
    await eventually(
      async () => {
        const { data } = await api.json<{ data: readonly Invoice[] }>(api.get(`/v1/invoices?customer=${id}`));
        expect(data).toHaveLength(2);
        await Promise.all(
          data
            .filter(({ state }) => state === 'draft')
            .map(async (draft) => await api.json(api.post(`/v1/invoices/${draft.id}/finalize`, {}))),
        );
        const known = await api.json<{ data: readonly Invoice[] }>(api.get(`/v1/invoices?customer=${id}`));
        const billed = known.data.map(({ period, subtotal }) => ({
          isBefore: Date.parse(period.end) === Date.parse(end),
          isAfter: Date.parse(period.start) === Date.parse(end),
          cents: parseDecimal(subtotal ?? '', 2),
        }));
        expect(
          billed.toSorted((one, other) => Number(other.isBefore) - Number(one.isBefore)),
          zone,
        ).toEqual([
          { isBefore: true, isAfter: false, cents: half },
          { isBefore: false, isAfter: true, cents: half },
        ]);
      },
      { timeoutMs: SETTLE_TIMEOUT_MS },
    );
  }
}

function closesOf(year: number): readonly Close[] {
  const inBerlin = sundayOf(year, 10, 'last');
  const inHavana = sundayOf(year, 11, 'first');
  const inBeirut = sundayOf(year, 3, 'last');
  return [
    // The day has 25 hours.
    { zone: 'Europe/Berlin', day: inBerlin.day, endMs: inBerlin.startMs - 120 * MINUTE_MS },
    // At one o'clock it is midnight once more: the month ends the first time.
    { zone: 'America/Havana', day: inHavana.day, endMs: inHavana.startMs + 240 * MINUTE_MS },
    // There is no midnight: after the last minute of Saturday it is one o'clock.
    { zone: 'Asia/Beirut', day: inBeirut.day, endMs: inBeirut.startMs - 120 * MINUTE_MS },
  ];
}

/** Its midnight in UTC. */
function sundayOf(year: number, month: number, which: 'first' | 'last'): { day: number; startMs: number } {
  let startMs = which === 'first' ? Date.UTC(year, month - 1, 1) : Date.UTC(year, month, 0);
  while (new Date(startMs).getUTCDay() !== 0) startMs += which === 'first' ? DAY_MS : -DAY_MS;
  return { day: new Date(startMs).getUTCDate(), startMs };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DISABLING_FAILURES_MIN,
  decideWebhook,
  isToBeDisabled,
  parseRetryAfter,
  RETRY_AFTER_MAX_MS,
  WEBHOOK_PAUSES_MAX_MS,
} from './webhook-retries.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 24, 12);

const answered = (status: number, retryAfterMs: number | null = null) =>
  ({ kind: 'answered', status, retryAfterMs }) as const;
const decide = (attempt: Partial<Parameters<typeof decideWebhook>[0]>) =>
  decideWebhook({
    outcome: answered(500),
    failures: 0,
    pausesMaxMs: WEBHOOK_PAUSES_MAX_MS,
    nowMs: NOW,
    random: 0.5,
    ...attempt,
  });

describe('the schedule', () => {
  it('comes to three days on average', () => {
    const meanMs = WEBHOOK_PAUSES_MAX_MS.reduce((sum, pauseMs) => sum + pauseMs, 0) / 2;
    expect(meanMs / HOUR_MS).toBeGreaterThan(70);
    expect(meanMs / HOUR_MS).toBeLessThan(74);
  });

  it('calls a receiver again that was down for an hour, whatever is drawn', () => {
    // All of thirteen draws below a hundredth: once in 10^26 deliveries.
    const draw = fc.double({ min: 0.01, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(draw, { minLength: 20, maxLength: 20 }), (draws) => {
        let nowMs = NOW;
        for (const [failures, random] of draws.entries()) {
          const decision = decide({ outcome: { kind: 'failed', error: 'connection_failed' }, failures, random, nowMs });
          if (decision.kind !== 'retry') break;
          nowMs = decision.nextAtMs;
        }
        expect(nowMs - NOW).toBeGreaterThan(HOUR_MS);
      }),
    );
  });

  it('draws each pause from its whole range, and ends', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
        const decision = decide({ failures, random });
        const pauseMaxMs = WEBHOOK_PAUSES_MAX_MS[failures];
        const wanted =
          pauseMaxMs === undefined
            ? { kind: 'failed' }
            : { kind: 'retry', nextAtMs: NOW + Math.round(random * pauseMaxMs) };
        expect(decision).toEqual(wanted);
      }),
    );
  });
});

it.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [299, 'delivered'],
  [199, 'retry'],
  [301, 'retry'],
  [302, 'retry'],
  [307, 'retry'],
  [400, 'retry'],
  [404, 'retry'],
  [410, 'gone'],
  [429, 'retry'],
  [503, 'retry'],
])('a status of %i: %s', (status, kind) => expect(decide({ outcome: answered(status) }).kind).toBe(kind));

it('without an answer is tried again, and failed after the last retry', () => {
  const outcome = { kind: 'failed', error: 'timeout' } as const;
  expect(decide({ outcome }).kind).toBe('retry');
  expect(decide({ outcome, failures: WEBHOOK_PAUSES_MAX_MS.length }).kind).toBe('failed');
});

it('waits as long as the receiver asks, up to a day, and never less than it would', () => {
  const nextAt = (retryAfterMs: number, failures = 0) => {
    const decision = decide({ outcome: answered(503, retryAfterMs), failures, random: 0.5 });
    return decision.kind === 'retry' ? decision.nextAtMs - NOW : decision.kind;
  };
  expect(nextAt(60_000)).toBe(60_500);
  expect(nextAt(1_000_000 * HOUR_MS)).toBe(RETRY_AFTER_MAX_MS + 500);
  expect(nextAt(1_000, 5)).toBe(1.5 * HOUR_MS);
  expect(nextAt(0)).toBe(5_000);
});

it.each([
  [undefined, null],
  ['120', 120_000],
  ['0', 0],
  ['-1', null],
  ['1.5', null],
  ['9999999999', null],
  ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
  ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
  ['2026-11-24T12:00:30Z', null],
  ['soon', null],
])('Retry-After: %s', (text, ms) => expect(parseRetryAfter(text, NOW)).toBe(ms));

it('an endpoint is disabled after days of nothing but failures, and not for few of them', () => {
  const when = { nowMs: NOW, afterMs: 120 * HOUR_MS };
  const since = (hours: number, failuresInARow: number) => ({ failingSinceMs: NOW - hours * HOUR_MS, failuresInARow });
  expect(isToBeDisabled(since(120, DISABLING_FAILURES_MIN), when)).toBe(true);
  expect(isToBeDisabled(since(119, 1_000), when)).toBe(false);
  expect(isToBeDisabled(since(1_000, DISABLING_FAILURES_MIN - 1), when)).toBe(false);
  expect(isToBeDisabled({ failingSinceMs: null, failuresInARow: 0 }, when)).toBe(false);
});

import { describe, expect, it } from 'vitest';
import { windowAt } from './calendar.ts';
import { demandsOf, type LimitRule } from './limit-demands.ts';
import { createLimitWindows } from './limit-windows.ts';

const calendar = [{ fromMs: Number.NEGATIVE_INFINITY, zone: 'America/New_York', anchorDay: 31 }] as const;
const windows = createLimitWindows(calendar);
const NOW_MS = Date.parse('2026-11-01T05:30:00Z');

const rule: LimitRule = {
  id: 'lim_1',
  scope: { kind: 'key', id: 'key_1' },
  modelPattern: 'gpt-*',
  metric: 'tokens',
  window: 'day',
  countsFromMs: 0,
  amount: 100n,
  mode: 'block',
  allowanceWhenUnknown: null,
  suspendedUntilMs: null,
};
const subject = { keyId: 'key_1', projectId: null, customerId: 'cus_1', model: 'gpt-4o' };
const use = { requests: 1n, inputTokens: 10n, outputTokens: 20n, costPico: 5n };

function demandOf(changes: Partial<LimitRule>) {
  const [found] = demandsOf({ rules: [{ ...rule, ...changes }], windows, subject, use, nowMs: NOW_MS });
  return found;
}

describe('a demand', () => {
  it('is made of each limit that applies, and of no other', () => {
    const rules = [
      rule,
      { ...rule, id: 'lim_2', scope: { kind: 'key', id: 'key_2' } },
      { ...rule, id: 'lim_3', modelPattern: 'claude-*' },
      { ...rule, id: 'lim_4', scope: { kind: 'customer', id: 'cus_1' }, modelPattern: null },
      { ...rule, id: 'lim_5', scope: { kind: 'organization', id: 'org_1' } },
    ] as const;
    const found = demandsOf({ rules, windows, subject, use, nowMs: NOW_MS });
    expect(found.map(({ rule: { id } }) => id)).toEqual(['lim_1', 'lim_4', 'lim_5']);
  });

  it.each([
    ['requests', 1n],
    ['input_tokens', 10n],
    ['output_tokens', 20n],
    ['tokens', 30n],
    ['cost', 5n],
  ] as const)('of %s is %s', (metric, quantity) => {
    expect(demandOf({ metric })?.demand.quantity).toBe(quantity);
  });

  it('is about the window under way, or what is left of it since a reset', () => {
    const { startMs, endMs } = windowAt('day', calendar, NOW_MS);
    expect(demandOf({})).toMatchObject({ window: { startMs, endMs }, demand: { windowStartMs: startMs } });
    expect(demandOf({ countsFromMs: NOW_MS - 5 })?.demand.windowStartMs).toBe(NOW_MS - 5);
    expect(demandOf({ window: 'minute' })).toMatchObject({ window: null, demand: { windowStartMs: 0 } });
  });

  it('of a limit that is suspended refuses nothing, until it is over', () => {
    expect(demandOf({ suspendedUntilMs: NOW_MS + 1 })?.demand.mode).toBe('alert');
    expect(demandOf({ suspendedUntilMs: NOW_MS })?.demand.mode).toBe('block');
  });
});

describe('the starts of windows', () => {
  it('are those that the calendar gives, for now and for a time ahead', () => {
    for (const timeMs of [NOW_MS, NOW_MS + 300_000]) {
      expect(windows.startsFor(timeMs, NOW_MS)).toEqual({
        hour: windowAt('hour', calendar, timeMs).startMs,
        day: windowAt('day', calendar, timeMs).startMs,
        week: windowAt('week', calendar, timeMs).startMs,
        month: windowAt('month', calendar, timeMs).startMs,
        billing_period: windowAt('billing_period', calendar, timeMs).startMs,
      });
    }
  });

  it('leave out windows that are long over', () => {
    const twoDaysAgo = NOW_MS - 2 * 86_400_000;
    expect(Object.keys(windows.startsFor(NOW_MS - 3_600_000, NOW_MS))).toContain('hour');
    expect(Object.keys(windows.startsFor(twoDaysAgo, NOW_MS))).toEqual(['week', 'month', 'billing_period']);
  });
});

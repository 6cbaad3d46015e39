// A year of limits, from window to window: what is told of each, through daylight saving and the months that lack a 31st.

import { describe, expect, it } from 'vitest';
import { CALENDAR_WINDOWS, type Calendar, type CalendarWindow, type TimeSpan } from './calendar.ts';
import type { LimitDefinition } from './limit.ts';
import { newsOf, THRESHOLDS_DEFAULT } from './limit-alerts.ts';
import { LimitLedger } from './limit-ledger.ts';
import { countedWindows, createLimitWindows } from './limit-windows.ts';

const START_MS = Date.UTC(2026, 0, 1);
const END_MS = Date.UTC(2027, 0, 2);
const MINUTE_MS = 60_000;
/** Some use falls into every hour, also into the one of half an hour that Lord Howe has in spring. */
const STEP_MS = 29 * MINUTE_MS;
/** All that a limit admits: each window with use has all its thresholds to tell. */
const USE = 100n;
const WINDOWS: readonly CalendarWindow[] = CALENDAR_WINDOWS.filter((window) => window !== 'lifetime');

describe.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])('over a year in %s', (zone) => {
  it('each window tells each of its thresholds once, and windows meet', { timeout: 60_000 }, () => {
    const calendar: Calendar = [{ fromMs: Number.NEGATIVE_INFINITY, zone, anchorDay: 31 }];
    const windows = createLimitWindows(calendar);
    const limits = WINDOWS.map((window): LimitDefinition & { amount: bigint } => ({
      id: `lim_${window}`,
      scope: { kind: 'customer', id: 'cus_1' },
      modelPattern: null,
      metric: 'tokens',
      window,
      countsFromMs: 0,
      amount: 100n,
    }));
    const ledger = new LimitLedger();
    for (const { amount, ...definition } of limits) {
      ledger.begin({ definition, amount, token: 't', storedUntil: new Map(), nowMs: START_MS });
      ledger.finish({ limitId: definition.id, token: 't', used: new Map(), nowMs: START_MS });
    }

    // As the table of alerts, whose key this is: what is told again changes nothing.
    const told = new Set<string>();
    const seen = new Map<CalendarWindow, Map<number, TimeSpan>>(WINDOWS.map((window) => [window, new Map()]));
    for (let nowMs = START_MS, place = 0; nowMs < END_MS; nowMs += STEP_MS, place += 1) {
      ledger.settle(
        0,
        [
          {
            place: String(place).padStart(10, '0'),
            timeMs: nowMs,
            ...{ keyId: null, projectId: null, customerId: 'cus_1', model: 'gpt-4o', reservationId: null },
            use: { requests: 1n, inputTokens: USE, outputTokens: 0n, costPico: 0n },
            windowStarts: windows.startsFor(nowMs, nowMs),
          },
        ],
        nowMs,
      );
      for (const limit of limits) {
        const counted = countedWindows(limit, windows, nowMs).map((window) => ({
          window,
          used: ledger.used(limit.id, window.startMs) ?? 0n,
        }));
        for (const { window } of counted.filter(({ used }) => used > 0n)) {
          seen.get(limit.window as CalendarWindow)?.set(window.startMs, window);
        }
        const watched = { amount: limit.amount, thresholds: THRESHOLDS_DEFAULT, updatedAtMs: START_MS };
        for (const { kind, threshold, window } of newsOf(watched, counted, nowMs)) {
          if (kind === 'threshold') told.add(`${limit.id} ${window.startMs} ${threshold}`);
        }
      }
    }

    for (const [window, spans] of seen) {
      const inOrder = [...spans.values()].sort((a, b) => a.startMs - b.startMs);
      for (const [at, span] of inOrder.entries()) {
        if (at > 0) expect(span.startMs, `${window} ${at}`).toBe(inOrder[at - 1]?.endMs);
        const thresholds = THRESHOLDS_DEFAULT.filter((each) => told.has(`lim_${window} ${span.startMs} ${each}`));
        expect(thresholds, `${window} ${new Date(span.startMs).toISOString()}`).toEqual(THRESHOLDS_DEFAULT);
      }
    }
    const windowsSeen = [...seen.values()].reduce((sum, spans) => sum + spans.size, 0);
    expect(told.size).toBe(windowsSeen * THRESHOLDS_DEFAULT.length);
    // 365 days and the one begun before the year, or after it; 12 months and as many periods, and one begun before.
    expect(seen.get('day')?.size).toBeGreaterThanOrEqual(366);
    expect(seen.get('billing_period')?.size).toBe(13);
    expect(seen.get('month')?.size).toBeGreaterThanOrEqual(13);
  });
});

// Finds windows fast: the calendar reckons for microseconds, and events of the same hours come by the thousand.

import { CALENDAR_WINDOWS, type Calendar, type CalendarWindow, type TimeSpan, windowAt } from './calendar.ts';
import { countingStart, type LimitDefinition } from './limit.ts';

/** Of each kind: the window under way, its neighbours, and some that late events fall into. */
const SPANS_KEPT = 8;

export interface LimitWindows {
  windowAt(window: CalendarWindow, atMs: number): TimeSpan;
  /**
   * The start of each window that holds the time, but for those that ended before the one before the present one began:
   * no counter is kept of them.
   */
  startsFor(timeMs: number, nowMs: number): Readonly<Partial<Record<Exclude<CalendarWindow, 'lifetime'>, number>>>;
}

export function createLimitWindows(calendar: Calendar): LimitWindows {
  const known = new Map<CalendarWindow, TimeSpan[]>(CALENDAR_WINDOWS.map((window) => [window, []]));

  const find = (window: CalendarWindow, atMs: number): TimeSpan => {
    const spans = known.get(window) ?? [];
    const found = spans.find(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
    if (found !== undefined) return found;
    const span = windowAt(window, calendar, atMs);
    spans.unshift(span);
    if (spans.length > SPANS_KEPT) spans.pop();
    return span;
  };

  return {
    windowAt: find,
    startsFor(timeMs, nowMs) {
      const starts: Partial<Record<CalendarWindow, number>> = {};
      for (const window of CALENDAR_WINDOWS) {
        if (window === 'lifetime') continue;
        const { startMs, endMs } = find(window, timeMs);
        if (endMs >= find(window, nowMs).startMs) starts[window] = startMs;
      }
      return starts;
    },
  };
}

/** From the bucket of a minute everything has drained that was poured into it longer ago. */
const MINUTE_MS = 60_000;

/**
 * The windows that a counter is kept of, as far as the limit counts in them: the one under way, the one before it, and the
 * one after it, since events may be a little ahead of the clock. For a bucket, what is still in it.
 */
export function countedWindows(limit: LimitDefinition, windows: LimitWindows, nowMs: number): readonly TimeSpan[] {
  return windowsAround(limit, windows, nowMs)
    .filter(({ endMs }) => endMs > limit.countsFromMs)
    .map(({ startMs, endMs }) => ({ startMs: countingStart(limit, startMs), endMs }));
}

function windowsAround({ window }: LimitDefinition, windows: LimitWindows, nowMs: number): readonly TimeSpan[] {
  if (window === 'minute') return [{ startMs: nowMs - MINUTE_MS, endMs: Number.POSITIVE_INFINITY }];
  const present = windows.windowAt(window, nowMs);
  if (window === 'lifetime') return [present];
  return [windows.windowAt(window, present.startMs - 1), present, windows.windowAt(window, present.endMs)];
}

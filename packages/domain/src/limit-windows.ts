// Finds windows fast: the calendar reckons for microseconds, and events of the same hours come by the thousand.

import { CALENDAR_WINDOWS, type Calendar, type CalendarWindow, type TimeSpan, windowAt } from './calendar.ts';

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

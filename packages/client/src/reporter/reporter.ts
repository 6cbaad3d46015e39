// Sends events in batches, in the background, one batch at a time. Every event that is reported ends as exactly one delivery,
// and what is not accepted is handed back: nothing is dropped without a word. README.md states the promises.

import type { UsageEvent } from '../event.ts';
import type { Http } from '../http.ts';
import { type Pause, startPause } from '../pause.ts';
import type { TollgateError } from '../tollgate-error.ts';
import type { Report } from './delivery.ts';
import { type BatchLimits, createEventQueue, type QueueLimits } from './event-queue.ts';
import type { ReportListeners } from './report-listeners.ts';
import { type RetryTimes, retryDelayMs } from './retry-delay.ts';
import { sendBatch } from './send-batch.ts';

export interface ReporterLimits extends BatchLimits, QueueLimits {
  /** How long to gather events before a batch is sent. */
  readonly gatherMs: number;
  /** Of one attempt. */
  readonly timeoutMs: number;
  readonly retry: RetryTimes;
  /** After how long an event is handed back. */
  readonly giveUpAfterMs: number;
}

export interface ReporterOptions {
  readonly http: Http;
  /** Of the route of events. */
  readonly url: string;
  readonly limits: ReporterLimits;
  readonly listeners: ReportListeners;
  /** At least 0 and less than 1. */
  readonly random: () => number;
  readonly now: () => number;
}

export interface Reporter {
  report(event: UsageEvent): Report;
  /** Sends what waits; resolves to how many events are pending still: 0, unless the time was up. */
  flush(timeoutMs: number): Promise<number>;
  /** The same, and hands back what is pending then: resolves to how many that were. */
  drain(timeoutMs: number): Promise<number>;
  /** The same, and takes no more. */
  close(timeoutMs: number): Promise<number>;
}

export function createReporter({ http, url, limits, listeners, random, now }: ReporterOptions): Reporter {
  const queue = createEventQueue(limits, listeners);
  const ended = new AbortController();
  const sender = { http, url, timeoutMs: limits.timeoutMs, queue, signal: ended.signal };
  let failures = 0;
  /** Those who wait until nothing is pending. */
  let flushes = 0;
  let isRunning = false;
  /** What is waited for at the moment, and whether it may be cut short. */
  let gathering: Pause | undefined;
  let backingOff: Pause | undefined;

  return {
    report(event) {
      const report = queue.offer(event, now());
      if (queue.isBatchFull(limits)) gathering?.end();
      if (report.isQueued && !isRunning) void run();
      return report;
    },
    flush,
    drain,
    async close(timeoutMs) {
      queue.close();
      const pending = await drain(timeoutMs);
      ended.abort();
      backingOff?.end();
      return pending;
    },
  };

  async function drain(timeoutMs: number): Promise<number> {
    const pending = await flush(timeoutMs);
    for (const entry of queue.entries()) queue.settle(entry, { kind: 'undelivered', reason: 'closed' });
    return pending;
  }

  async function flush(timeoutMs: number): Promise<number> {
    const waiting = queue.entries();
    if (waiting.length === 0) return 0;
    const timeUp = startPause(timeoutMs, 'foreground');
    flushes++;
    gathering?.end();
    // An attempt at once, since it may be the last one.
    backingOff?.end();
    await Promise.race([Promise.all(waiting.map(({ durable }) => durable)), timeUp.isOver]);
    timeUp.end();
    flushes--;
    return queue.size();
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (queue.size() > 0 && !ended.signal.aborted) {
      if (failures === 0) await gather();
      const error = await sendBatch(sender, queue.head(limits));
      failures = error === null ? 0 : failures + 1;
      if (error !== null && !ended.signal.aborted) await backOff(error);
    }
    isRunning = false;
  }

  async function gather(): Promise<void> {
    if (flushes > 0 || queue.isBatchFull(limits)) return;
    // Short, and a program that waits for a delivery must not be taken for one that has nothing more to do.
    gathering = startPause(limits.gatherMs, 'foreground');
    await gathering.isOver;
    gathering = undefined;
  }

  async function backOff(error: TollgateError): Promise<void> {
    giveUpOld();
    if (queue.size() === 0) return;
    const { retryAfterMs } = error;
    const delayMs = Math.round(retryDelayMs(limits.retry, { failures, retryAfterMs, chance: random() }));
    listeners.onRetry({ error, failures, delayMs, pending: queue.size() });
    const pause = startPause(delayMs, 'background');
    // What the server asked for is kept even by whoever is in a hurry.
    if (retryAfterMs === null) backingOff = pause;
    await pause.isOver;
    backingOff = undefined;
  }

  function giveUpOld(): void {
    const oldestMs = now() - limits.giveUpAfterMs;
    for (const entry of queue.entries()) {
      if (entry.queuedAtMs <= oldestMs) queue.settle(entry, { kind: 'undelivered', reason: 'gave_up' });
    }
  }
}

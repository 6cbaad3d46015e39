// The client: one per process, made once, closed at the end.

import { type Authorizations, createAuthorizations } from './authorization.ts';
import type { UsageEvent } from './event.ts';
import { createGuard, type Guard } from './guard.ts';
import { createHttp } from './http.ts';
import { onExit } from './on-exit.ts';
import { configOf, type TollgateOptions } from './options.ts';
import { startPause } from './pause.ts';
import type { Report } from './reporter/delivery.ts';
import { completeListeners } from './reporter/report-listeners.ts';
import { createReporter } from './reporter/reporter.ts';

export interface WaitOptions {
  /** 10 seconds unless said. */
  readonly timeoutMs?: number;
}

export interface Tollgate extends Authorizations, Guard {
  /** Queues the event and returns at once, whatever Tollgate does; never throws. */
  report(event: UsageEvent): Report;
  /** Sends what waits; resolves to how many events are pending still: 0, unless the time was up. */
  flush(options?: WaitOptions): Promise<number>;
  /** The same, takes no more, and hands what is still pending to `onUndelivered`. */
  close(options?: WaitOptions): Promise<number>;
}

const WAIT_MS = 10_000;
/** A release that fails is tried again so often; then what is held expires by itself. */
const RELEASE_ATTEMPTS = 3;
const RELEASE_PAUSE_MS = 500;

export function createTollgate(options: TollgateOptions): Tollgate {
  const config = configOf(options);
  const now = (): number => Date.now();
  const http = createHttp(config);
  const authorizations = createAuthorizations({ http, url: config.url, timeoutMs: config.timeoutMs });
  const reporter = createReporter({
    http,
    url: `${config.url}/v1/events`,
    limits: config.reporter,
    listeners: completeListeners(options),
    random: Math.random,
    now,
  });
  const releases = new Set<Promise<void>>();
  let leaveExit: (() => void) | undefined;

  const report = (event: UsageEvent): Report => {
    leaveExit ??= onExit(() => reporter.drain(config.exitTimeoutMs));
    return reporter.report(event);
  };

  const flush = async ({ timeoutMs = WAIT_MS }: WaitOptions = {}): Promise<number> => {
    const [pending] = await Promise.all([reporter.flush(timeoutMs), releasesEnd(timeoutMs)]);
    return pending;
  };

  const close = async ({ timeoutMs = WAIT_MS }: WaitOptions = {}): Promise<number> => {
    const [pending] = await Promise.all([reporter.close(timeoutMs), releasesEnd(timeoutMs)]);
    leaveExit?.();
    return pending;
  };

  async function releasesEnd(timeoutMs: number): Promise<void> {
    if (releases.size === 0) return;
    const timeUp = startPause(timeoutMs, 'foreground');
    await Promise.race([Promise.all(releases), timeUp.isOver]);
    timeUp.end();
  }

  function releaseSoon(reservation: string): void {
    const released = releaseWithRetries(reservation).finally(() => releases.delete(released));
    releases.add(released);
  }

  async function releaseWithRetries(reservation: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await authorizations.release(reservation);
      } catch {
        if (attempt === RELEASE_ATTEMPTS) return;
        await startPause(RELEASE_PAUSE_MS * attempt, 'background').isOver;
      }
    }
  }

  return {
    ...authorizations,
    ...createGuard({ authorize: authorizations.authorize, report, release: releaseSoon, now }),
    report,
    flush,
    close,
  };
}

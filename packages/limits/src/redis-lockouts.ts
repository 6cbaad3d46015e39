// Lockouts: failures are counted in this process at once, and exchanged with the others through Redis twice a second. The
// decision is made in memory alone, so that a flood of guesses costs a look into a map.

import { type BucketState, chargeRate, type RateLimit, rateWaitMs } from '@tollgate/domain';
import { type Clock, Counter, Gauge, type Logger, type Registry, repeat } from '@tollgate/runtime';
import type { Lockouts } from './limits.ts';
import type { LockoutConfig } from './limits-config.ts';
import { RecentMap } from './recent-map.ts';
import { loadScript, type RedisConnection } from './redis-connection.ts';

interface LockoutOptions extends LockoutConfig {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
}

const exchangeScript = loadScript('exchange-failures');
// One hash tag, since the script needs both.
const KEYS = ['{tollgate}:failures', '{tollgate}:failures:changed'];
/** Sources remembered, here and in Redis. Under a flood from more of them, the ones that failed longest ago go first. */
const SOURCES_MAX = 50_000;
const EXCHANGE_EVERY_MS = 400;
const SENT_AT_ONCE_MAX = 1_000;
const RECEIVED_AT_ONCE_MAX = 5_000;
const SWEPT_AT_ONCE = 1_000;
/** One of the sources that are locked out is in the log, so often at most. */
const SAY_EVERY_MS = 60_000;

export function createLockouts({ failures, perMinute, connection, clock, logger, metrics }: LockoutOptions): Lockouts {
  const limit: RateLimit = { perMinute, burst: failures, debtMinutes: 0 };
  const sources = new RecentMap<BucketState>(SOURCES_MAX);
  const unsent = new RecentMap<number>(SOURCES_MAX);
  let knownUntilMs = '0';
  registerGauge(metrics, sources);
  const refused = new Counter({
    name: 'tollgate_locked_out_total',
    help: 'Requests refused because their source failed to authenticate too often.',
    registers: [metrics],
  });

  let saidAtMs = Number.NEGATIVE_INFINITY;
  const say = (source: string): void => {
    const nowMs = clock.now();
    if (nowMs - saidAtMs < SAY_EVERY_MS) return;
    saidAtMs = nowMs;
    logger.warn({ source }, 'locked out; if this is a proxy of yours, name it in TOLLGATE_TRUSTED_PROXIES');
  };

  const charge = (source: string, cost: number): void => {
    sources.set(source, chargeRate({ state: sources.get(source), limit, cost }, clock.now()));
  };

  const receive = (answer: readonly string[]): void => {
    const [, goOnAtMs = '0', ...pairs] = answer;
    knownUntilMs = goOnAtMs;
    const nowMs = clock.now();
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const source = pairs[at] ?? '';
      sources.set(source, { level: Number(pairs[at + 1]), atMs: nowMs });
      // What failed here while the answer was on its way, or could not be sent yet.
      const more = unsent.get(source);
      if (more !== undefined) charge(source, more);
    }
  };

  const exchange = async (): Promise<void> => {
    const sent = takeSome(unsent, SENT_AT_ONCE_MAX);
    const args = [perMinute, failures, knownUntilMs, SOURCES_MAX, RECEIVED_AT_ONCE_MAX, ...sent.flat()];
    try {
      receive(await connection.run(exchangeScript, KEYS, args));
    } catch {
      for (const [source, count] of sent) unsent.set(source, count + (unsent.get(source) ?? 0));
    }
    sweep(sources, limit, clock.now());
  };

  const exchanging = repeat({ name: 'exchange of failures', everyMs: EXCHANGE_EVERY_MS, run: exchange }, logger);
  return {
    get isQuiet() {
      return sources.size === 0;
    },
    retryAfterSeconds(source) {
      const state = sources.get(source);
      if (state === undefined) return undefined;
      const waitMs = rateWaitMs({ state, limit }, clock.now());
      if (waitMs === 0) return undefined;
      refused.inc();
      say(source);
      return Math.ceil(waitMs / 1_000);
    },
    failed(source) {
      charge(source, 1);
      unsent.set(source, (unsent.get(source) ?? 0) + 1);
    },
    close: exchanging.close,
  };
}

/** Takes them out; those that failed more than once first, or a flood of sources would hide the ones that matter. */
function takeSome(map: RecentMap<number>, countMax: number): readonly [string, number][] {
  const taken: [string, number][] = [];
  for (const isWanted of [(count: number) => count > 1, (count: number) => count === 1]) {
    for (const entry of map.entries()) {
      if (taken.length >= countMax) break;
      if (isWanted(entry[1])) taken.push(entry);
    }
  }
  for (const [source] of taken) map.delete(source);
  return taken;
}

/** Forgets sources whose failures are all forgiven. */
function sweep(sources: RecentMap<BucketState>, limit: RateLimit, nowMs: number): void {
  let looked = 0;
  for (const [source, state] of sources.entries()) {
    if (looked >= SWEPT_AT_ONCE) return;
    looked += 1;
    if (chargeRate({ state, limit, cost: 0 }, nowMs).level === 0) sources.delete(source);
  }
}

function registerGauge(metrics: Registry, sources: RecentMap<BucketState>): void {
  new Gauge({
    name: 'tollgate_failing_sources',
    help: 'Sources that failed to authenticate lately.',
    registers: [metrics],
    collect() {
      this.set(sources.size);
    },
  });
}

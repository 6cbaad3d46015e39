// A counter process: the real handler of batches with all that it keeps in memory, which ends with the process.

import { createLimitWindows, type RowCost } from '@tollgate/domain';
import type { BatchHandler, DeadLetter } from '@tollgate/event-log';
import { createLogger } from '@tollgate/runtime';
import type { CounterMetrics } from '../../services/counter/src/counter-metrics.ts';
import { RecentIds } from '../../services/counter/src/recent-ids.ts';
import { createBatchHandler } from '../../services/counter/src/run.ts';
import { createSettler, type Settler } from '../../services/counter/src/settler.ts';
import { StoredTimes } from '../../services/counter/src/stored-times.ts';
import { type Asker, callsOf, EPOCH, type Faults, type SimulatedCounters, type SimulatedWarehouse } from './servers.ts';
import type { World } from './world.ts';

export const CURRENCY = 'USD';
/** Picounits for a token. */
const PRICE_PICO = 2_500_000n;

export const WINDOWS = createLimitWindows([{ fromMs: Number.NEGATIVE_INFINITY, zone: 'UTC', anchorDay: 1 }]);

export interface CounterProcess extends Asker {
  readonly handle: BatchHandler;
  readonly settler: Settler;
  kill(): void;
}

export interface SimulatedSystem {
  readonly world: World;
  readonly warehouse: SimulatedWarehouse;
  readonly counters: SimulatedCounters;
  readonly letters: Map<string, DeadLetter>;
  readonly faults: { readonly warehouse: Faults; readonly counters: Faults };
  /** How often a process kills itself between two steps of a batch. */
  readonly suicide: { chance: number };
}

const NO_METRIC = { inc: () => undefined, set: () => undefined, reset: () => undefined, observe: () => undefined };
const NO_TIMING = { time: <Value>(work: () => Promise<Value>) => work() };
const METRICS: CounterMetrics = {
  ...{ batchRecords: NO_METRIC, storeRetries: NO_METRIC, deadLetters: NO_METRIC, uncharged: NO_METRIC },
  ...{ unsettled: NO_METRIC, passedOver: NO_METRIC, workersReplaced: NO_METRIC, textsCompared: NO_METRIC },
  ...{ lagEntries: NO_METRIC, lagSeconds: NO_METRIC, observeStored: () => undefined },
  ...{ countSeconds: NO_TIMING, priceSeconds: NO_TIMING, storeSeconds: NO_TIMING, settleSeconds: NO_TIMING },
};

const logger = createLogger({ service: 'simulation', level: 'silent' });

/** No event here has text. */
const NO_TEXTS = {
  assess: () => Promise.reject(new Error('there is no text to count')),
  ready: () => Promise.resolve(),
  close: () => Promise.resolve(),
  pending: 0,
  size: 1,
};

export function startCounter(system: SimulatedSystem): CounterProcess {
  const { world, warehouse, counters, letters, faults, suicide } = system;
  const life = { isDead: false };
  const clock = { now: () => world.nowMs };
  const settler = createSettler({
    ...{ clock, logger, metrics: { unsettled: NO_METRIC, passedOver: NO_METRIC } },
    counters: counters.askedBy(callsOf(world, life, faults.counters)),
    signals: { tell: () => Promise.resolve() },
    calendars: { of: async () => ({ windows: WINDOWS, currency: CURRENCY }), forget: () => undefined },
    // What cannot be settled at once is kept: the pauses of a run are no real time.
    bounds: { budgetMs: 0 },
  });
  const handle = createBatchHandler({
    ...{ epoch: EPOCH, clock, logger, metrics: METRICS, pool: NO_TEXTS, modelAliases: {}, settler },
    tracing: { start: () => undefined, close: async () => undefined },
    failpoint() {
      if (!world.chance(suicide.chance)) return;
      life.isDead = true;
      throw new Error('killed');
    },
    pricer: { prepare: async () => costOf },
    charger: { charge: () => Promise.resolve() },
    auditVoids: () => Promise.resolve(),
    recentIds: new RecentIds(),
    storedTimes: new StoredTimes(),
    deadLetters: {
      async put(put) {
        for (const letter of put) letters.set(letter.id, letter);
      },
    },
    warehouse: warehouse.storedBy(callsOf(world, life, faults.warehouse)),
  });
  return {
    get isDead() {
      return life.isDead;
    },
    handle,
    settler,
    kill() {
      life.isDead = true;
    },
  };
}

function costOf({ tokens }: { readonly tokens: Readonly<Partial<Record<string, bigint>>> }): RowCost {
  const total = Object.values(tokens).reduce<bigint>((sum, count = 0n) => sum + count, 0n);
  return {
    ...{ currency: CURRENCY, costPico: total * PRICE_PICO, costByClass: {}, cacheSavingsPico: 0n },
    ...{ priceIds: ['prc_simulation'], unpricedReason: '' },
  };
}

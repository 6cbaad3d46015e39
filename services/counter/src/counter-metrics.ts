// What the counter says about itself on `/metrics`.

import type { UsageRow } from '@tollgate/domain';
import { Counter, Gauge, Histogram, type Registry } from '@tollgate/runtime';
import type { RecordRows } from './batch-rows.ts';
import { createDriftMetrics } from './drift-metrics.ts';

interface Timing {
  time<Value>(work: () => Promise<Value>): Promise<Value>;
}

export interface CounterMetrics {
  readonly batchRecords: { observe(records: number): void };
  readonly countSeconds: Timing;
  readonly priceSeconds: Timing;
  readonly storeSeconds: Timing;
  readonly settleSeconds: Timing;
  readonly storeRetries: { inc(): void };
  readonly deadLetters: { inc(labels: { readonly code: string }): void };
  /** Events whose tokens were not charged to rate limits. */
  readonly uncharged: { inc(events: number): void };
  /** Stored events that limits wait to be told of. */
  readonly unsettled: { set(events: number): void };
  /** Stored events that limits are never told of: their counters are rebuilt. */
  readonly passedOver: { inc(events: number): void };
  readonly workersReplaced: { inc(): void };
  readonly textsCompared: { inc(labels: { readonly outcome: 'same' | 'different' }): void };
  readonly lagEntries: { set(labels: { readonly partition: number }, entries: number): void; reset(): void };
  readonly lagSeconds: { set(labels: { readonly partition: number }, seconds: number): void; reset(): void };
  observeStored(rows: readonly RecordRows[]): void;
}

const DURATION_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];
const BATCH_BUCKETS = [1, 10, 100, 1_000, 5_000, 10_000, 20_000];

export function createCounterMetrics(registry: Registry, textsPending: () => number): CounterMetrics {
  const registers = [registry];
  const records = new Counter({
    name: 'tollgate_counter_records_total',
    help: 'Records stored, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  const deadLetters = new Counter({
    name: 'tollgate_counter_dead_letters_total',
    help: 'Records that could not be counted, by reason.',
    labelNames: ['code'],
    registers,
  });
  const textsCompared = new Counter({
    name: 'tollgate_counter_texts_compared_total',
    help: 'Texts of the sample that tiktoken counted too, by whether it came to the same.',
    labelNames: ['outcome'],
    registers,
  });
  const unpriced = new Counter({
    name: 'tollgate_counter_unpriced_total',
    help: 'Usage stored without a cost, by reason. Which models and classes: GET /v1/prices/unpriced.',
    labelNames: ['reason'],
    registers,
  });
  const flags = new Counter({
    name: 'tollgate_counter_flags_total',
    help: 'Flags of counted events, by kind: such as members of a usage that no rule knows.',
    labelNames: ['flag'],
    registers,
  });
  const observeDrift = createDriftMetrics(registry);
  new Gauge({
    name: 'tollgate_counter_texts_pending',
    help: 'Events with text that wait for a worker thread or are in one.',
    registers,
    collect() {
      this.set(textsPending());
    },
  });
  return {
    deadLetters,
    textsCompared,
    batchRecords: histogram('tollgate_counter_batch_records', 'Records in a batch.', BATCH_BUCKETS),
    countSeconds: timing(histogram('tollgate_counter_count_seconds', 'Counting a batch.', DURATION_BUCKETS)),
    priceSeconds: timing(
      histogram('tollgate_counter_price_seconds', 'Waiting until all prices of a batch are known.', DURATION_BUCKETS),
    ),
    storeSeconds: timing(histogram('tollgate_counter_store_seconds', 'Storing a batch.', DURATION_BUCKETS)),
    settleSeconds: timing(
      histogram('tollgate_counter_settle_seconds', 'Telling limits and rates of a batch.', DURATION_BUCKETS),
    ),
    unsettled: new Gauge({
      name: 'tollgate_counter_unsettled_events',
      help: 'Stored events that limits wait to be told of, since Redis or the accounts are away.',
      registers,
    }),
    passedOver: counter(
      'tollgate_counter_passed_over_events_total',
      'Stored events that limits are never told of; their counters are rebuilt from the warehouse.',
    ),
    storeRetries: counter('tollgate_counter_store_retries_total', 'Batches that the warehouse did not take at once.'),
    uncharged: counter(
      'tollgate_counter_uncharged_events_total',
      'Events not charged to rate limits, since Redis or the accounts were away.',
    ),
    workersReplaced: counter('tollgate_counter_workers_replaced_total', 'Worker threads that died or were stuck.'),
    lagEntries: partitionGauge('tollgate_counter_lag_entries', 'Entries of the log that are not committed.'),
    lagSeconds: partitionGauge('tollgate_counter_lag_seconds', 'Age of the newest stored record while there is a lag.'),
    observeStored(rows) {
      for (const [outcome, count] of countBy(rows, outcomeOf)) records.inc({ outcome }, count);
      const letters = rows.flatMap(({ letter }) => (letter === null ? [] : [letter]));
      const reasons = rows.flatMap(({ usage }) => (usage === null || usage.costPico !== null ? [] : [usage]));
      for (const [reason, count] of countBy(reasons, reasonOf)) unpriced.inc({ reason }, count);
      for (const [code, count] of countBy(letters, (letter) => letter.code)) deadLetters.inc({ code }, count);
      const flagged = rows.flatMap(({ usage }) => usage?.flags ?? []);
      for (const [flag, count] of countBy(flagged, kindOfFlag)) flags.inc({ flag }, count);
      for (const { usage } of rows) if (usage !== null) observeDrift(usage);
    },
  };

  function histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers });
  }

  function counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers });
  }

  function partitionGauge(name: string, help: string): Gauge<'partition'> {
    return new Gauge({ name, help, labelNames: ['partition'], registers });
  }
}

function timing(histogram: Histogram): Timing {
  return {
    async time(work) {
      const end = histogram.startTimer();
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
}

/** Without the classes: the code alone. */
function reasonOf({ unpricedReason }: UsageRow): string {
  return unpricedReason.split(':', 1)[0] ?? '';
}

/** The kinds are few; what follows the colon comes from outside. */
function kindOfFlag(flag: string): string {
  return flag.split(':', 1)[0] ?? flag;
}

function outcomeOf({ receipt, usage }: RecordRows): string {
  return receipt.outcome === 'countable' && usage === null ? 'copy' : receipt.outcome;
}

function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return counts;
}

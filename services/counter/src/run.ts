// The way of a batch: read, count, price, drop copies, keep what cannot be counted, store, settle. When the handler resolves the log
// commits, so nothing is committed that is not stored.

import type { BatchContext, BatchHandler, DeadLetterQueue, LogBatch } from '@tollgate/event-log';
import type { Clock, Failpoint, Logger, Tracing } from '@tollgate/runtime';
import type { ModelAliases } from '@tollgate/tokenizer';
import type { Warehouse } from '@tollgate/warehouse';
import { type AssessedRecord, assessRecords } from './assess-records.ts';
import type { AuditVoids } from './audit-voids.ts';
import { asDeadLetter, eventKeyOf, type RecordRows, rowsOf } from './batch-rows.ts';
import type { CounterMetrics } from './counter-metrics.ts';
import { cutBatch } from './cut-batch.ts';
import { inSlices } from './in-slices.ts';
import { orAbort } from './or-abort.ts';
import type { CostOf, PricedRecord, Pricer } from './pricer.ts';
import type { RecentIds } from './recent-ids.ts';
import type { Settler } from './settler.ts';
import { storeRows } from './store-rows.ts';
import type { StoredTimes } from './stored-times.ts';
import type { TextPool } from './text-pool.ts';
import type { TokenCharger } from './token-charger.ts';
import { traceRecords } from './trace-records.ts';

export interface CounterParts {
  /** The number of the log among all that the deployment ever used. */
  readonly epoch: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly failpoint: Failpoint;
  readonly tracing: Tracing;
  readonly metrics: CounterMetrics;
  readonly pool: TextPool;
  readonly modelAliases: ModelAliases;
  readonly pricer: Pricer;
  readonly charger: TokenCharger;
  readonly settler: Pick<Settler, 'settle'>;
  readonly auditVoids: AuditVoids;
  readonly recentIds: RecentIds;
  readonly storedTimes: StoredTimes;
  readonly deadLetters: Pick<DeadLetterQueue, 'put'>;
  readonly warehouse: Pick<Warehouse, 'store'>;
}

const HEARTBEAT_MS = 2_000;

export function createBatchHandler(parts: CounterParts): BatchHandler {
  return async (batch, context) => {
    const heartbeat = setInterval(() => void context.keepAlive().catch(() => undefined), HEARTBEAT_MS);
    try {
      await orAbort(handleBatch(parts, batch, context), context.signal);
    } catch (error) {
      parts.recentIds.forgetPartition(batch.partition);
      throw error;
    } finally {
      clearInterval(heartbeat);
    }
  };
}

async function handleBatch(parts: CounterParts, batch: LogBatch, { signal }: BatchContext): Promise<void> {
  for (const chunk of cutBatch(batch)) await handleChunk(parts, chunk, signal);
}

async function handleChunk(parts: CounterParts, batch: LogBatch, signal: AbortSignal): Promise<void> {
  const { metrics, pool, modelAliases, pricer, failpoint } = parts;
  metrics.batchRecords.observe(batch.records.length);
  const startedAtMs = parts.clock.now();

  const assessed = await metrics.countSeconds.time(() => assessRecords(batch.records, { pool, modelAliases, signal }));
  const costOf = await metrics.priceSeconds.time(() => pricer.prepare(pricedRecords(assessed), signal));
  const rows = await writeRows(parts, assessed, { costOf, signal });
  signal.throwIfAborted();
  await putLetters(parts, rows);
  await parts.auditVoids(assessed, signal);
  failpoint('counter.before_store');
  const stored = await metrics.storeSeconds.time(() => store(parts, batch, { rows, signal }));
  failpoint('counter.after_store');
  const storedAtMs = parts.clock.now();
  const usage = stored.flatMap((row) => (row.usage === null ? [] : [row.usage]));
  await metrics.settleSeconds.time(() => Promise.all([parts.settler.settle(usage), parts.charger.charge(stored)]));
  failpoint('counter.after_settle');
  traceRecords(parts, assessed, { startedAtMs, storedAtMs });

  metrics.observeStored(rows);
  parts.storedTimes.note(batch.partition, rows.at(-1)?.receipt.receivedAtMs);
}

function pricedRecords(assessed: readonly AssessedRecord[]): readonly PricedRecord[] {
  return assessed.flatMap((each) =>
    each.kind === 'event' && each.assessment.kind === 'countable' ? [each.record] : [],
  );
}

/** Rows of all records; those of known copies keep their receipt only. */
async function writeRows(
  { epoch, clock, recentIds }: CounterParts,
  assessed: readonly AssessedRecord[],
  { costOf, signal }: { readonly costOf: CostOf; readonly signal: AbortSignal },
): Promise<readonly RecordRows[]> {
  const written: RecordRows[] = [];
  const nowMs = clock.now();
  await inSlices(assessed, signal, (record) => {
    const rows = rowsOf(record, { epoch, nowMs, costOf });
    const { receipt, usage } = rows;
    const isCopy = usage !== null && recentIds.isCopy(receipt.partition, eventKeyOf(receipt), receipt);
    written.push(isCopy ? { ...rows, usage: null } : rows);
  });
  return written;
}

async function putLetters({ deadLetters, logger }: CounterParts, rows: readonly RecordRows[]): Promise<void> {
  const letters = rows.flatMap(({ letter }) => (letter === null ? [] : [letter]));
  if (letters.length === 0) return;
  await deadLetters.put(letters);
  const codes = [...new Set(letters.map(({ code }) => code))];
  logger.warn({ letters: letters.length, codes }, 'records were put into the dead letters');
}

/** The rows as they are stored: a letter in place of each that was refused. */
async function store(
  { warehouse, deadLetters, clock, epoch, recentIds, logger, metrics }: CounterParts,
  batch: LogBatch,
  { rows, signal }: { readonly rows: readonly RecordRows[]; readonly signal: AbortSignal },
): Promise<readonly RecordRows[]> {
  const { partition, firstOffset, nextOffset } = batch;
  const buried = new Map<bigint, RecordRows>();
  await storeRows(rows, {
    warehouse,
    signal,
    range: { epoch, partition, firstOffset, nextOffset },
    onRetry(error) {
      metrics.storeRetries.inc();
      logger.warn({ err: error, partition }, 'the warehouse did not take a batch; trying again');
    },
    async bury(refused, detail) {
      const dead = asDeadLetter(refused, { code: 'not_storable', detail, nowMs: clock.now() });
      if (dead.letter !== null) await deadLetters.put([dead.letter]);
      recentIds.forgetEvent(partition, eventKeyOf(refused.receipt));
      metrics.deadLetters.inc({ code: 'not_storable' });
      logger.error({ partition, eventId: refused.receipt.eventId }, 'the warehouse refused a row for what it holds');
      buried.set(refused.receipt.position, dead);
      return dead;
    },
  });
  return buried.size === 0 ? rows : rows.map((row) => buried.get(row.receipt.position) ?? row);
}

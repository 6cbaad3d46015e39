// The warehouse on ClickHouse: one function a file, put together here.

import { applyRerateStep, nextRerateStep } from './apply-rerate.ts';
import { books, booksOfEach, consumedUntil, storedUntil } from './books.ts';
import { changedSinceOfEach, customersChangedSince } from './changed-since.ts';
import { connect, parseEndpoint } from './connection.ts';
import { costs } from './costs.ts';
import { drift } from './drift.ts';
import { event, events } from './events.ts';
import { invoiceRows, invoiceTotalsOfEach, invoiceUseOfEach, NO_TOTALS } from './invoice-use.ts';
import { limitUse } from './limit-use.ts';
import { SETTLED_AFTER_SECONDS } from './marked-insert.ts';
import { meterUsage, meterValue } from './meter-usage.ts';
import { migrate } from './migrate.ts';
import { asOf, recordProgress } from './progress.ts';
import { keepRatedRows, rowsToRate } from './rate-rows.ts';
import { rebuildRollups } from './rebuild-rollups.ts';
import { rerateReport } from './rerate-report.ts';
import { store } from './store.ts';
import { unpriced } from './unpriced.ts';
import { usage } from './usage.ts';
import { usageDetail } from './usage-detail.ts';
import type { Warehouse } from './warehouse.ts';
import { withdrawCopies } from './withdraw-copies.ts';

export interface ClickHouseWarehouseOptions {
  /** `http://user:password@host:port/database`. `migrate` creates the database if it is missing. */
  readonly url: string;
  /** How many partitions the log has: `asOf` answers once all of them were reported. Default 1. */
  readonly logPartitions?: number;
  /**
   * How long an hour must be quiet before its sum is trusted. Less than the default is unsafe wherever an insert can be
   * under way: it is for tests, which know that none is.
   */
  readonly unsafeSettledAfterSeconds?: number;
}

export function createClickHouseWarehouse(options: ClickHouseWarehouseOptions): Warehouse {
  const endpoint = parseEndpoint(options.url);
  const connection = connect(endpoint);
  const settledAfterSeconds = options.unsafeSettledAfterSeconds ?? SETTLED_AFTER_SECONDS;
  return {
    migrate: () => migrate(endpoint, connection),
    ready: () => connection.ready(),
    close: () => connection.close(),
    store: (batch) => store(connection, batch),
    recordProgress: (watermarks) => recordProgress(connection, watermarks),
    withdrawCopies: () => withdrawCopies(connection),
    rebuildRollups: ({ hoursMax }) => rebuildRollups(connection, { hoursMax, settledAfterSeconds }),
    asOf: () => asOf(connection, options.logPartitions ?? 1),
    usage: (query) => usage(connection, query, { settledAfterSeconds }),
    meterUsage: (query) => meterUsage(connection, query),
    drift: (query) => drift(connection, query),
    costs: (query) => costs(connection, query, { settledAfterSeconds }),
    unpriced: (query) => unpriced(connection, query),
    events: (query) => events(connection, query),
    event: (customerId, eventId) => event(connection, { customerId, eventId }),
    consumedUntil: () => consumedUntil(connection),
    storedUntil: () => storedUntil(connection),
    limitUse: (query) => limitUse(connection, query),
    async invoiceUse({ customerId, ...query }) {
      return (await invoiceUseOfEach(connection, { ...query, customerIds: [customerId] })).get(customerId) ?? [];
    },
    invoiceUseOfEach: (query) => invoiceUseOfEach(connection, query),
    async invoiceTotals({ customerId, ...query }) {
      const totals = await invoiceTotalsOfEach(connection, { ...query, customerIds: [customerId] });
      return totals.get(customerId) ?? NO_TOTALS;
    },
    invoiceTotalsOfEach: (query) => invoiceTotalsOfEach(connection, query),
    invoiceRows: (query) => invoiceRows(connection, query),
    meterValue: (query) => meterValue(connection, query),
    usageDetail: (query) => usageDetail(connection, query),
    async changedSince({ customerId, sinceMs }) {
      return (await changedSinceOfEach(connection, new Map([[customerId, sinceMs]]))).get(customerId) ?? [];
    },
    changedSinceOfEach: (sinceMs) => changedSinceOfEach(connection, sinceMs),
    customersChangedSince: (query) => customersChangedSince(connection, query),
    rowsToRate: (query) => rowsToRate(connection, query),
    keepRatedRows: (rerateId, rows) => keepRatedRows(connection, { rerateId, rows }),
    nextRerateStep: (step) => nextRerateStep(connection, step),
    applyRerateStep: (step) => applyRerateStep(connection, step),
    rerateReport: (report) => rerateReport(connection, report),
    books: (period) => books(connection, period),
    booksOfEach: (period) => booksOfEach(connection, period),
  };
}

// Composition of the counter: the only place that makes adapters, reads the environment and knows real time.

import process from 'node:process';
import { createPostgresAccounts, createPriceReader } from '@tollgate/accounts';
import { type LogMonitor, openEventLog } from '@tollgate/event-log';
import { createRedisLimits } from '@tollgate/limits';
import {
  createFailpoints,
  createLogger,
  createMetrics,
  createOperationsHandler,
  createTracing,
  exitOnConfigurationError,
  type Logger,
  repeat,
  reportProcess,
  runService,
  type ServiceScope,
  startOperationsServer,
  systemClock,
} from '@tollgate/runtime';
import { createClickHouseWarehouse } from '@tollgate/warehouse';
import { createAuditVoids } from './audit-voids.ts';
import { type CounterConfig, readConfig } from './config.ts';
import { createCounterMetrics } from './counter-metrics.ts';
import { keepHouse } from './keep-house.ts';
import { orAbort } from './or-abort.ts';
import { createOwnerCalendars } from './owner-calendars.ts';
import { createPricer } from './pricer.ts';
import { RecentIds } from './recent-ids.ts';
import { reportProgress } from './report-progress.ts';
import { createBatchHandler } from './run.ts';
import { createSettler } from './settler.ts';
import { StoredTimes } from './stored-times.ts';
import { createTextPool, type TextPool } from './text-pool.ts';
import { createTokenCharger } from './token-charger.ts';

const SERVICE = 'counter';
const GROUP = 'counter';
const PROGRESS_EVERY_MS = 500;
const IDENTITY_EVERY_MS = 5_000;
const SETTLE_EVERY_MS = 500;
/** No request waits for it, and a script may settle hundreds of events. */
const LIMITS_TIMEOUT_MS = 2_000;
const TEXT_GRACE_MS = 2_000;
const POOL_START_TIMEOUT_MS = 60_000;
/** More than the text workers, so that partitions whose texts are slow leave room for others. */
const PARTITIONS_AT_ONCE = 4;

interface Start {
  readonly config: CounterConfig;
  readonly logger: Logger;
  readonly scope: ServiceScope;
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger({ service: SERVICE, level: config.logLevel });
  await runService({ logger, shutdownTimeoutMs: config.shutdownTimeoutMs }, (scope) =>
    start({ config, logger, scope }),
  );
}

// What is registered last is closed first: the reader stops before what its batches need.
async function start({ config, logger, scope }: Start): Promise<void> {
  const tracing = await createTracing(SERVICE, config.tracing);
  scope.onShutdown('tracing', () => tracing.close());
  const warehouse = createClickHouseWarehouse({ url: config.clickhouseUrl });
  scope.onShutdown('warehouse', () => warehouse.close());
  await warehouse.migrate();

  const log = openEventLog(config.log, { logger, partitionsAtOnce: PARTITIONS_AT_ONCE });
  await log.ensure();
  const monitor = log.monitor({ group: GROUP });
  scope.onShutdown('log monitor', () => monitor.close());
  const deadLetters = log.deadLetters();
  scope.onShutdown('dead letters', () => deadLetters.close());
  const accounts = createPostgresAccounts({
    ...{ url: config.databaseUrl, clock: systemClock, logger },
    auditSecrets: config.peppers,
  });
  scope.onShutdown('accounts', () => accounts.close());
  await accounts.migrate();
  const identity = await monitor.identity();
  const epoch = await accounts.logEpoch(identity);
  const prices = createPriceReader(accounts);
  await prices.refresh();

  const registry = createMetrics(SERVICE);
  const metrics = createCounterMetrics(registry, () => pool.pending);
  const pool: TextPool = createTextPool({
    workerUrl: new URL('./text-worker.js', import.meta.url),
    size: config.textWorkers,
    deadlineMs: config.textDeadlineMs,
    modelAliases: config.modelAliases,
    graceMs: TEXT_GRACE_MS,
    compareEvery: config.textCompareEvery,
    onCompared({ encoding, isSame }) {
      metrics.textsCompared.inc({ outcome: isSame ? 'same' : 'different' });
      if (!isSame) logger.error({ encoding, node: process.version }, 'a text was counted otherwise than tiktoken does');
    },
    onReplaced(reason) {
      metrics.workersReplaced.inc();
      logger.error({ reason }, 'a text worker was replaced');
    },
  });
  scope.onShutdown('text workers', () => pool.close());

  const checks = [
    { name: 'warehouse', check: () => warehouse.ready() },
    { name: 'accounts', check: () => accounts.ready() },
    { name: 'log', check: async () => void (await monitor.progress()) },
    { name: 'text workers', check: () => pool.ready() },
  ];
  const server = await startOperationsServer({
    host: config.metricsHost,
    port: config.metricsPort,
    handle: createOperationsHandler({
      metrics: registry,
      checks,
    }),
  });
  scope.onShutdown('operations server', () => server.close());
  const report = reportProcess({ service: SERVICE, checks, store: accounts, clock: systemClock, logger });
  scope.onShutdown('report of this process', () => report.close());
  logger.info({ port: server.port, epoch }, 'listening');

  const limits = await createRedisLimits({
    ...{ ...config.limits, clock: systemClock, logger, metrics: registry },
    answerTimeoutMs: LIMITS_TIMEOUT_MS,
  });
  scope.onShutdown('limits', () => limits.close());
  const calendars = createOwnerCalendars({ accounts, clock: systemClock });
  const watch = await accounts.watch((id) => calendars.forget(id));
  scope.onShutdown('watch of the accounts', () => watch.close());
  const settler = createSettler({
    ...{ calendars, clock: systemClock, logger, metrics },
    counters: limits.counters({ name: config.log.name }),
    signals: limits.signals({ name: config.log.name }),
  });
  const reader = log.reader({ group: GROUP });
  const shared = {
    epoch,
    clock: systemClock,
    tracing,
    metrics,
    warehouse,
    auditVoids: createAuditVoids({ accounts, logger }),
    pricer: createPricer({ accounts, prices, logger }),
    charger: createTokenCharger({
      ...{ limits, accounts, logger, clock: systemClock },
      onUncharged: (events) => metrics.uncharged.inc(events),
    }),
    settler,
    recentIds: new RecentIds(),
    storedTimes: new StoredTimes(),
    settlements: limits.settlements({ name: config.log.name }),
  };
  const tasks = [
    ...keepHouse({ reader, warehouse, logger }),
    repeat(
      {
        name: 'progress',
        everyMs: PROGRESS_EVERY_MS,
        run: () => reportProgress({ ...shared, logger, reader, monitor }),
      },
      logger,
    ),
    repeat({ name: 'settlement', everyMs: SETTLE_EVERY_MS, run: () => settler.retry() }, logger),
    repeat(
      { name: 'identity', everyMs: IDENTITY_EVERY_MS, run: () => endWhenReplaced({ identity, monitor, scope }) },
      logger,
    ),
  ];
  scope.onShutdown('recurring tasks', async () => void (await Promise.all(tasks.map((task) => task.close()))));

  const failpoint = createFailpoints(config.failpoint);
  scope.onShutdown('log reader', () => reader.close());
  // Encoders take a second to make: no batch should wait for them with its partition held.
  await orAbort(pool.ready(), AbortSignal.timeout(POOL_START_TIMEOUT_MS));
  reader
    .run(createBatchHandler({ ...shared, logger, failpoint, pool, modelAliases: config.modelAliases, deadLetters }))
    .catch(scope.fail);
}

/** Another log under the same name has an epoch of its own, which is asked for at start. */
async function endWhenReplaced(parts: {
  readonly identity: string;
  readonly monitor: LogMonitor;
  readonly scope: ServiceScope;
}): Promise<void> {
  if ((await parts.monitor.identity()) === parts.identity) return;
  parts.scope.fail(new Error('The event log was replaced by another; a new start reads that one.'));
}

await main().catch(exitOnConfigurationError);

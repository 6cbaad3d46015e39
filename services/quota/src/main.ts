// Composition of the quota service: the only place that makes adapters, reads the environment and knows real time.

import process from 'node:process';
import { createPostgresAccounts } from '@tollgate/accounts';
import { createRedisJobs, schedule } from '@tollgate/jobs';
import { createRedisLimits } from '@tollgate/limits';
import {
  createLogger,
  createMetrics,
  createOperationsHandler,
  exitOnConfigurationError,
  type Logger,
  reportProcess,
  runService,
  type ServiceScope,
  startOperationsServer,
  systemClock,
} from '@tollgate/runtime';
import { createClickHouseWarehouse } from '@tollgate/warehouse';
import { type QuotaConfig, readConfig } from './config.ts';
import { followCounters, followLimits } from './follow.ts';
import { createJobHandlers } from './handle-jobs.ts';
import type { LookParts } from './look-after.ts';
import { createOwnersLimits } from './owner-limits.ts';
import { createQuotaMetrics } from './quota-metrics.ts';
import type { ReconcileParts } from './reconcile-owner.ts';
import { createTeller } from './tell-of-limits.ts';

const SERVICE = 'quota';
const JOBS_AT_ONCE = 4;
/** No request waits for it. */
const LIMITS_TIMEOUT_MS = 2_000;

interface Start {
  readonly config: QuotaConfig;
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

// What is registered last is closed first: the work stops before what it needs.
async function start({ config, logger, scope }: Start): Promise<void> {
  const { name } = config;
  const clock = systemClock;
  const registry = createMetrics(SERVICE);
  const metrics = createQuotaMetrics(registry);
  const warehouse = createClickHouseWarehouse({ url: config.clickhouseUrl });
  scope.onShutdown('warehouse', () => warehouse.close());
  await warehouse.migrate();
  const accounts = createPostgresAccounts({ url: config.databaseUrl, clock, logger });
  scope.onShutdown('accounts', () => accounts.close());
  await accounts.migrate();
  const limits = await createRedisLimits({
    ...{ ...config.limits, clock, logger, metrics: registry },
    answerTimeoutMs: LIMITS_TIMEOUT_MS,
  });
  scope.onShutdown('limits', () => limits.close());
  const jobs = createRedisJobs({
    ...{ ...config.limits, name, logger, metrics: registry },
    ...{ queue: 'limits', atOnce: JOBS_AT_ONCE },
  });
  scope.onShutdown('jobs', () => jobs.close());

  const checks = [
    { name: 'warehouse', check: () => warehouse.ready() },
    { name: 'accounts', check: () => accounts.ready() },
    { name: 'limits', check: () => jobs.ready() },
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
  const report = reportProcess({ service: SERVICE, checks, store: accounts, clock, logger });
  scope.onShutdown('report of this process', () => report.close());
  logger.info({ port: server.port }, 'listening');

  const counters = limits.counters({ name });
  const signals = limits.signals({ name });
  const limitsOf = createOwnersLimits({ accounts, clock });
  const shared = { counters, warehouse, clock, limitsOf, logger, metrics };
  const look: LookParts = { ...shared, teller: createTeller({ accounts, clock, metrics }) };
  const reconcile: ReconcileParts = shared;

  const following = await followLimits({ accounts, warehouse, signals, jobs, look, logger });
  jobs.work(createJobHandlers({ accounts, warehouse, jobs, clock, look, reconcile }));
  const tasks = [
    following,
    ...followCounters({ accounts, warehouse, signals, jobs, look, logger }),
    schedule({ name: 'limits.tend-all', everyMs: config.tendEveryMs }, { jobs, clock, logger }),
    schedule({ name: 'limits.reconcile-all', everyMs: config.reconcileEveryMs }, { jobs, clock, logger }),
  ];
  scope.onShutdown('recurring tasks', async () => void (await Promise.all(tasks.map((task) => task.close()))));
}

await main().catch(exitOnConfigurationError);

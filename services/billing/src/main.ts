// Composition of billing: the only place that makes adapters, reads the environment and knows real time.

import { join } from 'node:path';
import process from 'node:process';
import { createPostgresAccounts, createPriceReader } from '@tollgate/accounts';
import { createArchives } from '@tollgate/archive';
import { createInvoicing } from '@tollgate/invoicing';
import { createRedisJobs, schedule } from '@tollgate/jobs';
import {
  createFailpoints,
  createIdGenerator,
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
import { createBillingMetrics } from './billing-metrics.ts';
import { type BillingConfig, readConfig } from './config.ts';
import { createJobHandlers } from './handle-jobs.ts';

const SERVICE = 'billing';
const CONNECTIONS_BESIDE = 8;

interface Start {
  readonly config: BillingConfig;
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
  const { name, lateEveryMs } = config;
  const clock = systemClock;
  const newId = createIdGenerator(clock);
  const failpoint = createFailpoints(config.failpoint);
  const registry = createMetrics(SERVICE);
  const metrics = createBillingMetrics(registry);
  const warehouse = createClickHouseWarehouse({ url: config.clickhouseUrl, logPartitions: config.logPartitions });
  scope.onShutdown('warehouse', () => warehouse.close());
  await warehouse.migrate();
  const accounts = createPostgresAccounts({
    ...{ url: config.databaseUrl, clock, logger },
    auditSecrets: config.peppers,
    // Each job has a transaction of its own; beside them sweeps and prices are read.
    connectionsMax: config.jobsAtOnce + CONNECTIONS_BESIDE,
  });
  scope.onShutdown('accounts', () => accounts.close());
  await accounts.migrate();
  const jobs = createRedisJobs({
    ...{ ...config.limits, name, logger, metrics: registry },
    ...{ queue: 'billing', atOnce: config.jobsAtOnce, lockMs: config.jobLockMs },
  });
  scope.onShutdown('jobs', () => jobs.close());

  const checks = [
    { name: 'warehouse', check: () => warehouse.ready() },
    { name: 'accounts', check: () => accounts.ready() },
    { name: 'jobs', check: () => jobs.ready() },
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

  const archives = createArchives({ dir: join(config.filesDir, 'exports') });
  const prices = createPriceReader(accounts);
  const invoicing = createInvoicing({ accounts, warehouse, prices, clock, newId, failpoint });
  const shared = { accounts, warehouse, archives, invoicing, jobs, clock, failpoint, logger, metrics };
  jobs.work(createJobHandlers({ ...shared, lateEveryMs }));
  const tasks = [
    schedule({ name: 'billing.sweep', everyMs: config.sweepEveryMs }, { jobs, clock, logger }),
    schedule({ name: 'billing.sweep-late', everyMs: lateEveryMs }, { jobs, clock, logger }),
  ];
  scope.onShutdown('recurring tasks', async () => void (await Promise.all(tasks.map((task) => task.close()))));
}

await main().catch(exitOnConfigurationError);

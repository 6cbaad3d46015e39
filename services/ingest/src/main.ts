// Composition of ingest: the only place that makes adapters, reads the environment and knows real time.

import type { IncomingMessage } from 'node:http';
import process from 'node:process';
import { createPostgresAccounts, createPriceReader } from '@tollgate/accounts';
import {
  createAuthenticator,
  createKeyUses,
  recordKeyActivity,
  sourceAddressOf,
  sourceNetworkOf,
} from '@tollgate/auth';
import type { TollgateError } from '@tollgate/domain';
import { openEventLog } from '@tollgate/event-log';
import { createGate, createRedisLimits } from '@tollgate/limits';
import {
  createFailpoints,
  createIdGenerator,
  createLogger,
  createMetrics,
  createOperationsHandler,
  createTracing,
  exitOnConfigurationError,
  type Logger,
  recordRefusals,
  reportProcess,
  runService,
  type ServiceScope,
  systemClock,
} from '@tollgate/runtime';
import { createAdmission } from './admission.ts';
import { Allowances } from './authorizations/allowances.ts';
import { createLimitBook } from './authorizations/limit-book.ts';
import { createReserver } from './authorizations/reserve.ts';
import { createTextCounting } from './authorizations/text-counting.ts';
import { createBrokenRequests } from './broken-requests.ts';
import { type Config, readConfig } from './config.ts';
import { Connections } from './connections.ts';
import { createHotRoutes } from './hot-routes.ts';
import { startHttpServer } from './http-server.ts';
import { createIngestMetrics } from './ingest-metrics.ts';
import { createOtherRoutes } from './other-routes.ts';
import { createEventRefuser } from './refuse-events.ts';

const SERVICE = 'ingest';
/** Longer than for rates, which this process can decide alone: a quota that is not answered in time refuses. */
const COUNTERS_TIMEOUT_MS = 1_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger({ service: SERVICE, level: config.logLevel });
  await runService({ logger, shutdownTimeoutMs: config.shutdownTimeoutMs }, (scope) =>
    start({ config, logger, scope }),
  );
}

interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  readonly scope: ServiceScope;
}

async function start({ config, logger, scope }: Parts): Promise<void> {
  const clock = systemClock;
  const tracing = await createTracing(SERVICE, config.tracing);
  scope.onShutdown('tracing', () => tracing.close());
  const accounts = createPostgresAccounts({ url: config.databaseUrl, clock, logger });
  scope.onShutdown('accounts', () => accounts.close());
  await accounts.migrate();
  const { peppers, authority } = config;
  const uses = createKeyUses({ store: accounts, clock, logger });
  scope.onShutdown('key uses', () => uses.close());
  const activity = recordKeyActivity({ store: accounts, clock, logger });
  scope.onShutdown('key activity', () => activity.close());
  const authenticator = await createAuthenticator({ accounts, peppers, authority, clock, uses: [uses, activity] });
  scope.onShutdown('authenticator', () => authenticator.close());
  const log = openEventLog(config.log, { logger });
  await log.ensure();
  const writer = log.writer();
  scope.onShutdown('log writer', () => writer.close());

  const registry = createMetrics(SERVICE);
  const limits = await createRedisLimits({ ...config.limits, clock, logger, metrics: registry });
  scope.onShutdown('limits', () => limits.close());
  const lockouts = limits.lockouts(config.lockouts);
  scope.onShutdown('lockouts', () => lockouts.close());
  const admission = createAdmission({
    bytesMax: config.bytesInFlightMax,
    requestsMax: config.requestsInFlightMax,
    keyBytesMax: config.bytesInFlightMax / 2,
    keyRequestsMax: config.requestsInFlightMax / 2,
  });
  const metrics = createIngestMetrics(registry, {
    bytesInFlight: () => admission.bytesInFlight,
    requestsInFlight: () => admission.requestsInFlight,
    logBytesInFlight: () => writer.bytesInFlight,
  });
  const refusals = recordRefusals({ service: SERVICE, clock, logger, sourceOf: sourceNetworkOf, store: accounts });
  scope.onShutdown('refusals', () => refusals.close());
  const onRefused = ({ code }: TollgateError, req: IncomingMessage): void =>
    refusals.note({ code, address: sourceAddressOf(req, config.trustedProxies), keyId: null });
  const failpoint = createFailpoints(config.failpoint);
  const { trustedProxies } = config;
  const counters = limits.counters({ name: config.log.name, answerTimeoutMs: COUNTERS_TIMEOUT_MS });
  const book = await createLimitBook({ accounts, prices: createPriceReader(accounts), clock, logger });
  scope.onShutdown('limit book', () => book.close());
  const texts = createTextCounting({
    workerUrl: new URL('./authorizations/text-worker.js', import.meta.url),
    modelAliases: config.modelAliases,
    deadlineMs: config.textDeadlineMs,
    onReplaced: (reason) => logger.error({ reason }, 'a thread that counts text was replaced'),
  });
  scope.onShutdown('texts', () => texts.close());
  const hotRoutes = createHotRoutes({
    authenticator,
    gate: createGate({ limits, lockouts }),
    writer,
    metrics,
    failpoint,
    admission,
    trustedProxies,
    refusals,
    clock,
    logger,
    limits,
    counters,
    book,
    texts,
    reserver: createReserver({ counters, allowances: new Allowances({ processes: config.processes }) }),
    eventRefuser: createEventRefuser({ book, counters, logger }),
    newId: createIdGenerator(clock),
    modelAliases: config.modelAliases,
    tracing,
  });
  const connections = new Connections();
  let isDraining = (): boolean => false;
  const checks = [
    { name: 'accounts', check: () => accounts.ready() },
    { name: 'log', check: () => writer.ready() },
    { name: 'accepting', check: async () => refuseWhen(isDraining()) },
  ];
  const server = await startHttpServer({
    host: config.host,
    port: config.port,
    tls: config.tls,
    metrics: registry,
    requestTimeoutMs: config.requestTimeoutMs,
    connectionsMax: config.connectionsMax,
    // What is cut off then leaves the log's writer time to close.
    drainMs: config.shutdownTimeoutMs / 2,
    operations: createOperationsHandler({
      metrics: registry,
      checks,
    }),
    hotRoute: hotRoutes.find,
    otherRoutes: createOtherRoutes({
      ...hotRoutes,
      onAnswered: (status) => metrics.answered('other', status),
      onRefused,
    }),
    onRefused,
    connections,
    brokenRequests: createBrokenRequests(connections, ({ code, status, source }) => {
      const address = typeof source === 'string' ? source : sourceAddressOf(source, trustedProxies);
      refusals.note({ code, address, keyId: null });
      metrics.refused(code);
      metrics.answered('none', status);
    }),
    logger,
  }).catch(exitOnConfigurationError);
  isDraining = () => server.isDraining;
  scope.onShutdown('http server', () => server.close());
  const report = reportProcess({ service: SERVICE, checks, store: accounts, clock, logger });
  scope.onShutdown('report of this process', () => report.close());
  logger.info({ port: server.port }, 'listening');
}

function refuseWhen(isDraining: boolean): void {
  if (isDraining) throw new Error('ingest is shutting down');
}

await main().catch(exitOnConfigurationError);

// Composition of webhooks: the only place that makes adapters, reads the environment and knows real time.

import { Resolver } from 'node:dns/promises';
import process from 'node:process';
import { createPostgresAccounts } from '@tollgate/accounts';
import { createKeySeal } from '@tollgate/auth';
import {
  createFailpoints,
  createIdGenerator,
  createLogger,
  createMetrics,
  createOperationsHandler,
  exitOnConfigurationError,
  type Logger,
  repeat,
  reportProcess,
  runService,
  type ServiceScope,
  startOperationsServer,
  systemClock,
} from '@tollgate/runtime';
import { readConfig, type WebhooksConfig } from './config.ts';
import { createDeliver } from './deliver.ts';
import { startDispatch } from './dispatch.ts';
import { createFanOut } from './fan-out.ts';
import { keepHouse } from './keep-house.ts';
import { createAttemptNotes } from './note-attempts.ts';
import { createReceiverLookup } from './receiver-lookup.ts';
import { createSender } from './send-request.ts';
import { createSlots } from './slots.ts';
import { createWebhookMetrics } from './webhook-metrics.ts';

const SERVICE = 'webhooks';
const FAN_OUT_EVERY_MS = 100;
const REPORT_EVERY_MS = 5_000;
/** For each try of each server. */
const DNS_TIMEOUT_MS = 2_000;
const DNS_TRIES = 2;

interface Start {
  readonly config: WebhooksConfig;
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

// What is registered last is closed first: nothing more is claimed before what attempts need is closed.
async function start({ config, logger, scope }: Start): Promise<void> {
  const clock = systemClock;
  const newId = createIdGenerator(clock);
  const failpoint = createFailpoints(config.failpoint);
  const accounts = createPostgresAccounts({
    ...{ url: config.databaseUrl, clock, logger },
    auditSecrets: config.peppers,
  });
  scope.onShutdown('accounts', () => accounts.close());
  await accounts.migrate();

  const registry = createMetrics(SERVICE);
  const slots = createSlots(config.attemptsMax);
  const metrics = createWebhookMetrics(registry, () => slots.inFlight);
  const checks = [{ name: 'accounts', check: () => accounts.ready() }];
  const server = await startOperationsServer({
    host: config.metricsHost,
    port: config.metricsPort,
    handle: createOperationsHandler({
      metrics: registry,
      checks,
    }),
  });
  scope.onShutdown('operations server', () => server.close());
  const told = reportProcess({ service: SERVICE, checks, store: accounts, clock, logger });
  scope.onShutdown('report of this process', () => told.close());
  logger.info({ port: server.port }, 'listening');

  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  if (config.dnsServers.length > 0) resolver.setServers(config.dnsServers);
  const { receivers, timeoutMs } = config;
  const sender = createSender({ lookup: createReceiverLookup(resolver, receivers), timeoutMs, clock });
  scope.onShutdown('connections', () => sender.close());
  const seal = createKeySeal(config.encryptionSecrets);
  const dispatch = startDispatch({
    ...{ accounts, slots, clock, newId, failpoint, metrics, logger, timeoutMs },
    deliver: createDeliver({ seal, receivers, sender, clock }),
    note: createAttemptNotes({ accounts, clock, logger, disableAfterMs: config.disableAfterMs }),
    pausesMaxMs: config.pausesMaxMs,
    random: Math.random,
  });
  scope.onShutdown('dispatch', () => dispatch.close());

  const fanOut = createFanOut({ accounts, clock, newId, failpoint, onQueued: () => dispatch.wake() });
  const report = async (): Promise<void> => {
    const nowMs = clock.now();
    metrics.report(await accounts.webhookBacklog(nowMs), nowMs);
  };
  const tasks = [
    { name: 'outbox', everyMs: FAN_OUT_EVERY_MS, run: fanOut },
    { name: 'backlog', everyMs: REPORT_EVERY_MS, run: report },
    ...keepHouse({ accounts, seal, retentionMs: config.retentionMs, clock, logger }),
  ].map((task) => repeat(task, logger));
  scope.onShutdown('recurring tasks', async () => void (await Promise.all(tasks.map((task) => task.close()))));
}

await main().catch(exitOnConfigurationError);

// The composition root of the api: reads the environment, opens what it needs, serves until it is told to stop.

import { join } from 'node:path';
import { createPostgresAccounts, createPriceReader } from '@tollgate/accounts';
import { createArchives } from '@tollgate/archive';
import {
  createAuthenticator,
  createKeySeal,
  createKeyUses,
  currentPepperOf,
  recordKeyActivity,
  sourceNetworkOf,
} from '@tollgate/auth';
import { openEventLog } from '@tollgate/event-log';
import { createInvoicing } from '@tollgate/invoicing';
import { createGate, createRedisLimits } from '@tollgate/limits';
import {
  createFailpoints,
  createIdGenerator,
  createLogger,
  createMetrics,
  exitOnConfigurationError,
  recordRefusals,
  repeat,
  reportProcess,
  runService,
  systemClock,
} from '@tollgate/runtime';
import { createClickHouseWarehouse } from '@tollgate/warehouse';
import { alertRoutes } from './alerts.ts';
import { auditLogRoutes } from './audit-log.ts';
import { billingTermRoutes } from './billing/billing-term-routes.ts';
import { bookRoutes } from './books.ts';
import { type Config, readConfig } from './config.ts';
import { createApp } from './create-app.ts';
import { customerRoutes } from './customers.ts';
import { readDashboardFiles } from './dashboard/dashboard-files.ts';
import { createDashboard } from './dashboard/serve-dashboard.ts';
import { embeddedUrl } from './dashboard/view.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { documentPages, indexPage } from './document-pages.ts';
import { driftRoutes } from './drift.ts';
import { eventRoutes } from './events.ts';
import { firstStart, resetOperatorKey } from './first-start.ts';
import { readGithubKeys } from './github-signature.ts';
import { healthRoutes } from './health.ts';
import { startHttpServer } from './http-server.ts';
import { createIdempotency } from './idempotency.ts';
import { createInFlight } from './in-flight.ts';
import { creditNoteRoutes } from './invoices/credit-note-routes.ts';
import { exportRoutes } from './invoices/export-routes.ts';
import { invoiceActRoutes } from './invoices/invoice-act-routes.ts';
import { invoiceRoutes } from './invoices/invoice-routes.ts';
import { readinessRoutes } from './invoices/readiness-routes.ts';
import { traceRoutes } from './invoices/trace-routes.ts';
import { keyStateRoutes } from './key-states.ts';
import { keyRoutes } from './keys.ts';
import { leakedKeyRoutes } from './leaked-keys.ts';
import { limitActRoutes } from './limits/limit-act-routes.ts';
import { limitAlertRoutes } from './limits/limit-alert-routes.ts';
import { limitDefaultRoutes } from './limits/limit-default-routes.ts';
import { limitRoutes } from './limits/limit-routes.ts';
import { createLiveLimits } from './limits/live-limits.ts';
import { createLive } from './live.ts';
import { logAuditHead } from './log-audit-head.ts';
import { meterUsageRoutes } from './meter-usage.ts';
import { meterRoutes } from './meters.ts';
import { createOAuthEndpoints } from './oauth/create-oauth.ts';
import { metadataPages } from './oauth/metadata.ts';
import { createTokenIssuer } from './oauth/token-issuer.ts';
import { organizationRoutes } from './organization.ts';
import { priceFileRoutes } from './price-files.ts';
import { priceLookupRoutes } from './price-lookup.ts';
import { priceByIdRoute, priceRoutes } from './prices.ts';
import { projectRoutes } from './projects.ts';
import { refusalRoutes } from './refusals.ts';
import { rerateWorker } from './rerate-worker.ts';
import { rerateRoutes } from './rerates.ts';
import { seedListPrices } from './seed-list-prices.ts';
import { portalRoutes } from './sessions/portal-routes.ts';
import { createSessionCookies } from './sessions/session-cookie.ts';
import { sessionRoutes } from './sessions/session-routes.ts';
import { jwksPage } from './signing-keys/jwks.ts';
import { keepTokens } from './signing-keys/keep-tokens.ts';
import { createSigningKeyKeeper } from './signing-keys/signing-key-keeper.ts';
import { signingKeyRoutes } from './signing-keys/signing-key-routes.ts';
import { unpricedRoutes } from './unpriced.ts';
import { usageRoutes } from './usage.ts';
import { watchBooks } from './watch-books.ts';
import { watchKeyUse } from './watch-key-use.ts';
import { watchPeppers } from './watch-peppers.ts';
import { watchRefusals } from './watch-refusals.ts';
import { webhookDeliveryRoutes } from './webhook-deliveries.ts';
import { webhookEndpointRoutes } from './webhook-endpoints.ts';

const SERVICE = 'api';

/** The group under which the counter consumes the log. */
const COUNTER_GROUP = 'counter';

function loadConfig(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    return exitOnConfigurationError(error);
  }
}

const config = loadConfig();
const logger = createLogger({ service: SERVICE, level: config.logLevel });
const metrics = createMetrics(SERVICE);
const clock = systemClock;
const newId = createIdGenerator(clock);

await runService({ logger, shutdownTimeoutMs: config.shutdownTimeoutMs }, async (scope) => {
  const { peppers } = config;
  const pepper = currentPepperOf(peppers);
  const { authority, signing: rules, refreshFamilyLifeMs } = config.tokens;
  const accounts = createPostgresAccounts({ url: config.databaseUrl, clock, logger, auditSecrets: peppers });
  scope.onShutdown('accounts', () => accounts.close());
  await accounts.migrate();
  const { isNew } = await firstStart({ ...config, pepper, accounts, clock, newId, logger }).catch(
    exitOnConfigurationError,
  );
  if (config.listPrices === 'shipped') await seedListPrices({ accounts, clock, newId, logger, isNew });
  const seal = createKeySeal(config.tokens.encryptionSecrets);
  const keeper = createSigningKeyKeeper({ accounts, rules, seal, clock });
  await keeper.keep().catch(exitOnConfigurationError);
  await resetOperatorKey({ ...config, pepper, accounts, clock, newId, logger }).catch(exitOnConfigurationError);
  const uses = createKeyUses({ store: accounts, clock, logger });
  scope.onShutdown('key uses', () => uses.close());
  const activity = recordKeyActivity({ store: accounts, clock, logger });
  scope.onShutdown('key activity', () => activity.close());
  const authenticator = await createAuthenticator({ accounts, peppers, authority, clock, uses: [uses, activity] });
  scope.onShutdown('authenticator', () => authenticator.close());

  const limits = await createRedisLimits({ ...config.limits, clock, logger, metrics });
  scope.onShutdown('limits', () => limits.close());
  const lockouts = limits.lockouts(config.lockouts);
  scope.onShutdown('lockouts', () => lockouts.close());

  const log = openEventLog(config.log, { logger });
  await log.ensure();
  const monitor = log.monitor({ group: COUNTER_GROUP });
  scope.onShutdown('log monitor', () => monitor.close());
  const writer = log.writer();
  scope.onShutdown('log writer', () => writer.close());
  const deadLetters = log.deadLetters();
  scope.onShutdown('dead letters', () => deadLetters.close());
  const warehouse = createClickHouseWarehouse({
    url: config.clickhouseUrl,
    logPartitions: config.log.partitionCount,
  });
  scope.onShutdown('warehouse', () => warehouse.close());
  await warehouse.migrate();

  const githubKeys = await readGithubKeys(config.githubKeysFile).catch(exitOnConfigurationError);
  const epoch = await accounts.logEpoch(await monitor.identity());
  const inFlight = createInFlight(monitor);
  const counters = limits.counters({ name: config.log.name });
  const publicUrl = authority.issuer.replace(/\/$/, '');
  const cookies = createSessionCookies({ isSecure: config.tls !== undefined || publicUrl.startsWith('https:') });
  const { frameAncestors } = config;
  const liveLimits = createLiveLimits({ counters, clock, logger });
  const live = createLive({ warehouse, monitor, logger });
  const invoicing = createInvoicing({
    ...{ accounts, warehouse, clock, newId, prices: createPriceReader(accounts) },
    failpoint: createFailpoints(config.failpoint),
  });
  const archives = createArchives({ dir: join(config.filesDir, 'exports') });
  const routes = [
    ...organizationRoutes(),
    ...customerRoutes({ clock, newId }),
    ...projectRoutes({ clock, newId }),
    ...keyRoutes({ clock, newId, pepper, liveLimits }),
    ...keyStateRoutes({ clock, newId, pepper }),
    ...limitRoutes({ clock, newId, live: liveLimits }),
    ...limitActRoutes({ clock, newId, live: liveLimits }),
    ...limitAlertRoutes(),
    ...limitDefaultRoutes({ clock, newId }),
    ...priceRoutes({ clock, newId }),
    ...priceFileRoutes({ clock, newId }),
    ...priceLookupRoutes({ prices: createPriceReader(accounts), clock }),
    ...unpricedRoutes({ warehouse, clock }),
    priceByIdRoute(),
    ...usageRoutes({ warehouse }),
    ...live.routes,
    ...rerateRoutes({ warehouse, clock, newId }),
    ...driftRoutes({ warehouse }),
    ...meterRoutes({ clock }),
    ...billingTermRoutes({ clock, newId }),
    ...meterUsageRoutes({ warehouse }),
    ...eventRoutes({ warehouse, inFlight, clock }),
    ...invoiceRoutes({ invoicing, clock }),
    ...invoiceActRoutes({ invoicing }),
    ...creditNoteRoutes(),
    ...readinessRoutes({ invoicing }),
    ...traceRoutes({ invoicing, warehouse }),
    ...exportRoutes({ archives, clock, newId }),
    ...bookRoutes({ warehouse, inFlight, epoch }),
    ...leakedKeyRoutes({ limits, githubKeys, peppers, clock }),
    ...alertRoutes(),
    ...auditLogRoutes(),
    ...signingKeyRoutes({ keeper, clock }),
    ...webhookEndpointRoutes({ ...config, clock, newId, seal }),
    ...webhookDeliveryRoutes({ ...config, clock, newId, seal }),
    ...sessionRoutes({ clock, newId, rules: config.sessions }),
    ...portalRoutes({
      clock,
      newId,
      publicUrl,
      embeddedUrl: frameAncestors.length === 0 ? null : embeddedUrl(publicUrl),
    }),
    ...refusalRoutes({ clock }),
    ...healthRoutes({ warehouse, monitor, clock }),
    ...deadLetterRoutes({ warehouse, deadLetters, writer, clock }),
  ];
  const refusals = recordRefusals({ service: SERVICE, clock, logger, sourceOf: sourceNetworkOf, store: accounts });
  scope.onShutdown('refusals', () => refusals.close());
  const issuer = createTokenIssuer({ authority, seal, tokenLifeMs: rules.tokenLifeMs, clock, newId });
  const oauthEndpoints = createOAuthEndpoints({
    accounts,
    authenticator,
    authority,
    issuer,
    refreshFamilyLifeMs,
    clock,
    newId,
  });
  const files = await readDashboardFiles(new URL('../../dashboard/dist/', import.meta.url));
  const checks = [
    { name: 'accounts', check: () => accounts.ready() },
    { name: 'warehouse', check: () => warehouse.ready() },
    { name: 'log', check: () => writer.ready() },
  ];
  const app = createApp({
    refusals,
    routes,
    pages: [
      ...documentPages(routes, oauthEndpoints),
      ...(files === null ? [indexPage()] : []),
      ...metadataPages(authority),
      jwksPage({ accounts, cacheMs: rules.jwksCacheMs, clock }),
    ],
    oauthEndpoints,
    dashboard: files === null ? null : createDashboard(files, { frameAncestors }),
    frameAncestors,
    accounts,
    authenticator,
    gate: createGate({ limits, lockouts }),
    sessions: { cookies, publicOrigin: new URL(publicUrl).origin },
    idempotency: createIdempotency({ accounts, peppers }),
    operations: {
      metrics,
      checks,
    },
    trustedProxies: config.trustedProxies,
    logger,
  });
  const server = await startHttpServer({
    ...config,
    listener: app,
    metrics,
    logger,
    onRefused: (code, address) => refusals.note({ code, address, keyId: null }),
  }).catch(exitOnConfigurationError);
  scope.onShutdown('http', () => server.close());
  scope.onShutdown('live streams', async () => live.close());
  const tasks = [
    logAuditHead({ accounts, logger }),
    keepTokens({ keeper, rules, accounts, clock }),
    ...watchRefusals({ accounts, clock }),
    watchBooks({ warehouse, inFlight, epoch, clock, metrics }),
    watchPeppers({ accounts, peppers, clock, logger, metrics }),
    ...watchKeyUse({ accounts, clock, newId }),
    rerateWorker({
      ...{ accounts, warehouse, clock, logger },
      prices: createPriceReader(accounts),
      worker: newId('wrk'),
      failpoint: createFailpoints(config.failpoint),
    }),
  ];
  const repeated = tasks.map((task) => repeat(task, logger));
  scope.onShutdown('recurring tasks', async () => void (await Promise.all(repeated.map((task) => task.close()))));
  const report = reportProcess({ service: SERVICE, checks, store: accounts, clock, logger });
  scope.onShutdown('report of this process', () => report.close());
  logger.info({ port: server.port }, 'listening');
});

// The composition root of the api: reads the environment, opens what it needs, serves until it is told to stop.

import { createPostgresAccounts } from '@tollgate/accounts';
import { createAuthenticator } from '@tollgate/auth';
import {
  createIdGenerator,
  createLogger,
  createMetrics,
  exitOnConfigurationError,
  runService,
  systemClock,
} from '@tollgate/runtime';
import { type Config, readConfig } from './config.ts';
import { createApp } from './create-app.ts';
import { customerRoutes } from './customers.ts';
import { firstStart } from './first-start.ts';
import { startHttpServer } from './http-server.ts';
import { createIdempotency } from './idempotency.ts';
import { keyRoutes } from './keys.ts';
import { organizationRoutes } from './organization.ts';
import { projectRoutes } from './projects.ts';

const SERVICE = 'api';

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
  const { pepper } = config;
  const accounts = createPostgresAccounts({ url: config.databaseUrl, clock, logger });
  scope.onShutdown('accounts', () => accounts.close());
  await accounts.migrate();
  await firstStart({ ...config, accounts, clock, newId, logger }).catch(exitOnConfigurationError);
  const authenticator = await createAuthenticator({ accounts, pepper, clock });
  scope.onShutdown('authenticator', () => authenticator.close());

  const routes = [
    ...organizationRoutes(),
    ...customerRoutes({ clock, newId }),
    ...projectRoutes({ clock, newId }),
    ...keyRoutes({ clock, newId, pepper }),
  ];
  const app = createApp({
    routes,
    pages: [],
    accounts,
    authenticator,
    idempotency: createIdempotency({ accounts, pepper }),
    operations: { metrics, checks: [{ name: 'accounts', check: () => accounts.ready() }] },
    logger,
  });
  const server = await startHttpServer({ listener: app, host: config.host, port: config.port });
  scope.onShutdown('http', () => server.close());
  logger.info({ port: server.port }, 'listening');
});

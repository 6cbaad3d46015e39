// A whole Tollgate on this machine: locks the data folder, starts the servers and the services, begins the demo, says what
// to try, and stops all of it in order.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { announce } from './announcement.ts';
import { lockDataDir } from './data-lock.ts';
import { prepareDemo } from './demo/prepare-demo.ts';
import { findFreePort, isPortFree } from './free-port.ts';
import { keeperPid } from './keeper.ts';
import { type LocalServer, readLogTail } from './local-server.ts';
import { keepSecret, readSecretFile, writeSecretFile } from './secret-file.ts';
import { SetupError } from './setup-error.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';
import { startServers } from './start-servers.ts';
import { type ServiceName, startService } from './start-service.ts';

export interface RunOptions {
  readonly dataDir: string;
  /** Of ingest; the API's is the next one. */
  readonly port: number;
  readonly withDemo: boolean;
  readonly withKafka: boolean;
}

/** Webhooks can be tried with a receiver on this machine. */
const LOCAL_RECEIVERS = {
  TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: '127.0.0.0/8,::1/128',
  TOLLGATE_WEBHOOK_HTTP: 'yes',
  TOLLGATE_WEBHOOK_PORTS: 'any',
};

/** Resolves when everything is ready; the process then runs until it is told to stop. */
export async function runTollgate(options: RunOptions): Promise<void> {
  // A reader that has gone away (`npm start | head`) must not keep us from stopping in order.
  process.stdout.on('error', () => undefined);
  const shutdown = createShutdown(say);
  try {
    await start(options, shutdown);
  } catch (error) {
    if (shutdown.isStopping()) return;
    say(error instanceof SetupError ? error.message : `Tollgate could not start: ${describe(error)}`);
    await shutdown.stop(1);
  }
}

async function start(options: RunOptions, shutdown: Shutdown): Promise<void> {
  const { dataDir, port } = options;
  const factsFile = join(dataDir, 'local.json');
  const logDir = join(dataDir, 'logs');
  const apiPort = port + 1;

  await mkdir(logDir, { recursive: true });
  const lock = await lockDataDir(dataDir);
  shutdown.onStop(() => lock.release());
  await rm(factsFile, { force: true });
  for (const wanted of [port, apiPort]) await checkPort(wanted);

  say('Starting the servers ...');
  const servers = createGroup(shutdown);
  const urls = await startServers({
    dataDir,
    logDir,
    withKafka: options.withKafka,
    env: process.env,
    report: say,
    onStarted: servers.add,
  });
  const keeper = keeperPid();
  if (keeper !== undefined) await lock.add(keeper);

  say('Starting the services ...');
  const operatorKeyFile = join(dataDir, 'operator-key');
  const env = {
    ...LOCAL_RECEIVERS,
    ...process.env,
    ...urls,
    TOLLGATE_KEY_PEPPER: await keepSecret(join(dataDir, 'key-pepper')),
    TOLLGATE_ENCRYPTION_KEY: await keepSecret(join(dataDir, 'encryption-key')),
    // Both services have to say the same of whose access tokens they take.
    TOLLGATE_ISSUER: process.env['TOLLGATE_ISSUER'] ?? `http://localhost:${apiPort}`,
    TOLLGATE_OPERATOR_KEY_FILE: operatorKeyFile,
    TOLLGATE_FILES_DIR: process.env['TOLLGATE_FILES_DIR'] ?? join(dataDir, 'files'),
  };
  const services = createGroup(shutdown);
  const run = async (name: ServiceName, servicePort: number): Promise<LocalServer> => {
    const service = await startService({ name, port: servicePort, env, logFile: join(logDir, `${name}.log`) });
    services.add(service);
    return service;
  };
  // The API makes the schema and the organization, so it goes first.
  const api = await run('api', apiPort);
  const [ingest] = await Promise.all([
    run('ingest', port),
    run('counter', await findFreePort()),
    run('quota', await findFreePort()),
    run('webhooks', await findFreePort()),
    run('billing', await findFreePort()),
  ]);

  const operatorKey = await readSecretFile(operatorKeyFile);
  if (operatorKey === undefined) {
    throw new SetupError(
      `The database already has an organization, and its operator key is not in ${operatorKeyFile}: put the key there, ` +
        'or start on an empty database.',
    );
  }
  const demo = options.withDemo
    ? await prepareDemo({ apiUrl: api.url, ingestUrl: ingest.url, operatorKey, dataDir, logDir }).catch(() => undefined)
    : undefined;
  if (options.withDemo && demo === undefined) say(`The demo could not be set up; ${logDir} may say why.`);

  shutdown.onStop(() => rm(factsFile, { force: true }));
  const facts = {
    ingest_url: ingest.url,
    api_url: api.url,
    operator_key: operatorKey,
    demo_key: demo?.key ?? null,
    clickhouse_url: urls.CLICKHOUSE_URL,
    database_url: urls.DATABASE_URL,
    redis_url: urls.REDIS_URL,
    kafka_brokers: urls.KAFKA_BROKERS ?? null,
  };
  await writeSecretFile(factsFile, `${JSON.stringify(facts, null, 2)}\n`);
  say(
    announce({
      ingestUrl: ingest.url,
      apiUrl: api.url,
      operatorKey,
      ...(demo === undefined ? {} : { demoKey: demo.key }),
      dataDir,
      nowMs: Date.now(),
    }),
  );
  if (demo !== undefined) shutdown.onStop(demo.run());
}

interface Group {
  add(server: LocalServer): void;
}

/** Servers that stop together; when one of them ends by itself, everything stops. */
function createGroup(shutdown: Shutdown): Group {
  const members: LocalServer[] = [];
  shutdown.onStop(async () => {
    await Promise.all(members.map((member) => member.stop()));
  });
  return {
    add(server) {
      members.push(server);
      server.onUnexpectedEnd((sentence) => {
        if (!shutdown.isStopping()) void stopAfterFailure(shutdown, server, sentence);
      });
    },
  };
}

async function stopAfterFailure(shutdown: Shutdown, server: LocalServer, sentence: string): Promise<void> {
  say(`${sentence} The end of ${server.logFile}:\n${await readLogTail(server.logFile)}\nStopping the rest ...`);
  await shutdown.stop(1);
}

async function checkPort(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw new SetupError(
    `Port ${port} is in use: stop what listens there, or start with --port N (it takes N and N + 1).`,
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

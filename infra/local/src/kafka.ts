// Kafka on one node (KRaft), for tests, benchmarks and `npm start -- --kafka`. It acknowledges from the page cache, as
// Kafka does everywhere: `kill -9` of the broker loses nothing, a power cut of this one node can.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { findFreePort } from './free-port.ts';
import { findKafka, KAFKA_REMEDY } from './kafka-jars.ts';
import { type LocalServer, type StartOptions, startLocalServer } from './local-server.ts';
import { SetupError } from './setup-error.ts';

const HEAP = '-Xmx512m';
const FORMAT_TIMEOUT_MS = 180_000;
const REQUEST_TIMEOUT_MS = 2_000;

interface KafkaOptions extends StartOptions {
  /** Where clients are told to connect to, such as a proxy's port. Absent: the broker's own. */
  readonly advertisedPort?: number;
}

export async function startKafka(options: KafkaOptions): Promise<LocalServer> {
  const { java, classPath } = await findKafka(options.report ?? (() => undefined));
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const port = options.port ?? (await findFreePort());
  const dataDir = join(dir, 'data');
  const propertiesFile = join(dir, 'server.properties');
  const loggingFile = join(dir, 'log4j2.properties');
  const ports = { port, controllerPort: await findFreePort(), advertisedPort: options.advertisedPort ?? port };
  await writeFile(propertiesFile, toProperties(serverSettings(ports, dataDir)));
  await writeFile(loggingFile, toProperties(LOGGING));
  const javaArgs = ['-cp', classPath, HEAP, '-XX:+UseSerialGC', `-Dlog4j2.configurationFile=${loggingFile}`];
  await format({ java, javaArgs, propertiesFile, dataDir });

  const url = `127.0.0.1:${port}`;
  return startLocalServer({
    name: 'Kafka',
    url,
    port,
    process: {
      command: java,
      args: [...javaArgs, 'kafka.Kafka', propertiesFile],
      logFile: options.logFile ?? join(dir, 'server.log'),
      cwd: dir,
    },
    answers: () => hasBroker(url),
    askToStop: (running) => running.signal('SIGTERM'),
  });
}

interface Ports {
  readonly port: number;
  readonly controllerPort: number;
  readonly advertisedPort: number;
}

function serverSettings(
  { port, controllerPort, advertisedPort }: Ports,
  dataDir: string,
): Readonly<Record<string, string>> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'log.dirs': dataDir,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // A broker that was killed may register again once its former self has timed out.
    'broker.heartbeat.interval.ms': '500',
    'broker.session.timeout.ms': '3000',
    // A consumer group of one does not wait for others to join.
    'group.initial.rebalance.delay.ms': '0',
  };
}

const LOGGING = {
  'appender.console.type': 'Console',
  'appender.console.name': 'console',
  'appender.console.layout.type': 'PatternLayout',
  'appender.console.layout.pattern': '%d{ISO8601} %p %c{1}: %m%n',
  'rootLogger.level': 'WARN',
  'rootLogger.appenderRef.console.ref': 'console',
};

function toProperties(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

interface FormatOptions {
  readonly java: string;
  readonly javaArgs: readonly string[];
  readonly propertiesFile: string;
  readonly dataDir: string;
}

async function format({ java, javaArgs, propertiesFile, dataDir }: FormatOptions): Promise<void> {
  const isFormatted = await access(join(dataDir, 'meta.properties')).then(
    () => true,
    () => false,
  );
  if (isFormatted) return;
  // An id may begin with `-`, so it is bound to its option.
  const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const args = [...javaArgs, 'kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', propertiesFile];
  try {
    await promisify(execFile)(java, args, { timeout: FORMAT_TIMEOUT_MS });
  } catch (cause) {
    const output = cause instanceof Error ? cause.message : String(cause);
    if (output.includes('UnsupportedClassVersionError')) throw new SetupError(KAFKA_REMEDY, { cause });
    throw new SetupError(`Kafka could not make its data folder ${dataDir}: ${output}`, { cause });
  }
}

/** A broker appears in the answer once it has registered and may hold topics. */
async function hasBroker(url: string): Promise<boolean> {
  const kafka = new Kafka({
    brokers: [url],
    clientId: 'tollgate-local',
    connectionTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    return brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}

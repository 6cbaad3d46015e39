// What a benchmark runs on: real servers in a folder of its own, and services and rivals as processes that can be measured.
// Everything ends with the stand, the last thing started first.

import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startClickHouse, startKafka, startPostgres, startRedis } from '@tollgate/local';

const PROBE = new URL('./probe.mjs', import.meta.url).href;
const START_TIMEOUT_MS = 60_000;
const CLOCK_TICKS_PER_SECOND = 100;
const SERVERS = { clickhouse: startClickHouse, kafka: startKafka, postgres: startPostgres, redis: startRedis };

/** Calls `work` with the stand and ends everything after it. */
export async function withStand(serverNames, work) {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
  const endings = [() => rm(folder, { recursive: true, force: true })];
  try {
    const servers = {};
    for (const name of serverNames) {
      const server = await SERVERS[name]({ dir: join(folder, name) });
      endings.push(() => server.stop());
      servers[name] = { name, url: server.url, pid: server.pid };
    }
    const secrets = { pepper: randomBytes(32).toString('hex'), encryptionKey: randomBytes(32).toString('hex') };
    const start = async (program, options) => {
      const running = await startProgram(program, options);
      endings.push(() => running.stop());
      return running;
    };
    return await work({
      ...{ folder, servers, pepper: secrets.pepper },
      operatorKey: async () => (await readFile(operatorKeyFile(folder), 'utf8')).trim(),
      /** A service of ours. `env` comes on top of what every service is told. */
      startService: (name, env = {}) =>
        start(new URL(`../../../services/${name}/dist/main.js`, import.meta.url), {
          env: { ...serviceEnvironment({ servers, folder, secrets }), ...env },
        }),
      /** A program of `rivals/`, which says `{ port }` when it is ready. */
      startRival: (name, args = []) => start(new URL(`../rivals/${name}.mjs`, import.meta.url), { args }),
    });
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

function operatorKeyFile(folder) {
  return join(folder, 'operator-key');
}

function serviceEnvironment({ servers, folder, secrets }) {
  const { clickhouse, kafka, postgres, redis } = servers;
  return {
    ...{ PORT: '0', METRICS_PORT: '0', HOST: '127.0.0.1', TOLLGATE_ISSUER: 'http://127.0.0.1' },
    ...{ TOLLGATE_KEY_PEPPER: secrets.pepper, TOLLGATE_ENCRYPTION_KEY: secrets.encryptionKey },
    ...{ TOLLGATE_OPERATOR_KEY_FILE: operatorKeyFile(folder), TOLLGATE_FILES_DIR: join(folder, 'files') },
    ...(clickhouse === undefined ? {} : { CLICKHOUSE_URL: clickhouse.url }),
    ...(kafka === undefined ? {} : { KAFKA_BROKERS: kafka.url }),
    ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }),
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  };
}

async function startProgram(url, { args = [], env = {} }) {
  const child = fork(fileURLToPath(url), args, {
    env: { PATH: process.env.PATH, ...env },
    execArgv: ['--import', PROBE, ...profilingFlags()],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const port = await Promise.race([portOf(child), exited.then(() => failed(url)), sleep(START_TIMEOUT_MS, null)]);
  if (port === null) throw new Error(`${url.pathname} did not start in time`);
  child.stdout.resume();
  return {
    port,
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    /** `cpuMicros` since its start; `loopDelayP99Ms` since the last time it was asked; `residentMiB` now. */
    async measure() {
      child.send('measure');
      const [answer] = await once(child, 'message');
      return answer;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** `BENCH_PROFILE=DIR` leaves a CPU profile of each program there. */
function profilingFlags() {
  const folder = process.env.BENCH_PROFILE;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

function failed(url) {
  throw new Error(`${url.pathname} ended at its start`);
}

/** From the line that says that it listens. */
async function portOf(child) {
  let output = '';
  for (;;) {
    const port = /"port":(\d+)/.exec(output)?.[1];
    if (port !== undefined) return Number(port);
    const [chunk] = await once(child.stdout, 'data');
    output += chunk;
  }
}

/** CPU of any process, of all its threads. */
export async function cpuMicrosOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND) * 1e6;
}

export async function residentMiBOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Resolves with what `look` finds, which is asked again until it finds something. */
export async function until(look, { timeoutMs, everyMs, what }) {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(everyMs);
  }
  throw new Error(`${what}: not within ${timeoutMs / 1_000} s`);
}

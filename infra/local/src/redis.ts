// Redis (or Valkey) from this machine. Its append-only file makes every acknowledged write survive `kill -9`;
// README.md says what a power cut can take.

import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { findFreePort } from './free-port.ts';
import { type LocalServer, type StartOptions, startLocalServer } from './local-server.ts';
import { findProgram } from './system-program.ts';

interface RedisOptions extends StartOptions {
  /** When the append-only file is flushed to the disk. Absent: `always`, before each acknowledgement. */
  readonly appendFsync?: 'always' | 'everysec';
}

const PING_TIMEOUT_MS = 2_000;

export async function startRedis(options: RedisOptions): Promise<LocalServer> {
  const program = await findProgram({
    names: ['redis-server', 'valkey-server'],
    aptPackages: ['redis-server'],
    remedy:
      'Redis is not on this machine: install it (Debian, Ubuntu: `sudo apt-get install redis-server`; macOS: ' +
      '`brew install redis`), or set REDIS_URL to a server of your own.',
    report: options.report ?? (() => undefined),
  });
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const port = options.port ?? (await findFreePort());
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir,
    appendonly: 'yes',
    appendfsync: options.appendFsync ?? 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  return startLocalServer({
    name: 'Redis',
    url: `redis://127.0.0.1:${port}`,
    port,
    process: {
      command: program,
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      logFile: options.logFile ?? join(dir, 'server.log'),
    },
    answers: async () => (await ping(port)).startsWith('+PONG'),
    askToStop: (running) => running.signal('SIGTERM'),
  });
}

/** While Redis loads its data it answers `-LOADING`. */
async function ping(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: PING_TIMEOUT_MS });
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.once('timeout', () => socket.destroy(new Error('Redis did not answer in time.')));
    socket.once('error', reject);
  });
}

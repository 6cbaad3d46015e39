// One of our services as a real child process, for tests that kill, stop and start it again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Bounds for what hangs; a busy machine may need most of them. */
const START_TIMEOUT_MS = 90_000;
const FAILPOINT_TIMEOUT_MS = 120_000;
const OUTPUT_CHARS_MAX = 200_000;

export type ServiceName = 'ingest' | 'counter' | 'api' | 'quota' | 'webhooks' | 'billing';

export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything the process wrote, for the message of a test that fails. */
  output(): string;
  /** Starts it (again) and waits until it is ready; `env` adds to its environment for this run only. */
  start(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Starts it with a failpoint armed and waits until it has killed itself there, which may be before it is ready. */
  runUntilKilledAt(failpoint: string): Promise<void>;
  /** Sends a signal; resolves when the process has ended, or at once for SIGSTOP and SIGCONT. */
  signal(signal: NodeJS.Signals): Promise<void>;
  isRunning(): boolean;
}

export async function createServiceProcess(options: {
  readonly service: ServiceName;
  readonly env: Readonly<Record<string, string>>;
}): Promise<ServiceProcess> {
  const port = await freePort();
  const url = `${options.env['TLS_CERT_FILE'] === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let output = '';

  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const ended = async (): Promise<void> => {
    if (child !== undefined && isRunning()) await once(child, 'exit');
  };

  const run = (env: Readonly<Record<string, string>>): void => {
    if (isRunning()) throw new Error(`${options.service} runs already`);
    child = spawn(process.execPath, [`services/${options.service}/dist/main.js`], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        // The api alone is found at its own address; the others are told.
        ...(options.service === 'api' ? { TOLLGATE_ISSUER: url } : {}),
        ...options.env,
        ...env,
        PORT: `${port}`,
        METRICS_PORT: `${port}`,
        HOST: '127.0.0.1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  };

  return {
    url,
    get pid() {
      if (child?.pid === undefined) throw new Error(`${options.service} was never started`);
      return child.pid;
    },
    output: () => output,
    isRunning,
    async start(env = {}) {
      run(env);
      const state = await eventually(
        async () => {
          if (!isRunning()) return 'ended';
          const { status, text } = await askReady(url);
          if (status !== 200) throw new Error(`${options.service} is not ready: ${text}\n${output}`);
          return 'ready';
        },
        { timeoutMs: START_TIMEOUT_MS },
      );
      if (state === 'ended') throw new Error(`${options.service} ended at its start:\n${output}`);
    },
    async runUntilKilledAt(failpoint) {
      run({ TOLLGATE_FAILPOINT: failpoint });
      const timer = setTimeout(() => child?.kill('SIGTERM'), FAILPOINT_TIMEOUT_MS);
      await ended();
      clearTimeout(timer);
      if (child?.signalCode !== 'SIGKILL') throw new Error(`${options.service} never reached ${failpoint}:\n${output}`);
    },
    async signal(signal) {
      child?.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended();
    },
  };
}

/** Whatever certificate it shows: whether that is a good one is not asked here. */
async function askReady(url: string): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const request = url.startsWith('https:') ? requestTls : requestPlain;
  const req = request(`${url}/readyz`, { rejectUnauthorized: false, signal: AbortSignal.timeout(2_000) }).end();
  const [res]: IncomingMessage[] = await once(req, 'response');
  if (res === undefined) throw new Error('no answer');
  let text = '';
  for await (const chunk of res) text += String(chunk);
  return { status: res.statusCode, text };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

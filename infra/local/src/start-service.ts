// One of Tollgate's own services as a child process, ready when its `/readyz` says so.

import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type LocalServer, startLocalServer } from './local-server.ts';

export type ServiceName = 'api' | 'billing' | 'counter' | 'ingest' | 'quota' | 'webhooks';

interface ServiceOptions {
  readonly name: ServiceName;
  /** Where it listens, or serves its metrics. */
  readonly port: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** They serve nothing but their metrics. */
const WITHOUT_ADDRESS: readonly ServiceName[] = ['billing', 'counter', 'quota', 'webhooks'];
const READY_TIMEOUT_MS = 3_000;

export async function startService({ name, port, env, logFile }: ServiceOptions): Promise<LocalServer> {
  const url = `http://localhost:${port}`;
  const portVariable = WITHOUT_ADDRESS.includes(name) ? 'METRICS_PORT' : 'PORT';
  return startLocalServer({
    name,
    url,
    port,
    process: {
      command: process.execPath,
      args: [`services/${name}/dist/main.js`],
      cwd: ROOT,
      env: { ...env, [portVariable]: String(port), HOST: '127.0.0.1' },
      logFile,
    },
    answers: async () => {
      const res = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
      await res.arrayBuffer();
      return res.ok;
    },
    askToStop: (running) => running.signal('SIGTERM'),
  });
}

// The routes that every service has for those who run it: `/healthz` (alive), `/readyz` (its dependencies answer) and
// `/metrics`. They are answered before any router, so that they work in a service that has none.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

/** A dependency that `/readyz` asks; it resolves when the dependency answers and rejects when not. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<void>;
}

export interface OperationsOptions {
  readonly metrics: Registry;
  readonly checks: readonly ReadinessCheck[];
}

/** Answers and returns true when the request is for one of the three routes. */
export type OperationsHandler = (req: IncomingMessage, res: ServerResponse) => boolean;

const CHECK_TIMEOUT_MS = 2_000;

export function createOperationsHandler(options: OperationsOptions): OperationsHandler {
  return (req, res) => {
    const path = req.url?.split('?', 1)[0];
    if (path === '/healthz') {
      sendJson(res, 200, { status: 'ok' });
      return true;
    }
    if (path === '/readyz') {
      void answerReadiness(res, options.checks);
      return true;
    }
    if (path === '/metrics') {
      void answerMetrics(res, options.metrics);
      return true;
    }
    return false;
  };
}

async function answerReadiness(res: ServerResponse, checks: readonly ReadinessCheck[]): Promise<void> {
  const results = await readiness(checks);
  const isReady = Object.values(results).every((ok) => ok);
  sendJson(res, isReady ? 200 : 503, { status: isReady ? 'ok' : 'unavailable', checks: results });
}

/** By the name of each dependency, whether it answers. */
export async function readiness(checks: readonly ReadinessCheck[]): Promise<Readonly<Record<string, boolean>>> {
  const results = await Promise.all(checks.map(async ({ name, check }) => [name, await answers(check)] as const));
  return Object.fromEntries(results);
}

async function answers(check: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, false);
  });
  const answer = check().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([answer, timeout]);
  clearTimeout(timer);
  return result;
}

async function answerMetrics(res: ServerResponse, metrics: Registry): Promise<void> {
  try {
    const text = await metrics.metrics();
    res.writeHead(200, { 'Content-Type': metrics.contentType }).end(text);
  } catch {
    res.writeHead(500).end();
  }
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(body));
}

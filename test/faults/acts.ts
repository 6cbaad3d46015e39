// What is done to processes and links, by several rows.

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { SETTLE_TIMEOUT_MS } from './scene.ts';

/** Ends it in order, runs it until it kills itself at the point, and starts it again. */
export async function restartAt(service: ServiceProcess, failpoint: string): Promise<void> {
  await service.signal('SIGTERM');
  await service.runUntilKilledAt(failpoint);
  await service.start();
}

export async function restart(service: ServiceProcess): Promise<void> {
  await service.signal('SIGKILL');
  await service.start();
}

/** A server that was killed, or that ended by itself, is started again. */
interface Server {
  kill(signal: NodeJS.Signals): Promise<void>;
  restart(): Promise<void>;
}

/** Killed, and started again after a while. */
export async function killServer(server: Server, downMs = 0): Promise<void> {
  await server.kill('SIGKILL');
  await pause(downMs);
  await server.restart();
}

/** Frozen for a while. */
export async function freeze(server: Pick<Server, 'kill'>, frozenMs: number): Promise<void> {
  await server.kill('SIGSTOP');
  await pause(frozenMs);
  await server.kill('SIGCONT');
}

/** Resolves when as many answers were lost on the link. */
export async function loseAnswers(
  link: TcpProxy,
  { count, matches }: { readonly count: number; readonly matches: (sent: Buffer) => boolean },
): Promise<void> {
  const before = link.answersLost();
  link.loseAnswers(count, matches);
  await eventually(async () => expect(link.answersLost()).toBeGreaterThanOrEqual(before + count), {
    timeoutMs: SETTLE_TIMEOUT_MS,
  });
  link.loseAnswers(0, () => false);
}

/** Waits for something on its way to a server. It goes on when `act` is done. */
export async function interrupt(
  link: TcpProxy,
  { matches, act }: { readonly matches: (sent: Buffer) => boolean; readonly act: () => Promise<void> },
): Promise<void> {
  let isDone = false;
  const interrupted = link.interrupt(matches, act).then(() => {
    isDone = true;
  });
  await eventually(async () => expect(isDone, 'nothing came by').toBe(true), { timeoutMs: SETTLE_TIMEOUT_MS });
  await interrupted;
}

/** Events on their way to the log: a part of every event of the traffic. */
export const isAppend = (sent: Buffer): boolean => sent.includes('"type":"llm.chat"');
/** Rows on their way to ClickHouse. */
export const isInsert = (sent: Buffer): boolean => sent.includes('INSERT+INTO') || sent.includes('INSERT%20INTO');

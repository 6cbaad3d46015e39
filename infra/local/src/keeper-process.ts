// The keeper's own process: reads `+pid` and `-pid` lines and, when its input ends, ends every group still noted. Being
// in a session of its own, it does not see the Ctrl-C that its parent sees.

import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup } from './process-group.ts';

const ORDERLY_MS = 5_000;
const POLL_MS = 50;

const groups = new Set<number>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) groups.add(pid);
  else groups.delete(pid);
}

// A stopped process takes its SIGTERM only after a SIGCONT.
for (const pid of groups) if (signalGroup(pid, 'SIGTERM')) signalGroup(pid, 'SIGCONT');

const deadline = Date.now() + ORDERLY_MS;
while (Date.now() < deadline && [...groups].some((pid) => signalGroup(pid, 0))) await sleep(POLL_MS);

for (const pid of groups) signalGroup(pid, 'SIGKILL');

// Sees to it that no server outlives the process that started it, not even when that process is killed with SIGKILL. One
// small process per starting process holds the reading end of a pipe; when the pipe closes, it ends what is still noted.

import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import process from 'node:process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

// Plain Node runs it, so it is always the built file, also when this module is loaded from its source.
const KEEPER_FILE = fileURLToPath(new URL('../dist/keeper-process.js', import.meta.url));

const keptGroups = new Set<number>();
let keeper: { readonly input: Writable; readonly pid: number } | undefined;

/** Ends the process group `pid` when this process ends, however it ends. */
export function keep(pid: number): void {
  keptGroups.add(pid);
  if (keeper === undefined) startKeeper();
  else keeper.input.write(`+${pid}\n`);
}

/** The group has ended: its number may belong to somebody else by now. */
export function release(pid: number): void {
  keptGroups.delete(pid);
  keeper?.input.write(`-${pid}\n`);
}

/** The keeper's process id, once there is one: whoever locks a folder that servers use has to wait for it, too. */
export function keeperPid(): number | undefined {
  return keeper?.pid;
}

function startKeeper(): void {
  const child = spawn(process.execPath, [KEEPER_FILE], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  if (child.pid === undefined) throw new Error(`Could not start ${KEEPER_FILE}.`);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.stdin.on('error', () => undefined);
  child.once('exit', () => {
    keeper = undefined;
    if (keptGroups.size > 0) startKeeper();
  });
  keeper = { input: child.stdin, pid: child.pid };
  for (const pid of keptGroups) child.stdin.write(`+${pid}\n`);
}

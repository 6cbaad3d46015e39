// A signal to a whole process group, so that a server's own children (Postgres has many) get it, too.

import process from 'node:process';

/** False when nobody of the group is left. Signal 0 only asks. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

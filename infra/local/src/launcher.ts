// `npm start` puts npm and a shell between the terminal and this process, and neither passes every signal on: a SIGTERM or a
// SIGKILL to npm would leave Tollgate running with nobody to stop it. So this process watches the two above it.

import { readFileSync } from 'node:fs';
import process from 'node:process';

const POLL_MS = 500;

/** Calls back once, when npm or its shell has gone. Does nothing when npm did not start this process. */
export function onLauncherGone(listener: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return;
    clearInterval(timer);
    listener();
  }, POLL_MS);
  timer.unref();
}

/** proc(5): field 4 of `stat`. Undefined where there is no /proc; then only the parent is watched. */
function parentOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return undefined;
  }
}

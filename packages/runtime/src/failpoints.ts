// Named points at which a process kills itself, so that fault tests can stop it exactly between two writes. Nothing is
// armed unless `TOLLGATE_FAILPOINT` names a point.

import process from 'node:process';

export type Failpoint = (name: string) => void;

/** `armed` is `NAME` or `NAME@N`: the process ends with SIGKILL when the point is reached for the Nth time. */
export function createFailpoints(armed: string | undefined): Failpoint {
  if (armed === undefined) return () => undefined;
  const [armedName, count = '1'] = armed.split('@');
  let left = Number(count);
  return (name) => {
    if (name !== armedName) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}

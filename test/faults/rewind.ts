// The counter's group taken back to the beginning of the log, as after a restore from an old backup.

import { type EventLog, openEventLog } from '@tollgate/event-log';
import { createLogger } from '@tollgate/runtime';
import { PARTITIONS, SESSION_MS, type Stack } from '../support/stack.ts';

/** No counter may be running. */
export async function rewindLog(stack: Stack): Promise<void> {
  const monitor = logOf(stack).monitor({ group: 'counter' });
  try {
    await monitor.rewindToStart();
  } finally {
    await monitor.close();
  }
}

function logOf({ log, logServer }: Stack): EventLog {
  const shared = { name: 'tollgate', partitionCount: PARTITIONS, sessionMs: SESSION_MS[log] };
  const logger = createLogger({ service: 'test', level: 'warn' });
  switch (log) {
    case 'kafka':
      return openEventLog({ ...shared, kind: log, brokers: [logServer.url] }, { logger });
    case 'redis-streams':
      return openEventLog({ ...shared, kind: log, url: logServer.url, durability: 'every-write' }, { logger });
  }
}

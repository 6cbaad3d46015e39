// The counter's group taken back to the beginning of the log, as after a restore from an old backup.

import { createKafkaLog, createRedisLog, type EventLog } from '@tollgate/event-log';
import { createLogger } from '@tollgate/runtime';
import { PARTITIONS, type Stack } from '../support/stack.ts';

/** No counter may be running. */
export async function rewindLog(stack: Stack): Promise<void> {
  const monitor = logOf(stack).monitor({ group: 'counter' });
  try {
    await monitor.rewindToStart();
  } finally {
    await monitor.close();
  }
}

function logOf(stack: Stack): EventLog {
  const shared = {
    name: 'tollgate',
    partitionCount: PARTITIONS,
    logger: createLogger({ service: 'test', level: 'warn' }),
  };
  switch (stack.log) {
    case 'kafka':
      return createKafkaLog({ ...shared, brokers: [stack.logServer.url] });
    case 'redis-streams':
      return createRedisLog({ ...shared, url: stack.logServer.url });
  }
}

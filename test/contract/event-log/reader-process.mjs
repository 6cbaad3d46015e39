// A reader in a process of its own, to be killed, frozen and continued. It reports over IPC each batch it is handed and
// each signal it sees aborted, and handles a batch only when it is told to.
//
// Usage: fork with one argument, JSON: {"kind": "kafka" | "redis", "options": …, "group": …}

import process from 'node:process';
import { createKafkaLog, createRedisLog } from '@tollgate/event-log';
import { createLogger } from '@tollgate/runtime';

const { kind, options, group } = JSON.parse(process.argv[2]);
const logger = createLogger({ service: 'reader-process', level: 'silent' });
const log = kind === 'kafka' ? createKafkaLog({ ...options, logger }) : createRedisLog({ ...options, logger });

const held = new Set();
process.on('message', (message) => {
  if (message !== 'release') return;
  for (const release of held) release();
  held.clear();
});

await log.reader({ group }).run(async (batch, { signal }) => {
  process.send({ type: 'batch', partition: batch.partition, records: batch.records.length });
  await new Promise((resolve) => {
    held.add(resolve);
  });
  process.send({ type: 'handled', partition: batch.partition, isAborted: signal.aborted });
});

import { createKafkaLog } from '@tollgate/event-log';
import { startKafka } from '@tollgate/local';
import { createLogger } from '@tollgate/runtime';
import { Kafka, logLevel } from 'kafkajs';
import { describeEventLog } from './contract.ts';
import type { LogKind } from './log-fixture.ts';

// The broker allows no shorter session.
const timing = { sessionMs: 6_000, drainMs: 2_000, stallMs: 30_000 };

const kafka: LogKind = {
  name: 'Kafka',
  start: startKafka,
  open: (server, options) =>
    createKafkaLog({
      ...options,
      ...timing,
      brokers: [server.url],
      logger: createLogger({ service: 'test', level: 'silent' }),
    }),
  processArgument: (server, { group, ...options }) =>
    JSON.stringify({ kind: 'kafka', group, options: { ...options, ...timing, brokers: [server.url] } }),
  async storeRaw(server, { name, bytes }) {
    const client = new Kafka({ brokers: [server.url], logLevel: logLevel.NOTHING });
    const producer = client.producer({ createPartitioner: () => () => 0 });
    await producer.connect();
    await producer.send({ topic: `${name}.events`, messages: [{ key: null, value: bytes }] });
    await producer.disconnect();
  },
};

describeEventLog(kafka);

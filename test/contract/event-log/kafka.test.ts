// The contract on Kafka, and how we agree with Kafka's other clients.

import { randomUUID } from 'node:crypto';
import { createKafkaLog, partitionOf } from '@tollgate/event-log';
import { type LocalServer, startKafka } from '@tollgate/local';
import { createLogger } from '@tollgate/runtime';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeEventLog } from './contract.ts';
import { type LogKind, numbered, PARTITION_COUNT, startServer } from './log-fixture.ts';

// The broker allows no shorter session.
const timing = { sessionMs: 6_000, drainMs: 2_000, stallMs: 30_000 };

const kafka: LogKind = {
  name: 'Kafka',
  start: startKafka,
  open: (server, options) =>
    createKafkaLog({
      ...timing,
      ...options,
      brokers: [server.url],
      logger: createLogger({ service: 'test', level: 'silent' }),
    }),
  processArgument: (server, { group, ...options }) =>
    JSON.stringify({ kind: 'kafka', group, options: { ...timing, ...options, brokers: [server.url] } }),
  async storeRaw(server, { name, bytes }) {
    const client = new Kafka({ brokers: [server.url], logLevel: logLevel.NOTHING });
    const producer = client.producer({ createPartitioner: () => () => 0 });
    await producer.connect();
    await producer.send({ topic: `${name}.events`, messages: [{ key: null, value: bytes }] });
    await producer.disconnect();
  },
};

describeEventLog(kafka);

describe('beside other clients of Kafka', () => {
  let server: LocalServer;
  let closeServer: () => Promise<void>;

  beforeAll(async () => {
    const started = await startServer(kafka);
    server = started.server;
    closeServer = started.close;
  });

  afterAll(() => closeServer());

  test("a key is in the partition where Kafka's default partitioner puts it", () => {
    const partitionMetadata = Array.from({ length: PARTITION_COUNT }, (_, partitionId) => ({
      partitionId,
      leader: 1,
      replicas: [1],
      isr: [1],
      partitionErrorCode: 0,
      offlineReplicas: [],
    }));
    const partitioner = Partitioners.DefaultPartitioner();
    for (const key of numbered('cus_1/evt_é', 500)) {
      const theirs = partitioner({ topic: 'any', partitionMetadata, message: { key, value: null } });
      expect(partitionOf(key, PARTITION_COUNT)).toBe(theirs);
    }
  });

  test('a topic that would refuse a large event is refused at the start', async () => {
    const name = `test-${randomUUID()}`;
    const admin = new Kafka({ brokers: [server.url], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: `${name}.events`, numPartitions: PARTITION_COUNT }] });
    await admin.disconnect();
    const log = kafka.open(server, { name, partitionCount: PARTITION_COUNT });
    await expect(log.ensure()).rejects.toThrow('max.message.bytes');
  });
});

// The event log on Kafka, for the distributed deployment: one topic, acknowledged by all in-sync replicas.

import type { Logger } from '@tollgate/runtime';
import type { Kafka, Producer } from 'kafkajs';
import { createAppender, type OutgoingEntry } from './appender.ts';
import type { EventLog, LogWriter } from './event-log.ts';
import { createKafkaClient, PROMPT_RETRY } from './kafka-client.ts';
import { createKafkaDeadLetters } from './kafka-dead-letters.ts';
import { createKafkaMonitor } from './kafka-monitor.ts';
import { createKafkaReader } from './kafka-reader.ts';
import { createReplaceable, type Replaceable } from './kafka-replaceable.ts';
import { ensureTopic } from './kafka-topic.ts';
import { LogSetupError } from './log-setup-error.ts';
import { logUnavailable } from './log-unavailable.ts';

const ACKNOWLEDGEMENT_TIMEOUT_MS = 2_500;
const DAY_MS = 24 * 60 * 60 * 1_000;

export interface KafkaLogOptions {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  /** Prefix of the topics: `NAME.events` and `NAME.dead-letters`. */
  readonly name: string;
  /** Fixed for ever once the topic exists. */
  readonly partitionCount: number;
  readonly logger: Logger;
  /** Of topics that `ensure` creates. Default: the cluster's. */
  readonly replicationFactor?: number;
  /** Default 64 MiB. */
  readonly bytesInFlightMax?: number;
  /** The least time between two sends, in which appends are gathered. Default 0. */
  readonly gatherMs?: number;
  /** A reader that shows no life for so long has lost its partitions. Default 30 s. */
  readonly sessionMs?: number;
  /** A handler that neither settles nor calls `keepAlive` for so long loses its partition. Default 30 s. */
  readonly stallMs?: number;
  /** What a handler gets to stop when its partition goes. Default 10 s. */
  readonly drainMs?: number;
  /** How many partitions a reader handles at once. Default 2. */
  readonly partitionsAtOnce?: number;
  /** How long entries are kept, of topics that `ensure` creates. Default 7 days. */
  readonly retentionMs?: number;
  /** Likewise of dead letters. Default 90 days. */
  readonly deadLetterRetentionMs?: number;
}

export function createKafkaLog(options: KafkaLogOptions): EventLog {
  const { name, logger } = options;
  const kafka = createKafkaClient(options);
  const topic = `${name}.events`;
  const deadLetterTopic = `${name}.dead-letters`;
  const now = (): number => performance.now();
  const onError = (error: unknown): void => logger.warn({ err: error }, 'the event log on Kafka failed');
  const createProducers = (): Replaceable<Producer> =>
    createReplaceable(() =>
      kafka.producer({
        // Not idempotent: after an ambiguous failure kafkajs gives a sequence number twice, and the broker then
        // acknowledges records without storing them. Copies are harmless here, losses are not.
        idempotent: false,
        allowAutoTopicCreation: false,
        retry: PROMPT_RETRY,
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
      }),
    );

  return {
    async ensure() {
      const admin = kafka.admin();
      try {
        await admin.connect();
        const { partitionCount, replicationFactor = -1 } = options;
        const retentionMs = options.retentionMs ?? 7 * DAY_MS;
        await ensureTopic(admin, { topic, partitionCount, replicationFactor, retentionMs });
        const deadLetterRetentionMs = options.deadLetterRetentionMs ?? 90 * DAY_MS;
        await ensureTopic(admin, {
          topic: deadLetterTopic,
          partitionCount: 1,
          replicationFactor,
          retentionMs: deadLetterRetentionMs,
        });
      } catch (error) {
        throw error instanceof LogSetupError ? error : logUnavailable(error);
      } finally {
        await admin.disconnect();
      }
    },
    writer: () => createKafkaWriter({ kafka, producers: createProducers(), topic, now, options }),
    reader: ({ group }) =>
      createKafkaReader({
        kafka,
        topic,
        group,
        sessionMs: options.sessionMs ?? 30_000,
        stallMs: options.stallMs ?? 30_000,
        drainMs: options.drainMs ?? 10_000,
        partitionsAtOnce: options.partitionsAtOnce ?? 2,
        now,
        random: Math.random,
        onError,
      }),
    monitor: ({ group }) => createKafkaMonitor({ kafka, topic, group, now }),
    deadLetters: () => createKafkaDeadLetters({ kafka, producers: createProducers(), topic: deadLetterTopic }),
  };
}

interface WriterOptions {
  readonly kafka: Kafka;
  readonly producers: Replaceable<Producer>;
  readonly topic: string;
  readonly now: () => number;
  readonly options: KafkaLogOptions;
}

function createKafkaWriter({ kafka, producers, topic, now, options }: WriterOptions): LogWriter {
  const admins = createReplaceable(() => kafka.admin());

  async function send(entries: readonly OutgoingEntry[]): Promise<void> {
    const messages = entries.map(({ partition, value }) => ({ key: null, partition, value }));
    await producers.use((producer) =>
      producer.send({ topic, acks: -1, timeout: ACKNOWLEDGEMENT_TIMEOUT_MS, messages }),
    );
  }

  const appender = createAppender({
    partitionCount: options.partitionCount,
    send,
    bytesInFlightMax: options.bytesInFlightMax ?? 64 * 1024 * 1024,
    gatherMs: options.gatherMs ?? 0,
    timeoutMs: 4_500,
    now,
  });
  return {
    append: (records) => appender.append(records),
    get bytesInFlight() {
      return appender.bytesInFlight;
    },
    async ready() {
      try {
        await admins.use((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
      } catch (error) {
        throw logUnavailable(error);
      }
    },
    async close() {
      await appender.close();
      await Promise.all([producers.close(), admins.close()]);
    },
  };
}

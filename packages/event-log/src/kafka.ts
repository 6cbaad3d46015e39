// The event log on Kafka, for the distributed deployment: one topic, acknowledged by all in-sync replicas.

import type { Logger } from '@tollgate/runtime';
import kafkajs, { type Admin, type ITopicConfig, type Kafka, type Producer } from 'kafkajs';
import { createAppender, type OutgoingEntry } from './appender.ts';
import type { EventLog, LogWriter } from './event-log.ts';
import { createKafkaClient, PROMPT_RETRY } from './kafka-client.ts';
import { createKafkaDeadLetters } from './kafka-dead-letters.ts';
import { createKafkaMonitor } from './kafka-monitor.ts';
import { createKafkaReader } from './kafka-reader.ts';
import { createReplaceable, type Replaceable } from './kafka-replaceable.ts';
import { LogSetupError } from './log-setup-error.ts';
import { logUnavailable } from './log-unavailable.ts';

/** One event of 5 MiB with all that goes around it. */
const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
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
        await ensureTopic(admin, { ...toTopic(options), topic });
        await ensureTopic(admin, { ...toDeadLetterTopic(options), topic: deadLetterTopic });
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

type TopicSettings = Omit<ITopicConfig, 'topic'> & { readonly numPartitions: number };

function toTopic(options: KafkaLogOptions): TopicSettings {
  return {
    numPartitions: options.partitionCount,
    replicationFactor: options.replicationFactor ?? -1,
    configEntries: toConfigEntries(options.retentionMs ?? 7 * DAY_MS),
  };
}

function toDeadLetterTopic(options: KafkaLogOptions): TopicSettings {
  return {
    numPartitions: 1,
    replicationFactor: options.replicationFactor ?? -1,
    configEntries: toConfigEntries(options.deadLetterRetentionMs ?? 90 * DAY_MS),
  };
}

function toConfigEntries(retentionMs: number): { name: string; value: string }[] {
  return [
    { name: 'max.message.bytes', value: String(MESSAGE_BYTES_MAX) },
    { name: 'retention.ms', value: String(retentionMs) },
    // A replica that had fallen behind must not become the leader: what it lacks was acknowledged.
    { name: 'unclean.leader.election.enable', value: 'false' },
  ];
}

/** Creates the topic, or checks that the one there serves. Kafka's own settings of an existing topic are left alone. */
async function ensureTopic(admin: Admin, settings: TopicSettings & { readonly topic: string }): Promise<void> {
  const { topic, numPartitions } = settings;
  await admin.createTopics({ topics: [settings], waitForLeaders: true });
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const existing = topics[0]?.partitions.length ?? 0;
  if (existing !== numPartitions) throw LogSetupError.partitionMismatch(existing, numPartitions);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['max.message.bytes'] }],
  });
  const bytesMax = Number(resources[0]?.configEntries[0]?.configValue ?? MESSAGE_BYTES_MAX);
  if (bytesMax < MESSAGE_BYTES_MAX) {
    throw new LogSetupError(
      `The topic ${topic} takes messages of ${bytesMax} bytes; an event can take ${MESSAGE_BYTES_MAX}. ` +
        `Set its \`max.message.bytes\` to at least that.`,
    );
  }
}

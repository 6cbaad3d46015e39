// A topic of the log in Kafka: created as it has to be, or checked. Settings of a topic that is there are left alone.

import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { hasNotSpread } from './kafka-errors.ts';
import { LogSetupError } from './log-setup-error.ts';

/** One event of 5 MiB with all that goes around it. */
const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
/** A new topic is known to the controller first and to the brokers a little later. */
const SPREAD_ATTEMPTS_MAX = 60;
const SPREAD_PAUSE_MS = 250;

interface TopicOptions {
  readonly topic: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly retentionMs: number;
}

export async function ensureTopic(admin: Admin, options: TopicOptions): Promise<void> {
  const { topic, partitionCount } = options;
  await createTopic(admin, options);
  const existing = await countPartitions(admin, topic);
  if (existing !== partitionCount) throw LogSetupError.partitionMismatch(existing, partitionCount);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['max.message.bytes'] }],
  });
  const bytesMax = Number(resources[0]?.configEntries[0]?.configValue ?? MESSAGE_BYTES_MAX);
  if (bytesMax >= MESSAGE_BYTES_MAX) return;
  throw new LogSetupError(
    `The topic ${topic} takes messages of ${bytesMax} bytes; an event can take ${MESSAGE_BYTES_MAX}. ` +
      'Set its `max.message.bytes` to at least that.',
  );
}

/** Does nothing when the topic exists. */
async function createTopic(admin: Admin, options: TopicOptions): Promise<void> {
  const { topic, partitionCount: numPartitions, replicationFactor, retentionMs } = options;
  const configEntries = [
    { name: 'max.message.bytes', value: String(MESSAGE_BYTES_MAX) },
    { name: 'retention.ms', value: String(retentionMs) },
    // A replica that had fallen behind must not become the leader: what it lacks was acknowledged.
    { name: 'unclean.leader.election.enable', value: 'false' },
  ];
  const topics = [{ topic, numPartitions, replicationFactor, configEntries }];
  // Without kafkajs's own wait for leaders, which gives up on a broker that does not know the topic yet.
  await admin.createTopics({ topics, waitForLeaders: false });
}

async function countPartitions(admin: Admin, topic: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length ?? 0;
    } catch (error) {
      if (!hasNotSpread(error) || attempt === SPREAD_ATTEMPTS_MAX) throw error;
      await sleep(SPREAD_PAUSE_MS);
    }
  }
}

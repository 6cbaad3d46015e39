// Dead letters in Kafka: a topic of one partition. Finding one reads the topic; that is for people, and bounded.

import type { Admin, Kafka, Producer } from 'kafkajs';
import { decodeDeadLetter, encodeDeadLetter } from './dead-letter-bytes.ts';
import type { DeadLetter, DeadLetterQueue } from './event-log.ts';
import { createReplaceable, type Replaceable } from './kafka-replaceable.ts';
import { scanTopic } from './kafka-scan.ts';
import { logUnavailable } from './log-unavailable.ts';

const BYTES_PER_SEND = 4 * 1024 * 1024;
const FIND_TIMEOUT_MS = 30_000;

interface KafkaDeadLettersOptions {
  readonly kafka: Kafka;
  readonly producers: Replaceable<Producer>;
  readonly topic: string;
}

export function createKafkaDeadLetters({ kafka, producers, topic }: KafkaDeadLettersOptions): DeadLetterQueue {
  const admins = createReplaceable(() => kafka.admin());

  async function send(producer: Producer, letters: readonly DeadLetter[]): Promise<void> {
    let messages: { key: string; value: Buffer; partition: number }[] = [];
    let bytes = 0;
    for (const letter of letters) {
      const value = encodeDeadLetter(letter);
      if (messages.length > 0 && bytes + value.byteLength > BYTES_PER_SEND) {
        await producer.send({ topic, acks: -1, messages });
        messages = [];
        bytes = 0;
      }
      messages.push({ key: letter.id, value, partition: 0 });
      bytes += value.byteLength;
    }
    if (messages.length > 0) await producer.send({ topic, acks: -1, messages });
  }

  async function search(admin: Admin, ids: readonly string[]): Promise<readonly DeadLetter[]> {
    const wanted = new Set(ids);
    const found: DeadLetter[] = [];
    const bounds = await admin.fetchTopicOffsets(topic);
    const ranges = bounds.map(({ partition, low, high }) => ({ partition, from: BigInt(low), to: BigInt(high) }));
    const visit = (_partition: number, _offset: bigint, value: Buffer): boolean => {
      const letter = decodeDeadLetter(value);
      if (letter !== undefined && wanted.delete(letter.id)) found.push(letter);
      return wanted.size > 0;
    };
    const isComplete = await scanTopic({ kafka, admin, topic, ranges, timeoutMs: FIND_TIMEOUT_MS, visit });
    if (!isComplete && wanted.size > 0) throw new Error('The dead letters could not all be read in time.');
    return found;
  }

  return {
    async put(letters) {
      try {
        await producers.use((producer) => send(producer, letters));
      } catch (error) {
        throw logUnavailable(error);
      }
    },
    async find(ids) {
      try {
        return await admins.use((admin) => search(admin, ids));
      } catch (error) {
        throw logUnavailable(error);
      }
    },
    async close() {
      await Promise.all([producers.close(), admins.close()]);
    },
  };
}

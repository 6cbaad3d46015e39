// Kafka's jars, and how to run them.

import { join } from 'node:path';
import { fetchMavenJars } from './maven-jars.ts';

const KAFKA_VERSION = '4.4.0';
// Kafka logs through SLF4J 1.7 and brings Log4j 2 without the bridge between the two.
const LOG4J_VERSION = '2.24.3';

/** What to tell people who lack Java or Maven, or have a Java that is too old. */
export const KAFKA_REMEDY =
  'Kafka needs Java 17 or newer and, once, Maven: install them (Debian, Ubuntu: `sudo apt-get install ' +
  'default-jre-headless maven`; macOS: `brew install openjdk maven`), or set KAFKA_BROKERS to brokers of your own.';

interface KafkaProgram {
  readonly java: string;
  readonly classPath: string;
}

export async function findKafka(report: (line: string) => void): Promise<KafkaProgram> {
  const jars = {
    name: `kafka-${KAFKA_VERSION}`,
    artifacts: [
      ['org.apache.kafka', 'kafka_2.13', KAFKA_VERSION],
      ['org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J_VERSION],
    ],
    unpack: null,
    remedy: KAFKA_REMEDY,
  } as const;
  const { java, folder } = await fetchMavenJars(jars, report);
  return { java, classPath: join(folder, '*') };
}

// Kafka's jars, fetched once by Maven into the user's cache, outside the tree.

import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';
import { findProgram } from './system-program.ts';

const KAFKA_VERSION = '4.4.0';
// Kafka logs through SLF4J 1.7 and brings Log4j 2 without the bridge between the two.
const LOG4J_VERSION = '2.24.3';
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/** What to tell people who lack Java or Maven, or have a Java that is too old. */
export const KAFKA_REMEDY =
  'Kafka needs Java 17 or newer and, once, Maven: install them (Debian, Ubuntu: `sudo apt-get install ' +
  'default-jre-headless maven`; macOS: `brew install openjdk maven`), or set KAFKA_BROKERS to brokers of your own.';

interface KafkaProgram {
  readonly java: string;
  readonly classPath: string;
}

export async function findKafka(report: (line: string) => void): Promise<KafkaProgram> {
  const java = await findProgram({
    names: ['java'],
    aptPackages: ['default-jre-headless'],
    remedy: KAFKA_REMEDY,
    report,
  });
  return { java, classPath: join(await fetchJars(report), '*') };
}

async function fetchJars(report: (line: string) => void): Promise<string> {
  const cacheDir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tollgate');
  const jarsDir = join(cacheDir, `kafka-${KAFKA_VERSION}`);
  const isThere = await access(jarsDir).then(
    () => true,
    () => false,
  );
  if (isThere) return jarsDir;

  const maven = await findProgram({ names: ['mvn'], aptPackages: ['maven'], remedy: KAFKA_REMEDY, report });
  report(`Fetching Kafka ${KAFKA_VERSION} with Maven (once, about 45 MB) ...`);
  const workDir = join(cacheDir, `kafka-${KAFKA_VERSION}.${process.pid}`);
  await mkdir(workDir, { recursive: true });
  await writeFile(join(workDir, 'pom.xml'), POM);
  const args = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=jars'];
  try {
    await promisify(execFile)(maven, args, { cwd: workDir, timeout: DOWNLOAD_TIMEOUT_MS });
    // Another process may have been first.
    await rename(join(workDir, 'jars'), jarsDir).catch(() => access(jarsDir));
  } catch (cause) {
    const output = cause instanceof Error ? cause.message : String(cause);
    throw new SetupError(`Maven could not fetch Kafka ${KAFKA_VERSION}; is the network there? ${output}`, { cause });
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  return jarsDir;
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tollgate</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>${LOG4J_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

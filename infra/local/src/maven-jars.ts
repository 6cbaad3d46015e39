// Programs in Java, fetched once by Maven into the user's cache, outside the tree.

import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';
import { findProgram } from './system-program.ts';

const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

export interface MavenJars {
  /** With its version: the folder in the cache. */
  readonly name: string;
  /** Group, artifact and version of each; what they depend on comes along. */
  readonly artifacts: readonly (readonly [string, string, string])[];
  /** Paths in the jars, as Maven's patterns, that are laid into `files` beside them; null: none. */
  readonly unpack: string | null;
  /** What to tell people who lack Java or Maven. */
  readonly remedy: string;
}

/** The program and the folder of its jars. */
export async function fetchMavenJars(
  wanted: MavenJars,
  report: (line: string) => void,
): Promise<{ readonly java: string; readonly folder: string }> {
  const { remedy } = wanted;
  const java = await findProgram({ names: ['java'], aptPackages: ['default-jre-headless'], remedy, report });
  return { java, folder: await fetchJars(wanted, report) };
}

async function fetchJars(wanted: MavenJars, report: (line: string) => void): Promise<string> {
  const { name, remedy } = wanted;
  const cacheDir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tollgate');
  const folder = join(cacheDir, name);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;

  const maven = await findProgram({ names: ['mvn'], aptPackages: ['maven'], remedy, report });
  report(`Fetching ${name} with Maven (once) ...`);
  const workDir = join(cacheDir, `${name}.${process.pid}`);
  await mkdir(workDir, { recursive: true });
  await writeFile(join(workDir, 'pom.xml'), pomOf(wanted));
  try {
    for (const args of goalsOf(wanted)) {
      await promisify(execFile)(maven, args, { cwd: workDir, timeout: DOWNLOAD_TIMEOUT_MS });
    }
    // Another process may have been first.
    await rename(join(workDir, 'jars'), folder).catch(() => access(folder));
  } catch (cause) {
    const output = cause instanceof Error ? cause.message : String(cause);
    throw new SetupError(`Maven could not fetch ${name}; is the network there? ${output}`, { cause });
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  return folder;
}

function goalsOf({ unpack }: MavenJars): readonly string[][] {
  const shared = ['-q', '-B', '-DincludeScope=runtime'];
  const copy = [...shared, 'dependency:copy-dependencies', '-DoutputDirectory=jars'];
  const unpacked = [...shared, 'dependency:unpack-dependencies', '-DoutputDirectory=jars/files'];
  return unpack === null ? [copy] : [copy, [...unpacked, `-Dmdep.unpack.includes=${unpack}`]];
}

function pomOf({ artifacts }: MavenJars): string {
  const dependencies = artifacts.map(
    ([group, artifact, version]) => `    <dependency>
      <groupId>${group}</groupId>
      <artifactId>${artifact}</artifactId>
      <version>${version}</version>
    </dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tollgate</groupId>
  <artifactId>jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`;
}

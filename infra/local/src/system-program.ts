// Programs that come from the operating system: found on the PATH, or installed by apt where this process may do that.

import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';

interface ProgramOptions {
  /** The first one found is taken. */
  readonly names: readonly string[];
  readonly aptPackages: readonly string[];
  /** What to tell people when it cannot be had. */
  readonly remedy: string;
  readonly report: (line: string) => void;
}

const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** The program's path. */
export async function findProgram(options: ProgramOptions): Promise<string> {
  const found = await findOnPath(options.names);
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || (await findOnPath(['apt-get'])) === undefined) throw new SetupError(options.remedy);
  try {
    await installByApt(options);
  } catch (cause) {
    throw new SetupError(options.remedy, { cause });
  }
  const installed = await findOnPath(options.names);
  if (installed === undefined) throw new SetupError(options.remedy);
  return installed;
}

async function findOnPath(names: readonly string[]): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function installByApt({ aptPackages, report }: ProgramOptions): Promise<void> {
  report(`Installing ${aptPackages.join(' and ')} with apt-get (once) ...`);
  const run = async (...args: string[]) =>
    promisify(execFile)('apt-get', args, {
      timeout: INSTALL_TIMEOUT_MS,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  await run('update', '-q');
  // Another test file may be installing something else just now.
  await run('install', '-o', 'DPkg::Lock::Timeout=300', '-q', '-y', '--no-install-recommends', ...aptPackages);
}

// One run at a time on a data folder. The lock names the processes that hold it: the run and its keeper, which for a few
// seconds after a crash still ends the servers; a new run waits for that instead of starting a second server on the same data.

import { execFile } from 'node:child_process';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';

interface Holder {
  readonly pid: number;
  /** When the process began, in the system's own notation: a pid alone may belong to somebody else by now. */
  readonly began: string;
}

interface DataLock {
  /** Adds a process that keeps the folder in use after this one has ended. */
  add(pid: number): Promise<void>;
  release(): Promise<void>;
}

const KEEPER_WAIT_MS = 15_000;
const POLL_MS = 100;

export async function lockDataDir(dataDir: string): Promise<DataLock> {
  const file = join(dataDir, 'lock');
  const own = await describe(process.pid);
  if (own === undefined) throw new Error('This process could not be found among the running ones.');
  const deadline = Date.now() + KEEPER_WAIT_MS;
  while (!(await tryWrite(file, [own]))) {
    const [run, ...others] = await readHolders(file);
    if (run !== undefined && (await isRunning(run))) throw alreadyRunning(dataDir, run.pid);
    const stillThere = await Promise.all(others.map(isRunning));
    if (!stillThere.includes(true)) await rm(file, { force: true });
    else if (Date.now() > deadline) throw alreadyRunning(dataDir, others[0]?.pid ?? 0);
    else await sleep(POLL_MS);
  }
  const holders = [own];
  return {
    async add(pid) {
      const holder = await describe(pid);
      if (holder === undefined) return;
      holders.push(holder);
      await writeFile(file, JSON.stringify(holders));
    },
    release: () => rm(file, { force: true }),
  };
}

function alreadyRunning(dataDir: string, pid: number): SetupError {
  return new SetupError(
    `Tollgate already runs on ${dataDir} (process ${pid}): stop it first, or start another one with --data DIR and --port N.`,
  );
}

async function tryWrite(file: string, holders: readonly Holder[]): Promise<boolean> {
  // Linking a finished file is one step: nobody sees a lock without its holder.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(holders));
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolders(file: string): Promise<readonly Holder[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // Gone by now, or cut short because its writer was killed at that moment.
    return [];
  }
}

async function isRunning(holder: Holder): Promise<boolean> {
  return (await describe(holder.pid))?.began === holder.began;
}

async function describe(pid: number): Promise<Holder | undefined> {
  const began = process.platform === 'linux' ? await readProcStart(pid) : await readPsStart(pid);
  return began === undefined ? undefined : { pid, began };
}

/** proc(5): field 22 of `stat`, clock ticks since boot. The name before it may hold spaces and parentheses. */
async function readProcStart(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

async function readPsStart(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() === '' ? undefined : stdout.trim();
}

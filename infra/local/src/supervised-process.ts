// A child process with a log file, in a group of its own (the terminal's Ctrl-C does not reach it; whoever started it
// stops it in order), and noted with the keeper, so that it ends when this process does.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { keep, release } from './keeper.ts';
import { signalGroup } from './process-group.ts';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Standard output and error are appended to it. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly account?: Account;
}

/** Whom to run as; only root can choose. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface SupervisedProcess {
  readonly pid: number;
  /** How it ended, as the rest of a sentence: "was killed by SIGKILL". */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  /** To the process itself. */
  signal(signal: NodeJS.Signals): void;
  /** To the process and all that it started. */
  signalGroup(signal: NodeJS.Signals): void;
}

const STRAGGLERS_MS = 2_000;
const LOG_BYTES_MAX = 10 * 1024 * 1024;

export function startProcess(options: ProcessOptions): SupervisedProcess {
  const log = openLog(options.logFile);
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.account,
  });
  closeSync(log);
  const { pid } = child;
  const failure = new Promise<string>((resolve) => child.once('error', (error) => resolve(`failed: ${error.message}`)));
  if (pid === undefined) return failedProcess(failure);

  keep(pid);
  const exit = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exited with status ${code}` : `was killed by ${signal}`),
    ),
  );
  const ended = exit.then(async (how) => {
    await waitForStragglers(pid);
    release(pid);
    return how;
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    ended,
    hasEnded,
    signal: (signal) => void child.kill(signal),
    signalGroup: (signal) => void (hasEnded() || signalGroup(pid, signal)),
  };
}

/** Appends; a log that has grown large is put aside, and the one put aside before it is dropped. */
function openLog(logFile: string): number {
  mkdirSync(dirname(logFile), { recursive: true });
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`);
  return openSync(logFile, 'a');
}

/** A server's own children may outlive it by moments and still hold its data folder. */
async function waitForStragglers(pid: number): Promise<void> {
  const deadline = Date.now() + STRAGGLERS_MS;
  while (Date.now() < deadline && signalGroup(pid, 0)) await sleep(10);
  signalGroup(pid, 'SIGKILL');
}

function failedProcess(ended: Promise<string>): SupervisedProcess {
  return { pid: 0, ended, hasEnded: () => true, signal: () => undefined, signalGroup: () => undefined };
}

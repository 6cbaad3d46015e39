// A real server as a child process that can be stopped, killed, paused and started again on the same port and data.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPortFree } from './free-port.ts';
import { SetupError } from './setup-error.ts';
import { type ProcessOptions, type SupervisedProcess, startProcess } from './supervised-process.ts';

export interface LocalServer {
  /** `ClickHouse`, `Postgres`, `Redis` or `Kafka`. */
  readonly name: string;
  /** What the environment variable takes: `CLICKHOUSE_URL`, `DATABASE_URL`, `REDIS_URL` or `KAFKA_BROKERS`. */
  readonly url: string;
  /** Of the running process; it changes with `restart`. */
  readonly pid: number;
  readonly logFile: string;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Signals it and all its processes. Resolves when the signal was one that ends it and it ended; at once for SIGSTOP and SIGCONT. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, after a stop where it still runs: same port, same data. Resolves when it answers. */
  restart(): Promise<void>;
  /** Calls back with a sentence when it ends without `stop` or `kill`. */
  onUnexpectedEnd(listener: (sentence: string) => void): void;
}

export interface StartOptions {
  /** Where the server keeps its data. It survives `kill -9` of the server and is found again at the next start. */
  readonly dir: string;
  /** Absent: a free one. */
  readonly port?: number;
  /** Absent: `DIR/server.log`. */
  readonly logFile?: string;
  /** Takes progress as lines of text: downloads, and where things lie. */
  readonly report?: (line: string) => void;
}

export interface ServerDefinition {
  readonly name: string;
  readonly url: string;
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
  readonly process: ProcessOptions;
  /** Resolves to true once the server answers a request of its own protocol. */
  answers(): Promise<boolean>;
  /** Asks the process to end in order. */
  askToStop(running: SupervisedProcess): Promise<void> | void;
}

const READY_TIMEOUT_MS = 120_000;
const READY_POLL_MS = 50;
const STOP_TIMEOUT_MS = 20_000;
const LOG_TAIL_LINES = 12;

/** Starts the server and resolves when it answers. */
export async function startLocalServer(definition: ServerDefinition): Promise<LocalServer> {
  const listeners: ((sentence: string) => void)[] = [];
  const { logFile } = definition.process;
  let running: SupervisedProcess;
  let endIsExpected: boolean;

  const start = async (): Promise<void> => {
    // Whoever listens there already would answer in its place.
    if (!(await isPortFree(definition.port))) {
      throw new SetupError(`${definition.name} cannot start: port ${definition.port} is in use.`);
    }
    const started = startProcess(definition.process);
    running = started;
    endIsExpected = true;
    await waitUntilReady(definition, started);
    endIsExpected = false;
    void started.ended.then((how) => {
      if (endIsExpected || running !== started) return;
      for (const listener of listeners) listener(`${definition.name} ${how}.`);
    });
  };

  const stop = async (): Promise<void> => {
    if (running.hasEnded()) return;
    endIsExpected = true;
    running.signalGroup('SIGCONT');
    await definition.askToStop(running);
    const timer = setTimeout(() => running.signalGroup('SIGKILL'), STOP_TIMEOUT_MS);
    await running.ended;
    clearTimeout(timer);
  };

  await start();
  return {
    name: definition.name,
    url: definition.url,
    logFile,
    get pid() {
      return running.pid;
    },
    stop,
    async kill(signal) {
      const isPause = signal === 'SIGSTOP' || signal === 'SIGCONT';
      if (!isPause) endIsExpected = true;
      running.signalGroup(signal);
      if (!isPause) await running.ended;
    },
    async restart() {
      await stop();
      await start();
    },
    onUnexpectedEnd: (listener) => void listeners.push(listener),
  };
}

async function waitUntilReady(definition: ServerDefinition, started: SupervisedProcess): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!started.hasEnded()) {
    if ((await definition.answers().catch(() => false)) && !started.hasEnded()) return;
    if (Date.now() > deadline) {
      started.signalGroup('SIGKILL');
      await started.ended;
      throw await startError(definition, `did not answer within ${READY_TIMEOUT_MS / 1000} s`);
    }
    await sleep(READY_POLL_MS);
  }
  throw await startError(definition, await started.ended);
}

async function startError(definition: ServerDefinition, how: string): Promise<SetupError> {
  const { logFile } = definition.process;
  const tail = await readLogTail(logFile);
  return new SetupError(`${definition.name} did not start: it ${how}. The end of ${logFile}:\n${tail}`);
}

/** The last lines of a log file, indented; empty when there is none. */
export async function readLogTail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-LOG_TAIL_LINES);
  return lines.map((line) => `    ${line}`).join('\n');
}

// Counts the text of requests in worker threads, so that a long or hostile one holds up nobody but others like it: one
// thread for short bodies, one for long ones, each made when it is first needed.

import { Worker } from 'node:worker_threads';
import { TollgateError } from '@tollgate/domain';
import type { ModelAliases } from '@tollgate/tokenizer';
import { invalid } from './read-authorization.ts';
import type { CountedText, CountTask, CountWorkerData } from './text-task.ts';

export interface TextCounting {
  /** Of a checked body with `input`. Rejects with `validation_failed` when it cannot be counted in time, or `unavailable`. */
  count(body: Uint8Array): Promise<CountedText>;
  close(): Promise<void>;
}

export interface TextCountingOptions {
  readonly workerUrl: URL;
  readonly modelAliases: ModelAliases;
  /** How long one text may take. */
  readonly deadlineMs: number;
  readonly onReplaced: (reason: string) => void;
}

const LONG_BYTES_MIN = 32 * 1024;
/** Texts that wait for one thread. */
const WAITING_MAX = 1_000;
/** A text is counted within its deadline, or the thread that counts it is ended so much later. */
const GRACE_MS = 2_000;
/** An encoder takes a second to make on a busy machine. */
const START_MS = 20_000;
const WORKER_HEAP_MB = 256;

export function createTextCounting(options: TextCountingOptions): TextCounting {
  const short = new Lane(options);
  const long = new Lane(options);
  return {
    count: (body) => (body.byteLength < LONG_BYTES_MIN ? short : long).count(body),
    async close() {
      await Promise.all([short.close(), long.close()]);
    },
  };
}

interface Job {
  readonly body: Uint8Array;
  readonly resolve: (counted: CountedText) => void;
  readonly reject: (error: Error) => void;
}

/** One thread, one text at a time. */
class Lane {
  readonly #options: TextCountingOptions;
  readonly #waiting: Job[] = [];
  #worker: Worker | undefined;
  #isReady = false;
  #running: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: TextCountingOptions) {
    this.#options = options;
  }

  count(body: Uint8Array): Promise<CountedText> {
    if (this.#isClosed || this.#waiting.length >= WAITING_MAX) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ body, resolve, reject });
      this.#worker ??= this.#startWorker();
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const { reject } of this.#takeAll()) reject(busy());
    await this.#worker?.terminate();
  }

  #startWorker(): Worker {
    const { workerUrl, modelAliases, deadlineMs } = this.#options;
    const workerData: CountWorkerData = { modelAliases, deadlineMs };
    const worker = new Worker(workerUrl, {
      workerData,
      // Nothing of the process but the code: no secrets, no flags.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB },
    });
    worker.on('message', (message: CountedText | 'ready') => this.#take(worker, message));
    worker.on('error', (error) => this.#replace(worker, error.message));
    worker.on('exit', (code) => this.#replace(worker, `it exited with ${code}`));
    this.#timer = setTimeout(() => this.#replace(worker, 'it did not start'), START_MS).unref();
    return worker;
  }

  #next(): void {
    if (!this.#isReady || this.#running !== undefined) return;
    this.#running = this.#waiting.shift();
    const { body } = this.#running ?? {};
    const worker = this.#worker;
    if (body === undefined || worker === undefined) return;
    // A copy of its own: a view would drag along, or hand over, whatever else lies in its buffer.
    const task: CountTask = Uint8Array.from(body);
    worker.postMessage(task, [task.buffer]);
    const patienceMs = this.#options.deadlineMs + GRACE_MS;
    this.#timer = setTimeout(() => this.#replace(worker, 'it did not come back'), patienceMs).unref();
  }

  #take(worker: Worker, message: CountedText | 'ready'): void {
    if (worker !== this.#worker) return;
    clearTimeout(this.#timer);
    const job = this.#running;
    this.#running = undefined;
    if (message === 'ready') this.#isReady = true;
    else job?.resolve(message);
    this.#next();
  }

  /** The text that was being counted is to blame; those that wait get another thread. */
  #replace(worker: Worker, reason: string): void {
    if (worker !== this.#worker || this.#isClosed) return;
    void worker.terminate();
    clearTimeout(this.#timer);
    this.#options.onReplaced(reason);
    const lost = this.#isReady ? [this.#running] : this.#takeAll();
    for (const job of lost) job?.reject(this.#isReady ? notCountable() : busy());
    this.#running = undefined;
    this.#isReady = false;
    this.#worker = this.#waiting.length === 0 ? undefined : this.#startWorker();
  }

  #takeAll(): readonly Job[] {
    const all = [...(this.#running === undefined ? [] : [this.#running]), ...this.#waiting.splice(0)];
    this.#running = undefined;
    return all;
  }
}

export function notCountable(): TollgateError {
  const detail = 'The text cannot be counted in the time there is. Send `input_tokens` instead.';
  return invalid([{ pointer: '/input', detail }]);
}

function busy(): TollgateError {
  const detail = 'Too many texts wait to be counted. Send `input_tokens`, or try again in a moment.';
  return new TollgateError({ code: 'unavailable', detail, retryAfterSeconds: 1 });
}

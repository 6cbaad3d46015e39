// The worker threads that count text. Tasks wait in two queues, so that large texts never take the last free worker from
// small ones; a worker that dies or does not come back is replaced, and only the event it was stuck in is given up.

import { Worker } from 'node:worker_threads';
import type { ModelAliases } from '@tollgate/tokenizer';
import { createActiveClock } from './active-clock.ts';
import type { Assessment } from './assess-event.ts';
import { contentHashOfBytes } from './content-hash.ts';
import {
  type Comparison,
  packTask,
  type TextTaskResult,
  type TextWorkerData,
  type TextWorkerMessage,
} from './text-task.ts';

export interface TextPool {
  /**
   * One assessment for each event, in order. Never rejects but when the pool is closed. Callers bound what they hand in
   * at once: `TASK_BYTES_MAX` and `TASK_EVENTS_MAX` are good sizes.
   */
  assess(bodies: readonly Uint8Array[]): Promise<TextTaskResult>;
  /** Events that wait or are being counted. */
  readonly pending: number;
  readonly size: number;
  /** Resolves when a worker can take a task. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface TextPoolOptions {
  readonly workerUrl: URL;
  readonly size: number;
  /** How long one event's text may take; the worker itself keeps to it. */
  readonly deadlineMs: number;
  /** How much later a worker is ended that did not keep to it. */
  readonly graceMs: number;
  readonly modelAliases: ModelAliases;
  /** One text in so many is counted by tiktoken alone too. */
  readonly compareEvery: number;
  readonly onCompared: (comparison: Comparison) => void;
  readonly onReplaced: (reason: string) => void;
}

export const TASK_EVENTS_MAX = 200;
export const TASK_BYTES_MAX = 256 * 1024;

/** An event that two workers died of is given up; one death may be the machine's doing. */
const DEATHS_MAX = 2;
const WATCH_MS = 100;
/** A worker that dies at its start must not be started without end at full speed. */
const REPLACE_PAUSE_MS = 200;
/** Room for a text of 5 MiB and the arrays of its merge. */
const WORKER_HEAP_MB = 512;
const WORKER_YOUNG_HEAP_MB = 64;

interface Job {
  readonly bodies: readonly Uint8Array[];
  readonly deaths: number;
  readonly resolve: (result: TextTaskResult) => void;
  readonly reject: (error: Error) => void;
}

interface Slot {
  readonly worker: Worker;
  readonly eventIndex: Int32Array;
  isReady: boolean;
  job: Job | undefined;
  /** The event that the watch last saw in work, and since when. */
  seenIndex: number;
  seenSinceMs: number;
}

export function createTextPool(options: TextPoolOptions): TextPool {
  return new WorkerPool(options);
}

class WorkerPool implements TextPool {
  readonly size: number;
  pending = 0;
  private readonly options: TextPoolOptions;
  private readonly small: Job[] = [];
  private readonly large: Job[] = [];
  private readonly slots = new Set<Slot>();
  private readonly watch: NodeJS.Timeout;
  private readonly firstReady = deferred();
  /** Looked at by every turn of the watch. */
  private readonly clock = createActiveClock(() => performance.now(), 2 * WATCH_MS);
  private isClosed = false;

  constructor(options: TextPoolOptions) {
    this.options = options;
    this.size = options.size;
    for (let index = 0; index < options.size; index++) this.addSlot();
    this.watch = setInterval(() => this.endOverdue(), WATCH_MS).unref();
  }

  async ready(): Promise<void> {
    await this.firstReady.promise;
  }

  async assess(bodies: readonly Uint8Array[]): Promise<TextTaskResult> {
    this.pending += bodies.length;
    try {
      return await this.enqueue(bodies, 0);
    } finally {
      this.pending -= bodies.length;
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.watch);
    const running = [...this.slots].flatMap(({ job }) => (job === undefined ? [] : [job]));
    for (const { reject } of [...running, ...this.small.splice(0), ...this.large.splice(0)]) reject(closedError());
    await Promise.all([...this.slots].map(({ worker }) => worker.terminate()));
  }

  private enqueue(bodies: readonly Uint8Array[], deaths: number): Promise<TextTaskResult> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) {
        reject(closedError());
        return;
      }
      const job = { bodies, deaths, resolve, reject };
      (isLarge(job) ? this.large : this.small).push(job);
      this.startJobs();
    });
  }

  private startJobs(): void {
    for (const slot of this.slots) {
      if (!slot.isReady || slot.job !== undefined) continue;
      const job = this.nextJob();
      if (job === undefined) return;
      slot.job = job;
      slot.seenIndex = 0;
      slot.seenSinceMs = this.clock.now();
      Atomics.store(slot.eventIndex, 0, 0);
      const task = packTask(job.bodies);
      slot.worker.postMessage(task, [task.bytes.buffer]);
    }
  }

  /** A small one first; a large one only if that leaves a worker for small ones (where there is more than one). */
  private nextJob(): Job | undefined {
    const busyWithLarge = [...this.slots].filter(({ job }) => job !== undefined && isLarge(job)).length;
    const mayTakeLarge = busyWithLarge < Math.max(1, this.size - 1);
    return this.small.shift() ?? (mayTakeLarge ? this.large.shift() : undefined);
  }

  private addSlot(): void {
    const progress = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const { deadlineMs, modelAliases, compareEvery } = this.options;
    const workerData: TextWorkerData = { progress, deadlineMs, modelAliases, compareEvery };
    const worker = new Worker(this.options.workerUrl, {
      workerData,
      // Nothing of the process but the code: no secrets, no flags.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB, maxYoungGenerationSizeMb: WORKER_YOUNG_HEAP_MB },
    });
    const eventIndex = new Int32Array(progress);
    const slot: Slot = { worker, eventIndex, isReady: false, job: undefined, seenIndex: 0, seenSinceMs: 0 };
    this.slots.add(slot);
    worker.on('message', (message: TextWorkerMessage) => this.take(slot, message));
    worker.on('error', (error) => this.replace(slot, { reason: error.message, isOverdue: false }));
    worker.on('exit', (code) => this.replace(slot, { reason: `it exited with ${code}`, isOverdue: false }));
  }

  private take(slot: Slot, message: TextWorkerMessage): void {
    if (message.kind === 'ready') {
      slot.isReady = true;
      this.firstReady.resolve();
    } else {
      slot.job?.resolve(message.assessments);
      message.comparisons.forEach(this.options.onCompared);
    }
    slot.job = undefined;
    this.startJobs();
  }

  private endOverdue(): void {
    const { deadlineMs, graceMs } = this.options;
    const nowMs = this.clock.now();
    for (const slot of this.slots) {
      if (slot.job === undefined) continue;
      const index = Atomics.load(slot.eventIndex, 0);
      if (index !== slot.seenIndex) {
        slot.seenIndex = index;
        slot.seenSinceMs = nowMs;
      } else if (nowMs - slot.seenSinceMs > deadlineMs + graceMs) {
        this.replace(slot, { reason: 'it did not come back', isOverdue: true });
      }
    }
  }

  private replace(slot: Slot, { reason, isOverdue }: { readonly reason: string; readonly isOverdue: boolean }): void {
    if (this.isClosed || !this.slots.delete(slot)) return;
    void slot.worker.terminate();
    this.options.onReplaced(reason);
    setTimeout(() => {
      if (!this.isClosed) this.addSlot();
      this.startJobs();
    }, REPLACE_PAUSE_MS).unref();
    if (slot.job !== undefined) void this.resume(slot.job, { index: Atomics.load(slot.eventIndex, 0), isOverdue });
  }

  /** Counts the events of a lost task again, without the one that was in work if it is to blame. */
  private async resume(job: Job, lost: { readonly index: number; readonly isOverdue: boolean }): Promise<void> {
    const isGivenUp = (index: number): boolean =>
      index === lost.index && (lost.isOverdue || job.deaths + 1 >= DEATHS_MAX);
    try {
      const results = await Promise.all(
        job.bodies.map(async (body, index) => {
          if (isGivenUp(index)) return [givenUp(body)];
          return this.enqueue([body], index === lost.index ? job.deaths + 1 : job.deaths);
        }),
      );
      job.resolve(results.flat());
    } catch (error) {
      job.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

function isLarge({ bodies }: Job): boolean {
  return bodies.reduce((sum, body) => sum + body.byteLength, 0) > TASK_BYTES_MAX;
}

function givenUp(body: Uint8Array): Assessment {
  const detail = 'Counting the text took too long, or more memory than it may take.';
  return { kind: 'dead', contentHash: contentHashOfBytes(body), code: 'count_timeout', detail };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function closedError(): Error {
  return new Error('The pool of text workers is closed.');
}

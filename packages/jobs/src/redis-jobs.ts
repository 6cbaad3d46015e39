// The jobs on BullMQ. Its repeating jobs are not used: they live in Redis alone, are gone with its data, and processes that
// set them up at the same moment can stop them. What is periodic is a job whose id is its slot of time, see `schedule.ts`.

import { Counter, Histogram, type Logger, type Registry } from '@tollgate/runtime';
import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { JOBS, type JobName, type JobPayload, type JobQueue } from './catalog.ts';
import type { AnyJobHandlers, Jobs } from './jobs.ts';

export interface RedisJobsOptions {
  /** `redis://` or `rediss://`; the server must not evict keys. */
  readonly url: string;
  /** What every key begins with. */
  readonly name: string;
  readonly queue: JobQueue;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Jobs that this process works on at the same time. */
  readonly atOnce: number;
  /** A process that died is noticed so late, or twice as late at most. Absent: five seconds. */
  readonly lockMs?: number;
}

const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MAX_MS = 500;
const ANSWER_TIMEOUT_MS = 2_000;
/** Whoever adds is told at once that it cannot be; a worker waits for as long as it takes. */
const NONE = { enableOfflineQueue: false, commandTimeout: ANSWER_TIMEOUT_MS, maxRetriesPerRequest: 0 };
const ENDLESS = { maxRetriesPerRequest: null };
/** Remembered, so that a job that is made again is known to be done; and the last failures, to look at. */
const KEPT_DONE_MAX = 1_000;
const KEPT_FAILED = { age: 24 * 60 * 60, count: 1_000 };
const LOCK_DEFAULT_MS = 5_000;
/** A job of a process that died is given to another one, so often: that processes die is not its fault. */
const STALLED_MAX = 10;

export function createRedisJobs(options: RedisJobsOptions): Jobs {
  const { url, logger, atOnce, lockMs = LOCK_DEFAULT_MS } = options;
  const prefix = `{${options.name}:jobs}`;
  const metrics = createJobMetrics(options.metrics);
  const adding = connect(url, NONE);
  const queue = new Queue(options.queue, { connection: adding, prefix });
  queue.on('error', (error) => logger.debug({ err: error }, 'the queue of jobs cannot be reached'));
  const closers: (() => Promise<void>)[] = [];

  return {
    async add(jobs) {
      if (adding.status !== 'ready') throw new Error('The queue of jobs is away.');
      if (jobs.length === 0) return;
      await queue.addBulk(
        jobs.map(({ name, id, payload, delayMs = 0 }) => ({
          name,
          data: payload,
          opts: {
            jobId: id,
            delay: delayMs,
            attempts: JOBS[name].attempts,
            backoff: { type: 'exponential', delay: JOBS[name].backoffMs },
            ...keptOf(name),
          },
        })),
      );
    },
    work(handlers) {
      const working = connect(url, ENDLESS);
      const worker = new Worker(options.queue, (job) => metrics.time(job.name, () => runJob(job, handlers)), {
        ...{ connection: working, prefix, concurrency: atOnce, lockDuration: lockMs, stalledInterval: lockMs },
        maxStalledCount: STALLED_MAX,
      });
      worker.on('error', (error) => logger.debug({ err: error }, 'the worker of jobs cannot reach the queue'));
      worker.on('failed', (job, error) => logger.warn({ err: error, job: job?.name }, 'a job failed'));
      closers.push(async () => {
        // Without Redis it would wait for an answer that does not come.
        await worker.close(working.status !== 'ready');
        working.disconnect();
      });
    },
    async ready() {
      await adding.ping();
    },
    async close() {
      for (const closer of closers) await closer();
      adding.disconnect();
    },
  };
}

function connect(url: string, patience: typeof NONE | typeof ENDLESS): Redis {
  const client = new Redis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, RECONNECT_MAX_MS),
    ...patience,
  });
  // It connects again by itself; unheard, the event would be printed.
  client.on('error', () => undefined);
  return client;
}

/** What is kept of a job keeps others with its id from being made. */
function keptOf(name: JobName) {
  const { rememberedMs } = JOBS[name];
  if (rememberedMs === 0) return { removeOnComplete: true, removeOnFail: true };
  return { removeOnComplete: { age: rememberedMs / 1_000, count: KEPT_DONE_MAX }, removeOnFail: KEPT_FAILED };
}

type Definitions = {
  readonly [Name in JobName]: {
    readonly parse: (data: unknown) => JobPayload<Name> | undefined;
    readonly timeoutMs: number;
  };
};
const definitions: Definitions = JOBS;

async function runJob({ name, data }: Job, handlers: AnyJobHandlers): Promise<void> {
  if (!isJobName(name)) throw new UnrecoverableError(`there is no job named ${name}`);
  await runNamed(name, data, handlers);
}

async function runNamed<Name extends JobName>(name: Name, data: unknown, handlers: AnyJobHandlers): Promise<void> {
  const handle = handlers[name];
  if (handle === undefined) throw new UnrecoverableError(`the job ${name} is of another queue`);
  await runTimed(definitions[name], data, handle);
}

function isJobName(name: string): name is JobName {
  return Object.hasOwn(JOBS, name);
}

async function runTimed<Payload>(
  { parse, timeoutMs }: { readonly parse: (data: unknown) => Payload | undefined; readonly timeoutMs: number },
  data: unknown,
  handle: (payload: Payload, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const payload = parse(data);
  if (payload === undefined) throw new UnrecoverableError('the job carries what it should not');
  const signal = AbortSignal.timeout(timeoutMs);
  const over = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The job took too long.')), { once: true });
  });
  await Promise.race([handle(payload, signal), over]);
}

function createJobMetrics(registry: Registry) {
  const done = new Counter({
    name: 'tollgate_jobs_total',
    help: 'Jobs that this process worked on, by how it ended.',
    labelNames: ['job', 'outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'tollgate_job_seconds',
    help: 'Working on a job.',
    labelNames: ['job'],
    buckets: [0.005, 0.05, 0.5, 5, 50],
    registers: [registry],
  });
  return {
    async time(job: string, work: () => Promise<void>): Promise<void> {
      const end = seconds.startTimer({ job });
      try {
        await work();
        done.inc({ job, outcome: 'done' });
      } catch (error) {
        done.inc({ job, outcome: 'failed' });
        throw error;
      } finally {
        end();
      }
    },
  };
}

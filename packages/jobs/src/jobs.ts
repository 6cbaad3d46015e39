// The port of work that any process of a service may do, one of them at a time. A job that is lost with the queue is none
// that anything depends on: whoever made it makes it again.

import type { JobName, JobNameIn, JobPayload, JobQueue } from './catalog.ts';

/** Rejects: it is tried again as often as the catalog says. The signal aborts when its time is over. */
export type JobHandlers<Queue extends JobQueue> = {
  readonly [Name in JobNameIn<Queue>]: (payload: JobPayload<Name>, signal: AbortSignal) => Promise<void>;
};

/** Of some queue: those of the others are not there. */
export type AnyJobHandlers = {
  readonly [Name in JobName]?: (payload: JobPayload<Name>, signal: AbortSignal) => Promise<void>;
};

export interface NewJob<Name extends JobName> {
  readonly name: Name;
  /** Of several with the same id, also in other processes, one is done, as long as it waits, is worked on, or was done lately. */
  readonly id: string;
  readonly payload: JobPayload<Name>;
  readonly delayMs?: number;
}

export interface Jobs {
  /** Rejects when the queue cannot be reached in time. */
  add<Name extends JobName>(jobs: readonly NewJob<Name>[]): Promise<void>;
  /** Begins to work on jobs. */
  work(handlers: AnyJobHandlers): void;
  ready(): Promise<void>;
  /** Lets what is being worked on end. */
  close(): Promise<void>;
}

// What the main thread and a worker thread say to each other: events in, assessments out. The events of a task are packed
// into one buffer that is handed over, since a view would drag the whole batch's buffer along.

import type { EncodingName, ModelAliases } from '@tollgate/tokenizer';
import type { Assessment } from './assess-event.ts';

export interface TextTask {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each event ends in `bytes`. */
  readonly ends: readonly number[];
}

/** What a worker says: first that its encoders are made, then what came of each task. */
export type TextWorkerMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done';
      /** One for each event of the task, in order. */
      readonly assessments: TextTaskResult;
      readonly comparisons: readonly Comparison[];
    };

export type TextTaskResult = readonly Assessment[];

/** A text that tiktoken counted too, as a whole, to see that ours is the same. */
export interface Comparison {
  readonly encoding: EncodingName;
  readonly isSame: boolean;
}

export interface TextWorkerData {
  /** One Int32: the index of the event that is being counted, so that a stuck one can be told. */
  readonly progress: SharedArrayBuffer;
  readonly deadlineMs: number;
  readonly modelAliases: ModelAliases;
  /** One text in so many is compared. */
  readonly compareEvery: number;
}

export function packTask(bodies: readonly Uint8Array[]): TextTask {
  const bytes = new Uint8Array(bodies.reduce((sum, body) => sum + body.byteLength, 0));
  const ends: number[] = [];
  let end = 0;
  for (const body of bodies) {
    bytes.set(body, end);
    end += body.byteLength;
    ends.push(end);
  }
  return { bytes, ends };
}

export function* unpackTask(task: TextTask): Generator<Uint8Array> {
  let start = 0;
  for (const end of task.ends) {
    yield task.bytes.subarray(start, end);
    start = end;
  }
}

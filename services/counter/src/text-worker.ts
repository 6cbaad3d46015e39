// A worker thread that counts the text of events. One encoder for each encoding, made before the first task.

import { parentPort, workerData } from 'node:worker_threads';
import { createTextCounter, type EncodingName } from '@tollgate/tokenizer';
import { createActiveClock } from './active-clock.ts';
import { assessEvent } from './assess-event.ts';
import {
  type Comparison,
  type TextTask,
  type TextTaskResult,
  type TextWorkerData,
  type TextWorkerMessage,
  unpackTask,
} from './text-task.ts';

const WARM_ENCODINGS: readonly EncodingName[] = ['o200k_base', 'cl100k_base'];

/** Longer than the counter goes without a look at the clock, on a busy machine too. */
const CLOCK_STEP_MAX_MS = 1_000;

const { progress, deadlineMs, modelAliases, compareEvery }: TextWorkerData = workerData;
const eventIndex = new Int32Array(progress);
const clock = createActiveClock(() => performance.now(), CLOCK_STEP_MAX_MS);
let comparisons: Comparison[] = [];
const counter = createTextCounter(clock, {
  shadow: { every: compareEvery, onCompared: (comparison) => comparisons.push(comparison) },
});

for (const encoding of WARM_ENCODINGS) counter.count('warm', encoding, Number.POSITIVE_INFINITY);

parentPort?.on('message', (task: TextTask) => {
  comparisons = [];
  say({ kind: 'done', assessments: assess(task), comparisons });
});

say({ kind: 'ready' });

function say(message: TextWorkerMessage): void {
  parentPort?.postMessage(message);
}

function assess(task: TextTask): TextTaskResult {
  return [...unpackTask(task)].map((body, index) => {
    Atomics.store(eventIndex, 0, index);
    return assessEvent(body, { modelAliases, text: { counter, deadlineMs: clock.now() + deadlineMs } });
  });
}

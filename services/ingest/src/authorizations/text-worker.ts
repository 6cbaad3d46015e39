// A worker thread that counts the text of authorizations.

import { parentPort, workerData } from 'node:worker_threads';
import { isLlmEventType } from '@tollgate/domain';
import { countEventText, createTextCounter, type EncodingName, TextNotCountable } from '@tollgate/tokenizer';
import type { CountedText, CountTask, CountWorkerData } from './text-task.ts';

const { modelAliases, deadlineMs }: CountWorkerData = workerData;
const WARM_ENCODING: EncodingName = 'o200k_base';
const counter = createTextCounter(performance);

counter.count('warm', WARM_ENCODING, Number.POSITIVE_INFINITY);
parentPort?.on('message', (task: CountTask) => parentPort?.postMessage(count(task)));
parentPort?.postMessage('ready');

function count(body: CountTask): CountedText {
  const { type = 'llm.chat', model, input } = JSON.parse(Buffer.from(body).toString('utf8'));
  if (!isLlmEventType(type)) throw new Error('The body was not checked.');
  const event = { type, model, status: 'completed', input, output: undefined };
  try {
    const counted = countEventText(event, { counter, deadlineMs: performance.now() + deadlineMs, modelAliases }).input;
    return { kind: 'counted', tokens: counted?.tokens ?? 0, audioTokens: counted?.audioTokens ?? 0 };
  } catch (error) {
    if (error instanceof TextNotCountable || error instanceof RangeError) return { kind: 'not_countable' };
    throw error;
  }
}

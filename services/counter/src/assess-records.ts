// Records of the log to what each comes to: decoded, parsed and counted. Events with text go to the worker threads in
// tasks of bounded size, a few at a time; the others are done here, since a hop costs more than they do.

import { type AcceptedRecord, decodeRecord } from '@tollgate/domain';
import type { DeliveredRecord } from '@tollgate/event-log';
import type { ModelAliases } from '@tollgate/tokenizer';
import { type Assessment, assessEvent } from './assess-event.ts';
import { contentHashOf, contentHashOfBytes } from './content-hash.ts';
import { inSlices } from './in-slices.ts';
import { isObject, textOf } from './members.ts';
import { TASK_BYTES_MAX, TASK_EVENTS_MAX, type TextPool } from './text-pool.ts';

export type AssessedRecord = { readonly delivered: DeliveredRecord } & (
  | { readonly kind: 'foreign' }
  | { readonly kind: 'void'; readonly record: AcceptedRecord; readonly reason: string }
  | { readonly kind: 'event'; readonly record: AcceptedRecord; readonly assessment: SettledAssessment }
);

type SettledAssessment = Exclude<Assessment, { kind: 'needs_text' }>;

interface TextRecord {
  readonly index: number;
  readonly delivered: DeliveredRecord;
  readonly record: AcceptedRecord;
}

/** Larger events are left to the workers even without text: parsing them takes too long for the main thread. */
const MAIN_THREAD_BODY_BYTES_MAX = 32 * 1024;

/** In the year 2106, as far as ClickHouse's `DateTime` reaches. */
const INSTANT_MAX_MS = 0xffff_ffff * 1000;

export async function assessRecords(
  records: readonly DeliveredRecord[],
  {
    pool,
    modelAliases,
    signal,
  }: { readonly pool: TextPool; readonly modelAliases: ModelAliases; readonly signal: AbortSignal },
): Promise<readonly AssessedRecord[]> {
  const assessed: AssessedRecord[] = [];
  const withText: TextRecord[] = [];
  const counting = { modelAliases, text: null };
  await inSlices(records, signal, (delivered, index) => {
    const record = readRecord(delivered.value);
    if (record?.kind !== 'event') {
      assessed[index] = record === undefined ? { kind: 'foreign', delivered } : voidOf(delivered, record);
      return;
    }
    const assessment: Assessment = mayNeedWorker(record.body)
      ? { kind: 'needs_text' }
      : assessEvent(record.body, counting);
    if (assessment.kind === 'needs_text') withText.push({ index, delivered, record });
    else assessed[index] = { kind: 'event', delivered, record, assessment };
  });

  const tasks = cutTasks(withText);
  // Enough tasks to keep every worker busy, and no more in memory a second time.
  const lanes = Array.from({ length: pool.size + 1 }, async () => {
    for (let task = tasks.next(); task.done !== true; task = tasks.next()) {
      signal.throwIfAborted();
      const results = await pool.assess(task.value.map(({ record }) => record.body));
      for (const [at, { index, delivered, record }] of task.value.entries()) {
        const assessment = results[at];
        if (assessment === undefined || assessment.kind === 'needs_text')
          throw new Error('A worker left an event out.');
        assessed[index] = { kind: 'event', delivered, record, assessment };
      }
    }
  });
  await Promise.all(lanes);
  return assessed;
}

/** No record either: one with times that nothing here writes and the warehouse cannot hold. */
function readRecord(bytes: Uint8Array): AcceptedRecord | undefined {
  const record = decodeRecord(bytes);
  return record !== undefined && isInstant(record.timeMs) && isInstant(record.receivedAtMs) ? record : undefined;
}

function isInstant(timeMs: number): boolean {
  return timeMs >= 0 && timeMs <= INSTANT_MAX_MS;
}

/** By a look at the bytes; a name that is written with escapes is found when the event is parsed. */
function mayNeedWorker(body: Uint8Array): boolean {
  if (body.byteLength > MAIN_THREAD_BODY_BYTES_MAX) return true;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return bytes.includes('"input"') || bytes.includes('"output"');
}

function* cutTasks(records: readonly TextRecord[]): Generator<readonly TextRecord[]> {
  let task: TextRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.record.body.byteLength;
    if (task.length > 0 && (task.length >= TASK_EVENTS_MAX || bytes + size > TASK_BYTES_MAX)) {
      yield task;
      task = [];
      bytes = 0;
    }
    task.push(record);
    bytes += size;
  }
  if (task.length > 0) yield task;
}

function voidOf(delivered: DeliveredRecord, record: AcceptedRecord): AssessedRecord {
  return { kind: 'void', delivered, record, reason: reasonOf(record.body) };
}

function reasonOf(body: Uint8Array): string {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
    return isObject(value) ? textOf(value, 'reason', '') : '';
  } catch {
    // The withdrawal itself is certain; only what was said about it is lost.
    return '';
  }
}

/** The content of a record that is no event, for its receipt. */
export function rawContentHash(assessed: AssessedRecord): bigint {
  // Of a withdrawal its reason: where it came from differs from one sending to the next.
  if (assessed.kind === 'void') return contentHashOf({ reason: assessed.reason });
  return contentHashOfBytes(assessed.kind === 'foreign' ? assessed.delivered.value : assessed.record.body);
}

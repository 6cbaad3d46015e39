// A batch in parts that are stored one by one, so that a long backlog does not stand in memory as rows: large enough for a
// good insert, and cut between entries, so that each part knows its own range of offsets.

import { type DeliveredRecord, type LogBatch, offsetOf } from '@tollgate/event-log';

const PART_RECORDS_MIN = 5_000;

export function* cutBatch(batch: LogBatch): Generator<LogBatch> {
  const { partition } = batch;
  let { firstOffset } = batch;
  let records: DeliveredRecord[] = [];
  for (const record of batch.records) {
    const offset = offsetOf(record.position);
    const last = records.at(-1);
    if (last !== undefined && records.length >= PART_RECORDS_MIN && offsetOf(last.position) !== offset) {
      yield { partition, firstOffset, nextOffset: offset, records };
      firstOffset = offset;
      records = [];
    }
    records.push(record);
  }
  yield { partition, firstOffset, nextOffset: batch.nextOffset, records };
}

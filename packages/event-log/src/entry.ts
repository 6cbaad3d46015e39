// An entry packs the records that were gathered for one partition, so that the log's cost per message is shared.
//
//   entry := (length (uint32, little endian) | record)*      at least one, at most RECORDS_PER_ENTRY_MAX

import { RECORDS_PER_ENTRY_MAX } from './event-log.ts';

/** What a record takes in an entry beyond its own bytes. */
export const RECORD_OVERHEAD_BYTES = 4;

export function packEntry(records: readonly Uint8Array[]): Buffer {
  let bytes = 0;
  for (const record of records) bytes += RECORD_OVERHEAD_BYTES + record.byteLength;
  const entry = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const record of records) {
    at = entry.writeUInt32LE(record.byteLength, at);
    entry.set(record, at);
    at += record.byteLength;
  }
  return entry;
}

/** The records, as views into the entry. Bytes that are not an entry are one record, so that they are seen, not lost. */
export function unpackEntry(entry: Buffer): readonly Uint8Array[] {
  const records: Uint8Array[] = [];
  let at = 0;
  while (at + RECORD_OVERHEAD_BYTES <= entry.byteLength && records.length < RECORDS_PER_ENTRY_MAX) {
    const end = at + RECORD_OVERHEAD_BYTES + entry.readUInt32LE(at);
    if (end > entry.byteLength) return [entry];
    records.push(entry.subarray(at + RECORD_OVERHEAD_BYTES, end));
    at = end;
  }
  return at === entry.byteLength && records.length > 0 ? records : [entry];
}

// What the log holds for each accepted event: a small header that ingest decided on (whose it is, when it came) and the
// event's JSON exactly as the client sent it, so that ingest never serializes it again.
//
//   record := header length (uint32, little endian) | header (JSON) | body (JSON, as received)

/**
 * One accepted report. `event` is usage; `void` withdraws the event with the same customer and id, and has the body
 * `{"reason": "…", "origin": {"address": "…", "request_id": "…"}}`.
 */
export interface AcceptedRecord {
  readonly kind: 'event' | 'void';
  readonly customerId: string;
  readonly projectId: string | null;
  /** The API key the use belongs to; null when it was reported for a customer as a whole. */
  readonly keyId: string | null;
  /** The API key that sent the report: the one above, or an operator's gateway's. */
  readonly reporterKeyId: string;
  readonly eventId: string;
  /** The event's time, in milliseconds since the epoch; the time of receipt where the client gave none. */
  readonly timeMs: number;
  readonly receivedAtMs: number;
  /** True for a dead letter that is sent through again: the same acceptance, not another one. */
  readonly isReplay: boolean;
  /** The W3C trace context of the request that brought it, where that is traced. */
  readonly traceparent?: string | undefined;
  readonly body: Uint8Array;
}

const LENGTH_BYTES = 4;
/** Of one unit of UTF-16. */
const UTF8_BYTES_MAX = 3;
const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder('utf-8', { fatal: true }) };

/** Copies of an event share a partition of the log, so that the first is always seen first. */
export function partitionKeyOf(customerId: string, eventId: string): string {
  return `${customerId}/${eventId}`;
}

/**
 * Records share slabs of memory, since to allocate for each costs more than to write it: a record that is kept keeps its
 * neighbours.
 */
export function encodeRecord(record: AcceptedRecord): Uint8Array {
  const { body } = record;
  const header = JSON.stringify({
    kind: record.kind,
    customerId: record.customerId,
    projectId: record.projectId,
    keyId: record.keyId,
    reporterKeyId: record.reporterKeyId,
    eventId: record.eventId,
    timeMs: record.timeMs,
    receivedAtMs: record.receivedAtMs,
    isReplay: record.isReplay,
    traceparent: record.traceparent,
  });
  const bytes = takeBytes(LENGTH_BYTES + header.length * UTF8_BYTES_MAX + body.byteLength);
  const { written } = utf8.encoder.encodeInto(header, bytes.subarray(LENGTH_BYTES));
  for (let at = 0; at < LENGTH_BYTES; at++) bytes[at] = written >>> (8 * at);
  bytes.set(body, LENGTH_BYTES + written);
  const size = LENGTH_BYTES + written + body.byteLength;
  slabUsed -= bytes.byteLength - size;
  return bytes.subarray(0, size);
}

const SLAB_BYTES = 64 * 1024;
let slab = new Uint8Array(0);
let slabUsed = 0;

/** What is not needed is given back right away, by taking it from `slabUsed`. */
function takeBytes(bytesMax: number): Uint8Array {
  if (slabUsed + bytesMax > slab.byteLength) {
    slab = new Uint8Array(Math.max(SLAB_BYTES, bytesMax));
    slabUsed = 0;
  }
  slabUsed += bytesMax;
  return slab.subarray(slabUsed - bytesMax, slabUsed);
}

/** Undefined when the bytes are not a record: a foreign or damaged entry, which belongs in the dead letters. */
export function decodeRecord(bytes: Uint8Array): AcceptedRecord | undefined {
  if (bytes.byteLength < LENGTH_BYTES) return undefined;
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (headerLength > bytes.byteLength - LENGTH_BYTES) return undefined;
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength));
  if (header === undefined) return undefined;
  return { ...header, body: bytes.subarray(LENGTH_BYTES + headerLength) };
}

function parseHeader(bytes: Uint8Array): Omit<AcceptedRecord, 'body'> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decoder.decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const header = value as Record<string, unknown>;
  const { kind, customerId, projectId, keyId, reporterKeyId, eventId, timeMs, receivedAtMs, isReplay, traceparent } =
    header;
  if (kind !== 'event' && kind !== 'void') return undefined;
  if (typeof customerId !== 'string' || typeof eventId !== 'string' || typeof reporterKeyId !== 'string') {
    return undefined;
  }
  if (projectId !== null && typeof projectId !== 'string') return undefined;
  if (keyId !== null && typeof keyId !== 'string') return undefined;
  if (!Number.isSafeInteger(timeMs) || !Number.isSafeInteger(receivedAtMs)) return undefined;
  if (typeof timeMs !== 'number' || typeof receivedAtMs !== 'number' || typeof isReplay !== 'boolean') {
    return undefined;
  }
  const read = { kind, customerId, projectId, keyId, reporterKeyId, eventId, timeMs, receivedAtMs, isReplay } as const;
  return typeof traceparent === 'string' ? { ...read, traceparent } : read;
}

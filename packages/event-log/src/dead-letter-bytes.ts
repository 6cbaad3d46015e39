// A dead letter as bytes, the same in both logs.
//
//   letter := header length (uint32, little endian) | header (JSON) | value

import type { DeadLetter } from './event-log.ts';

const LENGTH_BYTES = 4;

export function encodeDeadLetter(letter: DeadLetter): Buffer {
  const { value, ...header } = letter;
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.byteLength);
  return Buffer.concat([length, text, value]);
}

/** Undefined when the bytes are not a dead letter: somebody else wrote there. */
export function decodeDeadLetter(bytes: Buffer): DeadLetter | undefined {
  if (bytes.byteLength < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + bytes.readUInt32LE();
  if (end > bytes.byteLength) return undefined;
  const header = parse(bytes.toString('utf8', LENGTH_BYTES, end));
  return header === undefined ? undefined : { ...header, value: bytes.subarray(end) };
}

function parse(text: string): Omit<DeadLetter, 'value'> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { id, code, detail, deadAtMs } = json as Record<string, unknown>;
  if (typeof id !== 'string' || typeof code !== 'string' || typeof detail !== 'string') return undefined;
  return typeof deadAtMs === 'number' ? { id, code, detail, deadAtMs } : undefined;
}

// Which partition a key belongs to: murmur2 as Kafka's own clients compute it, so that a producer in another language
// puts the copies of an event where ours are.

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const SHIFT = 24;

const encoder = new TextEncoder();
// Keys are short; one scratch buffer spares an allocation per record.
const scratch = new Uint8Array(4_096);

export function partitionOf(key: string, partitionCount: number): number {
  return (murmur2(encode(key)) & 0x7fffffff) % partitionCount;
}

function encode(key: string): Uint8Array {
  if (key.length * 3 > scratch.byteLength) return encoder.encode(key);
  return scratch.subarray(0, encoder.encodeInto(key, scratch).written);
}

/** MurmurHash2 (32 bit) with the seed that Kafka fixed. The result is a signed integer, as in Java. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.byteLength;
  const wholeWords = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < wholeWords; at += 4) {
    let word = byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8);
    word |= (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24);
    word = Math.imul(word, MULTIPLIER);
    word = Math.imul(word ^ (word >>> SHIFT), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  const rest = length - wholeWords;
  if (rest === 3) hash ^= byteAt(bytes, wholeWords + 2) << 16;
  if (rest >= 2) hash ^= byteAt(bytes, wholeWords + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ byteAt(bytes, wholeWords), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

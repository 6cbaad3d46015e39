// How long a recording is, by the header of a wav file. Other formats say so nowhere near their beginning.

const CHUNKS_MAX = 64;
const RIFF_HEADER = 12;
const CHUNK_HEADER = 8;

/** Undefined when it is no wav file, or a broken one. */
export function readWavSeconds(head: Buffer): number | undefined {
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, RIFF_HEADER) !== 'WAVE') return undefined;
  let bytesPerSecond = 0;
  let at = RIFF_HEADER;
  for (let chunk = 0; chunk < CHUNKS_MAX && at + CHUNK_HEADER <= head.length; chunk++) {
    const name = head.toString('latin1', at, at + 4);
    const size = head.readUInt32LE(at + 4);
    const body = at + CHUNK_HEADER;
    if (name === 'fmt ' && body + 12 <= head.length) bytesPerSecond = head.readUInt32LE(body + 8);
    if (name === 'data') return bytesPerSecond > 0 ? size / bytesPerSecond : undefined;
    at = body + size + (size % 2);
  }
  return undefined;
}

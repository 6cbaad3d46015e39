// Writes files one after the other as a zip has them, without its directory: parts of an archive that were written at
// different times, by different processes, need only be put one behind the other.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createDeflateRaw, deflateRaw, deflateRawSync } from 'node:zlib';
import { crc32 } from './crc-32.ts';
import { localHeader, type PackedFile } from './zip-format.ts';

export interface NewFile {
  /** With slashes. */
  readonly path: string;
  /** Whole, or as it comes: then no more than a piece of it is in memory. */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

const SMALL_BYTES = 32_768;
const deflate = promisify(deflateRaw);

export async function* packFiles(
  target: FileHandle,
  files: AsyncIterable<NewFile> | Iterable<NewFile>,
): AsyncGenerator<PackedFile> {
  let offset = 0;
  for await (const { path, content } of files) {
    const at = { target, path, offset };
    const packed = content instanceof Uint8Array ? await packWhole(at, content) : await packStream(at, content);
    offset = packed.end;
    yield packed.file;
  }
}

interface Place {
  readonly target: FileHandle;
  readonly path: string;
  readonly offset: number;
}

interface Packed {
  readonly file: PackedFile;
  readonly end: number;
}

async function packWhole({ target, path, offset }: Place, content: Uint8Array): Promise<Packed> {
  // A hop to another thread costs more than to pack a small one here.
  const data = content.length <= SMALL_BYTES ? deflateRawSync(content) : await deflate(content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const sizes = { bytes: content.length, packedBytes: data.length };
  const facts = { path, ...sizes, crc32: crc32(content, 0), isStreamed: false };
  const record = Buffer.concat([localHeader(facts), data]);
  await writeAt(target, record, offset);
  return { file: { ...facts, sha256, offset }, end: offset + record.length };
}

/** The header is written once more when the sizes are known. */
async function packStream({ target, path, offset }: Place, content: AsyncIterable<Uint8Array>): Promise<Packed> {
  const headerBytes = localHeader({ path, bytes: 0, packedBytes: 0, crc32: 0, isStreamed: true }).length;
  const hash = createHash('sha256');
  let sum = 0;
  let bytes = 0;
  const noted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      hash.update(chunk);
      sum = crc32(chunk, sum);
      bytes += chunk.length;
      yield chunk;
    }
  };
  let packedBytes = 0;
  for await (const data of deflated(noted())) {
    await writeAt(target, data, offset + headerBytes + packedBytes);
    packedBytes += data.length;
  }
  const facts = { path, bytes, packedBytes, crc32: sum, isStreamed: true };
  await writeAt(target, localHeader(facts), offset);
  return { file: { ...facts, sha256: hash.digest('hex'), offset }, end: offset + headerBytes + packedBytes };
}

async function* deflated(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const packer = createDeflateRaw();
  const fed = pipeline(content, packer);
  // A failure is thrown where the packer is read.
  fed.catch(() => undefined);
  for await (const data of packer) yield data;
  await fed;
}

async function writeAt(target: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await target.write(bytes, written, bytes.length - written, offset + written);
    written += bytesWritten;
  }
}

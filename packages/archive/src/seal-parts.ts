// One archive of the parts: their bytes one behind the other, then the directory of all their files. Neither stands in
// memory: the directory is gathered in a file beside it.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { directoryEnd, directoryEntry, type PackedFile } from './zip-format.ts';

interface PartSource {
  readonly dataFile: string;
  /** Their offsets are those in the data of the part. */
  readonly files: readonly PackedFile[];
}

interface Parts {
  readonly sources: AsyncIterable<PartSource>;
  /** For a while. */
  readonly directoryFile: string;
}

export async function sealParts(
  target: FileHandle,
  { sources, directoryFile }: Parts,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const append = async (chunk: Uint8Array): Promise<void> => {
    hash.update(chunk);
    await target.appendFile(chunk);
    bytes += chunk.length;
  };
  const appendFile = async (path: string): Promise<void> => {
    for await (const chunk of createReadStream(path)) await append(chunk);
  };
  let count = 0;
  const entries = async function* (): AsyncGenerator<Buffer> {
    for await (const { dataFile, files } of sources) {
      const start = bytes;
      yield Buffer.concat(files.map((file) => directoryEntry({ ...file, offset: start + file.offset })));
      count += files.length;
      await appendFile(dataFile);
    }
  };
  try {
    await pipeline(entries(), createWriteStream(directoryFile));
    const offset = bytes;
    const { size } = await stat(directoryFile);
    await appendFile(directoryFile);
    await append(directoryEnd({ files: count, bytes: size, offset }));
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await rm(directoryFile, { force: true });
  }
}

// The records of a zip file: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16 and 4.5.3. Files that are
// written as they come, whose size nobody knows before, have their sizes in a zip64 field; so has a directory that is too large.

export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
  readonly packedBytes: number;
  readonly crc32: number;
  /** In hexadecimal, of the file as it is unpacked. */
  readonly sha256: string;
  /** Of its record from the beginning of what it was written to. */
  readonly offset: number;
  /** Its size was not known when it was begun. */
  readonly isStreamed: boolean;
}

type LocalFacts = Omit<PackedFile, 'sha256' | 'offset'>;

const UINT32_MAX = 0xffff_ffff;
const UINT16_MAX = 0xffff;
const DEFLATED = 8;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const VERSION = 20;
const VERSION_ZIP64 = 45;
const MADE_ON_UNIX = 3 << 8;
const MODE = (0o100_644 << 16) >>> 0;
const ZIP64_FIELD = 1;
/** 1980-01-01 00:00, the first there is: the same files make the same archive. */
const DATE = 0x21;
const TIME = 0;

export function localHeader(file: LocalFacts): Buffer {
  const name = Buffer.from(file.path);
  const extra = file.isStreamed ? zip64Field([file.bytes, file.packedBytes]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  header.writeUInt16LE(file.isStreamed ? VERSION_ZIP64 : VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DEFLATED, 8);
  header.writeUInt16LE(TIME, 10);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt32LE(file.crc32, 14);
  header.writeUInt32LE(file.isStreamed ? UINT32_MAX : file.packedBytes, 18);
  header.writeUInt32LE(file.isStreamed ? UINT32_MAX : file.bytes, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

export function directoryEntry(file: PackedFile): Buffer {
  const name = Buffer.from(file.path);
  const isFar = file.offset >= UINT32_MAX;
  const extra = zip64Field([
    ...(file.isStreamed ? [file.bytes, file.packedBytes] : []),
    ...(isFar ? [file.offset] : []),
  ]);
  const isZip64 = extra.length > 0;
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x0201_4b50, 0);
  entry.writeUInt16LE(MADE_ON_UNIX | (isZip64 ? VERSION_ZIP64 : VERSION), 4);
  entry.writeUInt16LE(isZip64 ? VERSION_ZIP64 : VERSION, 6);
  entry.writeUInt16LE(FLAGS, 8);
  entry.writeUInt16LE(DEFLATED, 10);
  entry.writeUInt16LE(TIME, 12);
  entry.writeUInt16LE(DATE, 14);
  entry.writeUInt32LE(file.crc32, 16);
  entry.writeUInt32LE(file.isStreamed ? UINT32_MAX : file.packedBytes, 20);
  entry.writeUInt32LE(file.isStreamed ? UINT32_MAX : file.bytes, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(MODE, 38);
  entry.writeUInt32LE(isFar ? UINT32_MAX : file.offset, 42);
  return Buffer.concat([entry, name, extra]);
}

export interface DirectoryFacts {
  readonly files: number;
  readonly bytes: number;
  readonly offset: number;
}

/** What ends the archive. */
export function directoryEnd({ files, bytes, offset }: DirectoryFacts): Buffer {
  const isZip64 = files >= UINT16_MAX || bytes >= UINT32_MAX || offset >= UINT32_MAX;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(isZip64 ? UINT16_MAX : files, 8);
  end.writeUInt16LE(isZip64 ? UINT16_MAX : files, 10);
  end.writeUInt32LE(isZip64 ? UINT32_MAX : bytes, 12);
  end.writeUInt32LE(isZip64 ? UINT32_MAX : offset, 16);
  return isZip64 ? Buffer.concat([zip64End({ files, bytes, offset }), end]) : end;
}

function zip64End({ files, bytes, offset }: DirectoryFacts): Buffer {
  const end = Buffer.alloc(56);
  end.writeUInt32LE(0x0606_4b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(MADE_ON_UNIX | VERSION_ZIP64, 12);
  end.writeUInt16LE(VERSION_ZIP64, 14);
  end.writeBigUInt64LE(BigInt(files), 24);
  end.writeBigUInt64LE(BigInt(files), 32);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x0706_4b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([end, locator]);
}

function zip64Field(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(ZIP64_FIELD, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return field;
}

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { type Entry, type Options, open, type ZipFile } from 'yauzl';
import { createArchives } from './archives.ts';
import type { NewFile } from './pack-files.ts';
import { directoryEnd, directoryEntry } from './zip-format.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-archives-'));
  folders.push(folder);
  return folder;
}

async function* listOf<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A file of another size each, the last of each part written as it comes. */
function filesOf(part: number, count: number): NewFile[] {
  const files = Array.from({ length: count }, (_, index): NewFile => {
    return { path: `${part}/${index}.txt`, content: utf8('x'.repeat(index % 60) + part) };
  });
  return [...files, { path: `${part}/größer.csv`, content: listOf([utf8('a,b\r\n'), utf8('ü,2\r\n'.repeat(9_999))]) }];
}

/** Of the names that are asked for, the text; of all others that they are there. */
async function unpack(path: string, wanted: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  const found = new Map<string, string | null>();
  const zip = await promisify<string, Options, ZipFile>(open)(path, { lazyEntries: true, strictFileNames: true });
  const end = once(zip, 'end');
  zip.on('entry', (entry: Entry) => {
    found.set(entry.fileName, null);
    if (!wanted.includes(entry.fileName)) {
      zip.readEntry();
      return;
    }
    // Checks the size of what comes out.
    zip.openReadStream(entry, async (error, stream) => {
      if (error) {
        zip.emit('error', error);
        return;
      }
      found.set(entry.fileName, await text(stream));
      zip.readEntry();
    });
  });
  zip.readEntry();
  await end;
  return found;
}

it('is whole whoever wrote its parts in whatever order', async () => {
  const dir = await newFolder();
  const [archives, others] = [createArchives({ dir }), createArchives({ dir })];
  await archives.plan('exp_1', listOf([{ of: 'a' }, { of: 'b' }, { of: 'c' }]));
  await others.plan('exp_1', listOf([{ of: 'another plan' }]));
  expect(await archives.countParts('exp_1')).toBe(3);
  expect(await others.partPlan('exp_1', 1)).toEqual({ of: 'b' });

  await others.writePart('exp_1', 2, { files: listOf(filesOf(2, 500)), note: () => ({ invoices: 3 }) });
  await archives.writePart('exp_1', 0, { files: listOf(filesOf(0, 50)), note: () => ({ invoices: 1 }) });
  expect(await archives.writtenParts('exp_1')).toEqual(new Set([0, 2]));
  await archives.writePart('exp_1', 1, { files: listOf([]), note: () => ({ invoices: 0 }) });

  const notes: unknown[] = [];
  for await (const { note } of archives.readParts('exp_1')) notes.push(note);
  expect(notes).toEqual([{ invoices: 1 }, { invoices: 0 }, { invoices: 3 }]);

  const sealed = await archives.seal('exp_1', [{ path: 'manifest.json', content: utf8('{}') }]);
  const path = join(dir, 'exp_1', 'archive.zip');
  const bytes = await readFile(path);
  expect(sealed).toEqual({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  expect(await others.sealed('exp_1')).toEqual(sealed);

  const unpacked = await unpack(path, ['0/49.txt', '2/größer.csv', 'manifest.json']);
  expect(unpacked.size).toBe(500 + 50 + 2 + 1);
  expect(unpacked.get('0/49.txt')).toBe(`${'x'.repeat(49)}0`);
  expect(unpacked.get('2/größer.csv')).toBe(`a,b\r\n${'ü,2\r\n'.repeat(9_999)}`);
  expect(unpacked.get('manifest.json')).toBe('{}');

  const range: Uint8Array[] = [];
  for await (const chunk of archives.read('exp_1', { start: 10, end: 30 })) range.push(chunk);
  expect(Buffer.concat(range)).toEqual(bytes.subarray(10, 30));
});

it('does not take what was cut short for a part, and makes it again', async () => {
  const dir = await newFolder();
  const archives = createArchives({ dir });
  await archives.plan('exp_2', listOf([{}]));
  const broken = async function* (): AsyncGenerator<NewFile> {
    yield { path: 'a', content: utf8('a') };
    throw new Error('the database is away');
  };
  await expect(archives.writePart('exp_2', 0, { files: broken(), note: () => ({}) })).rejects.toThrow('is away');
  const halfStream = async function* (): AsyncGenerator<Uint8Array> {
    yield utf8('half');
    throw new Error('the warehouse is away');
  };
  const half = { files: listOf([{ path: 'a', content: halfStream() }]), note: () => ({}) };
  await expect(archives.writePart('exp_2', 0, half)).rejects.toThrow('the warehouse is away');
  // A process that was killed leaves such a file.
  await writeFile(join(dir, 'exp_2', 'parts', '0.data'), 'half of it');
  expect(await archives.writtenParts('exp_2')).toEqual(new Set());
  expect(await archives.sealed('exp_2')).toBeNull();

  await archives.noteFailure('exp_2', 0, 'no seller');
  await archives.noteFailure('exp_2', 0, 'no\nbuyer');
  expect(await archives.failures('exp_2')).toEqual([{ times: 2, last: 'no\nbuyer' }]);

  await archives.writePart('exp_2', 0, { files: listOf([{ path: 'a', content: utf8('all') }]), note: () => ({}) });
  await archives.seal('exp_2', []);
  expect(await unpack(join(dir, 'exp_2', 'archive.zip'), ['a'])).toEqual(new Map([['a', 'all']]));
});

it('says where a file is in an archive of more than 4 GiB', () => {
  const file = { path: 'a', bytes: 5, packedBytes: 4, crc32: 1, sha256: '', isStreamed: false };
  const near = directoryEntry({ ...file, offset: 0xffff_fffe });
  expect(near.readUInt32LE(42)).toBe(0xffff_fffe);
  const far = directoryEntry({ ...file, offset: 2 ** 33 });
  expect(far.readUInt32LE(42)).toBe(0xffff_ffff);
  expect(far.readUInt16LE(6)).toBe(45);
  expect(far.readBigUInt64LE(46 + 1 + 4)).toBe(2n ** 33n);
});

it('ends as a zip64 with more files, or a directory farther away, than a plain zip can say', () => {
  const plain = directoryEnd({ files: 65_534, bytes: 10, offset: 20 });
  expect([plain.length, plain.readUInt16LE(10)]).toEqual([22, 65_534]);
  const many = directoryEnd({ files: 65_535, bytes: 10, offset: 20 });
  expect(many.readBigUInt64LE(32)).toBe(65_535n);
  const far = directoryEnd({ files: 1, bytes: 10, offset: 2 ** 33 });
  expect(far.readBigUInt64LE(48)).toBe(2n ** 33n);
  // Where the end that says so is, and that a plain reader is to look there.
  expect(far.readBigUInt64LE(56 + 8)).toBe(2n ** 33n + 10n);
  expect(far.readUInt32LE(56 + 20 + 16)).toBe(0xffff_ffff);
});

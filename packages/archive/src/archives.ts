// Archives of many files on a disk that several processes share. An archive is planned once, written in parts by whoever
// likes, and sealed when all parts are there. What is whole has its last name; what was cut short has none, and is made again.

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@tollgate/domain';
import { type NewFile, packFiles } from './pack-files.ts';
import { sealParts } from './seal-parts.ts';
import type { PackedFile } from './zip-format.ts';

/** What was said of a part when it was written, and its files. */
export interface WrittenPart {
  readonly note: JsonObject;
  readonly files: readonly PackedFile[];
}

interface SealedArchive {
  readonly bytes: number;
  readonly sha256: string;
}

/** Half-open. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Archives {
  /** Keeps what each part is to hold. Once done it is done: a second plan is not looked at. */
  plan(id: string, parts: AsyncIterable<JsonObject>): Promise<void>;
  /** How many parts there are to be; null: it is not planned yet. */
  countParts(id: string): Promise<number | null>;
  /** What the part is to hold, from 0. */
  partPlan(id: string, part: number): Promise<unknown>;
  /** The numbers of those that are written. */
  writtenParts(id: string): Promise<ReadonlySet<number>>;
  /** `note` is asked once the files are written. */
  writePart(
    id: string,
    part: number,
    written: { readonly files: AsyncIterable<NewFile>; readonly note: () => JsonObject },
  ): Promise<void>;
  /** All parts, in order, one at a time. */
  readParts(id: string): AsyncGenerator<WrittenPart>;
  /** Puts all parts and these files together. */
  seal(id: string, last: Iterable<NewFile>): Promise<SealedArchive>;
  /** Null: it is not sealed. */
  sealed(id: string): Promise<SealedArchive | null>;
  /** That a part could not be written, and why. */
  noteFailure(id: string, part: number, why: string): Promise<void>;
  /** By part: how often it could not be, and why the last time. */
  failures(id: string): Promise<readonly { readonly times: number; readonly last: string }[]>;
  read(id: string, range: ByteRange): AsyncIterable<Uint8Array>;
}

const ARCHIVE = 'archive.zip';
const ARCHIVE_FACTS = 'archive.json';
const PLAN_END = 'plan.json';

export function createArchives({ dir }: { readonly dir: string }): Archives {
  const folderOf = (id: string): string => {
    if (!/^[a-z0-9_]+$/.test(id)) throw new Error('an archive has another id than this');
    return join(dir, id);
  };
  const planFile = (id: string, part: number): string => join(folderOf(id), 'parts', `${part}.plan.json`);
  const dataFile = (id: string, part: number): string => join(folderOf(id), 'parts', `${part}.data`);
  const failuresFile = (id: string, part: number): string => join(folderOf(id), 'parts', `${part}.failures`);
  const indexFile = (id: string, part: number): string => join(folderOf(id), 'parts', `${part}.json`);

  const countParts = async (id: string): Promise<number | null> => {
    const plan = await readJson<{ readonly parts: number }>(join(folderOf(id), PLAN_END));
    return plan?.parts ?? null;
  };
  const readPart = async (id: string, part: number): Promise<WrittenPart> => {
    const written = await readJson<WrittenPart>(indexFile(id, part));
    if (written === null) throw new Error(`part ${part} of the archive ${id} is not written`);
    return written;
  };
  async function* readParts(id: string): AsyncGenerator<WrittenPart> {
    const parts = (await countParts(id)) ?? 0;
    for (let part = 0; part < parts; part++) yield await readPart(id, part);
  }

  return {
    countParts,
    readParts,
    async plan(id, parts) {
      if ((await countParts(id)) !== null) return;
      await mkdir(join(folderOf(id), 'parts'), { recursive: true });
      let count = 0;
      for await (const part of parts) {
        await writeJson(planFile(id, count), part);
        count += 1;
      }
      await writeJson(join(folderOf(id), PLAN_END), { parts: count });
    },
    partPlan: (id, part) => readJson(planFile(id, part)),
    async writtenParts(id) {
      const names = await readdir(join(folderOf(id), 'parts')).catch(noneIfAbsent);
      return new Set(names.flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : [])));
    },
    async writePart(id, part, { files, note }) {
      const packed: PackedFile[] = [];
      await writeWhole(dataFile(id, part), async (target) => {
        for await (const file of packFiles(target, files)) packed.push(file);
      });
      await writeJson(indexFile(id, part), { note: note(), files: packed });
    },
    async seal(id, last) {
      const folder = folderOf(id);
      const parts = (await countParts(id)) ?? 0;
      const lastFile = join(folder, 'last.data');
      const packed: PackedFile[] = [];
      await writeWhole(lastFile, async (target) => {
        for await (const file of packFiles(target, last)) packed.push(file);
      });
      const sources = async function* () {
        for (let part = 0; part < parts; part++) {
          yield { dataFile: dataFile(id, part), files: (await readPart(id, part)).files };
        }
        yield { dataFile: lastFile, files: packed };
      };
      let sealed: SealedArchive = { bytes: 0, sha256: '' };
      await writeWhole(join(folder, ARCHIVE), async (target) => {
        sealed = await sealParts(target, { sources: sources(), directoryFile: join(folder, nameForNow('directory')) });
      });
      await writeJson(join(folder, ARCHIVE_FACTS), sealed);
      await rm(join(folder, 'parts'), { recursive: true, force: true });
      await rm(lastFile, { force: true });
      return sealed;
    },
    sealed: (id) => readJson<SealedArchive>(join(folderOf(id), ARCHIVE_FACTS)),
    async noteFailure(id, part, why) {
      await appendFile(failuresFile(id, part), `${JSON.stringify(why)}\n`);
    },
    async failures(id) {
      const names = await readdir(join(folderOf(id), 'parts')).catch(noneIfAbsent);
      const failed = names.flatMap((name) => (/^\d+\.failures$/.test(name) ? [Number.parseInt(name, 10)] : []));
      return await Promise.all(
        failed.map(async (part) => {
          const lines = (await readFile(failuresFile(id, part), 'utf8')).trimEnd().split('\n');
          return { times: lines.length, last: String(JSON.parse(lines.at(-1) ?? '""')) };
        }),
      );
    },
    read: (id, { start, end }) => createReadStream(join(folderOf(id), ARCHIVE), { start, end: end - 1 }),
  };
}

/** Under its last name once all of it is on the disk. */
async function writeWhole(path: string, write: (target: FileHandle) => Promise<void>): Promise<void> {
  const unfinished = nameForNow(path);
  const target = await open(unfinished, 'wx');
  try {
    await write(target);
    await target.sync();
  } catch (error) {
    await target.close();
    await rm(unfinished, { force: true });
    throw error;
  }
  await target.close();
  await rename(unfinished, path);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, (target) => target.writeFile(JSON.stringify(value)));
}

async function readJson<Value>(path: string): Promise<Value | null> {
  const text = await readFile(path, 'utf8').catch(nullIfAbsent);
  // Written by us, whole or not at all.
  return text === null ? null : (JSON.parse(text) as Value);
}

function nameForNow(path: string): string {
  return `${path}.${randomUUID()}.unfinished`;
}

function nullIfAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function noneIfAbsent(error: NodeJS.ErrnoException): readonly string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

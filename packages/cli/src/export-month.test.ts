// Against a server that says what the API says, and breaks off.

import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createApiClient } from './api-client.ts';
import { exportMonth } from './export-month.ts';

const ARCHIVE = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251));
const SHA256 = createHash('sha256').update(ARCHIVE).digest('hex');

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Given {
  /** How many bytes of each answer come before the connection breaks; after these, all of them. */
  readonly breaks: readonly number[];
  readonly sha256?: string;
}

async function startApi({ breaks, sha256 = SHA256 }: Given) {
  const left = [...breaks];
  const asked: string[] = [];
  const send = (res: ServerResponse, start: number): void => {
    const count = left.shift();
    res.writeHead(start === 0 ? 200 : 206, { 'Content-Length': ARCHIVE.length - start });
    if (count === undefined) res.end(ARCHIVE.subarray(start));
    else res.write(ARCHIVE.subarray(start, start + count), () => res.destroy());
  };
  const server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url} ${req.headers.range ?? ''}`.trim());
    if (req.url?.endsWith('/archive')) return send(res, Number(/bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? 0));
    const progress = { invoices: 3, done: 3 };
    const made = {
      id: 'exp_1',
      month: '2026-10',
      state: 'done',
      progress,
      bytes: ARCHIVE.length,
      sha256,
      failure: null,
    };
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(made));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { api: createApiClient({ url: `http://127.0.0.1:${port}`, key: 'key' }), asked };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-cli-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const quiet = (): void => undefined;
const MONTH = { month: '2026-10', formats: undefined };

it('goes on with a download that breaks off, where it broke off', async () => {
  const folder = await newFolder();
  const { api, asked } = await startApi({ breaks: [100_000, 50_000] });
  const out = join(folder, 'a.zip');
  await exportMonth(api, { wanted: MONTH, out }, quiet);
  expect(await readFile(out)).toEqual(ARCHIVE);
  const ranges = asked.filter((line) => line.includes('/archive')).map((line) => line.split(' ')[2]);
  expect(ranges).toHaveLength(3);
  expect(ranges[0]).toBeUndefined();
  expect(await readdir(folder)).toEqual(['a.zip']);
});

it('goes on in another run, and makes no other export for it', async () => {
  const folder = await newFolder();
  const { api, asked } = await startApi({ breaks: [10_000, 10_000, 10_000, 10_000, 10_000] });
  const out = join(folder, 'a.zip');
  const refused = exportMonth(api, { wanted: MONTH, out }, quiet);
  await expect(refused).rejects.toThrow(`export --export exp_1 --out ${out}`);
  expect(await readdir(folder)).toEqual(['a.zip.exp_1.unfinished']);
  await exportMonth(api, { wanted: { exportId: 'exp_1' }, out }, quiet);
  expect(await readFile(out)).toEqual(ARCHIVE);
  expect(asked.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  expect(asked.at(-1)).toMatch(/bytes=[1-9]/);
});

it('leaves no file where what came is not what was made', async () => {
  const folder = await newFolder();
  const { api } = await startApi({ breaks: [], sha256: 'another' });
  const refused = exportMonth(api, { wanted: MONTH, out: join(folder, 'a.zip') }, quiet);
  await expect(refused).rejects.toThrow('not what was made');
  expect(await readdir(folder)).toEqual([]);
});

// The files of the dashboard as they were built, in memory: few, small, compressed already, and the same until the next start.

import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';

export interface DashboardFiles {
  /** With `__STYLE_NONCE__` where the nonce of an answer belongs. */
  readonly page: string;
  /** The first segment of each address that is a page of the dashboard. */
  readonly sections: ReadonlySet<string>;
  /** By the name under `/assets/`. */
  readonly assets: ReadonlyMap<string, Asset>;
}

export interface Asset {
  readonly contentType: string;
  readonly plain: Buffer;
  readonly brotli: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Null where the dashboard was not built. `folder` ends with a slash. */
export async function readDashboardFiles(folder: URL): Promise<DashboardFiles | null> {
  const page = await readFile(new URL('index.html', folder), 'utf8').catch(() => null);
  if (page === null) return null;
  const sections: unknown = JSON.parse(await readFile(new URL('pages.json', folder), 'utf8'));
  if (!Array.isArray(sections)) throw new Error('pages.json of the dashboard is not a list');
  const assetFolder = new URL('assets/', folder);
  const names = await readdir(assetFolder);
  const read = (name: string): Promise<Buffer | undefined> =>
    names.includes(name) ? readFile(new URL(name, assetFolder)) : Promise.resolve(undefined);
  const assets = new Map<string, Asset>();
  for (const name of names) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType === undefined) continue;
    const plain = await readFile(new URL(name, assetFolder));
    assets.set(name, { contentType, plain, brotli: await read(`${name}.br`), gzip: await read(`${name}.gz`) });
  }
  return { page, sections: new Set(sections.map(String)), assets };
}

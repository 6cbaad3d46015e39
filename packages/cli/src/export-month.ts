// Has the archive of a month made, waits for it, fetches it to a file, and checks that it came as it was made.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type ApiClient, ApiError } from './api-client.ts';

interface ExportJson {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly progress: { readonly invoices: number; readonly done: number };
  readonly bytes: string | number | null;
  readonly sha256: string | null;
  readonly failure: string | null;
}

const ASK_EVERY_MS = 500;
const DOWNLOADS_MAX = 5;

export async function exportMonth(
  api: ApiClient,
  wanted: { readonly month: string; readonly out: string | undefined; readonly formats: readonly string[] | undefined },
  say: (line: string) => void,
): Promise<void> {
  const { month, formats, out = `tollgate-${month}.zip` } = wanted;
  const begun = await api.post<ExportJson>('/v1/exports', { month, ...(formats === undefined ? {} : { formats }) });
  const made = await waitFor(api, begun, say);
  if (made.state === 'failed')
    throw new ApiError(`The export ${made.id} failed: ${made.failure ?? 'it is not said why'}`);
  const file = `${out}.unfinished`;
  await rm(file, { force: true });
  await download(api, { path: `/v1/exports/${made.id}/archive`, file, bytes: Number(made.bytes) });
  if ((await sha256Of(file)) !== made.sha256) throw new ApiError(`${file} is not what was made. Export it once more.`);
  await rename(file, out);
  say(`${out}: ${made.progress.invoices} invoices, ${made.bytes} bytes, SHA-256 ${made.sha256}`);
}

async function waitFor(api: ApiClient, begun: ExportJson, say: (line: string) => void): Promise<ExportJson> {
  let told = '';
  let made = begun;
  while (made.state === 'waiting' || made.state === 'running') {
    const line = made.state === 'waiting' ? 'waiting' : `${made.progress.done} of ${made.progress.invoices} invoices`;
    if (line !== told) say(line);
    told = line;
    await pause(ASK_EVERY_MS);
    made = await api.get<ExportJson>(`/v1/exports/${begun.id}`);
  }
  return made;
}

/** What breaks off is gone on with. */
async function download(
  api: ApiClient,
  { path, file, bytes }: { readonly path: string; readonly file: string; readonly bytes: number },
): Promise<void> {
  const target = await open(file, 'w');
  let written = 0;
  try {
    for (let times = 1; written < bytes && times <= DOWNLOADS_MAX; times++) {
      try {
        for await (const chunk of api.download(path, written)) {
          await target.appendFile(chunk);
          written += chunk.length;
        }
      } catch (error) {
        if (times === DOWNLOADS_MAX) throw error;
      }
    }
  } finally {
    await target.close();
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

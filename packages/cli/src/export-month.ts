// Has the archive of a month made, waits for it, fetches it to a file, and checks that it came as it was made.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type ApiClient, ApiError } from './api-client.ts';
import type { WantedExport } from './parse-command.ts';

interface ExportJson {
  readonly id: string;
  readonly month: string;
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
  { wanted, out }: { readonly wanted: WantedExport; readonly out: string | undefined },
  say: (line: string) => void,
): Promise<void> {
  const made = await waitFor(api, await begin(api, wanted), say);
  if (made.state === 'failed')
    throw new ApiError(`The export ${made.id} failed: ${made.failure ?? 'it is not said why'}`);
  const target = out ?? `tollgate-${made.month}.zip`;
  // Of this export alone: what another one left is no part of it.
  const file = `${target}.${made.id}.unfinished`;
  const path = `/v1/exports/${made.id}/archive`;
  await download(api, { path, file, bytes: Number(made.bytes) }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError(`The download broke off (${why}). Go on with it: export --export ${made.id} --out ${target}`, {
      cause,
    });
  });
  if ((await sha256Of(file)) !== made.sha256) {
    await rm(file, { force: true });
    throw new ApiError(
      `What came is not what was made. Fetch it once more: export --export ${made.id} --out ${target}`,
    );
  }
  await rename(file, target);
  say(`${target}: ${made.progress.invoices} invoices, ${made.bytes} bytes, SHA-256 ${made.sha256}`);
}

async function begin(api: ApiClient, wanted: WantedExport): Promise<ExportJson> {
  if ('exportId' in wanted) return await api.get(`/v1/exports/${encodeURIComponent(wanted.exportId)}`);
  const { month, formats } = wanted;
  return await api.post('/v1/exports', { month, ...(formats === undefined ? {} : { formats }) });
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

/** What breaks off is gone on with, also by another run of the command. */
async function download(
  api: ApiClient,
  { path, file, bytes }: { readonly path: string; readonly file: string; readonly bytes: number },
): Promise<void> {
  const target = await open(file, 'a');
  let written = (await stat(file)).size;
  try {
    for (let times = 1; written < bytes && times <= DOWNLOADS_MAX; times++) {
      try {
        for await (const chunk of api.download(path, written)) {
          await target.appendFile(chunk);
          written += chunk.length;
        }
      } catch (error) {
        if (times === DOWNLOADS_MAX) throw error;
        await pause(ASK_EVERY_MS);
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

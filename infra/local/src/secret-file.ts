// Files that hold secrets: readable by their owner only, written in one step, so that nobody reads half of one.

import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

export async function writeSecretFile(file: string, text: string): Promise<void> {
  const draft = `${file}.draft`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}

/** The trimmed text; absent when there is no such file or nothing in it. */
export async function readSecretFile(file: string): Promise<string | undefined> {
  const text = (await readFile(file, 'utf8').catch(() => '')).trim();
  return text === '' ? undefined : text;
}

/** A random secret of 64 hexadecimal characters, made at the first call and the same at every later one. */
export async function keepSecret(file: string): Promise<string> {
  const kept = await readSecretFile(file);
  if (kept !== undefined) return kept;
  const secret = randomBytes(32).toString('hex');
  await writeSecretFile(file, `${secret}\n`);
  return secret;
}

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SetupError } from './setup-error.ts';
import { findProgram } from './system-program.ts';

const options = {
  names: ['first-name', 'second-name'],
  aptPackages: ['nothing'],
  remedy: 'Install it.',
  report: () => undefined,
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-programs-'));
  // Only this folder: without apt-get nothing can be installed.
  vi.stubEnv('PATH', folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

it('finds a program under any of its names', async () => {
  const program = join(folder, 'second-name');
  await writeFile(program, '');
  await chmod(program, 0o755);
  expect(await findProgram(options)).toBe(program);
});

it('says the remedy when there is none and none can be installed', async () => {
  await writeFile(join(folder, 'first-name'), 'not a program');
  await expect(findProgram(options)).rejects.toThrow(new SetupError('Install it.'));
});

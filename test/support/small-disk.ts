// A disk of a few megabytes that can be filled up: a file system in memory of a limited size, which only root may mount.

import { execFile } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface SmallDisk {
  /** Leaves no byte. */
  fill(): Promise<void>;
  free(): Promise<void>;
  unmount(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 10_000;

export async function mountSmallDisk(folder: string, mebibytes: number): Promise<SmallDisk> {
  const run = promisify(execFile);
  const filler = join(folder, 'filler');
  const options = `size=${mebibytes}m,mode=0755`;
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tollgate-test', folder], { timeout: COMMAND_TIMEOUT_MS });
  return {
    async fill() {
      const { bavail, bsize } = await statfs(folder);
      const block = Buffer.alloc(bsize);
      await run('fallocate', ['-l', `${Math.max(1, bavail) * bsize}`, filler], { timeout: COMMAND_TIMEOUT_MS }).catch(
        // Others wrote meanwhile.
        () => undefined,
      );
      // Whatever is left of it, block by block.
      for (;;) {
        try {
          await writeFile(filler, block, { flag: 'a' });
        } catch {
          return;
        }
      }
    },
    free: () => rm(filler, { force: true }),
    unmount: async () => void (await run('umount', ['-l', folder], { timeout: COMMAND_TIMEOUT_MS })),
  };
}

// Postgres refuses to run as root. When root starts it, it runs as the system user `postgres`, which is made if need be,
// and that user has to be able to reach its programs and its data.

import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';
import type { Account } from './supervised-process.ts';

const USER = 'postgres';

/** Absent: run as whoever runs this process. */
export async function findPostgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await readAccount();
  if (existing !== undefined) return existing;
  const args = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER];
  const failure = await promisify(execFile)('useradd', args).then(
    () => undefined,
    (error: unknown) => error,
  );
  const created = await readAccount();
  if (created !== undefined) return created;
  throw new SetupError(
    `Postgres cannot run as root and the user \`${USER}\` could not be made: make it (\`useradd --system ${USER}\`), ` +
      'start as another user, or set DATABASE_URL to a server of your own.',
    { cause: failure },
  );
}

async function readAccount(): Promise<Account | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === USER) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/** Whether the account may pass through every folder on the way to the path, and into it. */
export async function canReach(path: string, account: Account): Promise<boolean> {
  let folder = resolve(path);
  for (;;) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    const parent = dirname(folder);
    if (parent === folder) return true;
    folder = parent;
  }
}

export async function giveFolder(dir: string, { uid, gid }: Account): Promise<void> {
  await promisify(execFile)('chown', ['-R', `${uid}:${gid}`, dir]);
}

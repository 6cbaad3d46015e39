// `npm run test:planted`: mistakes that somebody could make are planted in a copy of this repository, one at a time, and each layer of
// tests that claims to catch one has to fail on it.

import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LEFT_OUT = new Set(['node_modules', '.git', '.turbo', '.tollgate', 'test-output']);
const TIMEOUT_MS = 30 * 60_000;

const SIMULATION = {
  layer: 'simulation',
  project: 'system',
  file: 'test/simulation/counting.test.ts',
  only: 'store each',
};

/** What is edited (in the sources and in what was built of them), and who has to notice. */
const BUGS = [
  {
    name: 'the rules of limits settle an event twice',
    files: ['packages/domain/src/limit-ledger.ts', 'packages/domain/dist/limit-ledger.js'],
    from: 'if (event.place <= (this.#applied.get(partition) ?? BEFORE_ALL))',
    to: 'if (event.place === BEFORE_ALL)',
    caughtBy: [
      { layer: 'unit', project: 'unit', file: 'packages/domain/src/limit-ledger.test.ts', only: '' },
      SIMULATION,
    ],
  },
  {
    name: "Redis's script settles an event twice",
    files: ['packages/limits/src/lua/settle.lua'],
    from: 'if ARGV[event] > applied then',
    to: "if ARGV[event] ~= '' then",
    caughtBy: [
      {
        layer: 'contract',
        project: 'system',
        file: 'test/contract/limits/limit-counters.test.ts',
        only: 'pure ledger',
      },
    ],
  },
  {
    name: 'the counter commits before it inserts',
    files: ['services/counter/src/run.ts', 'services/counter/dist/run.js'],
    from: 'await orAbort(handleBatch(parts, batch, context), context.signal);',
    to: 'void orAbort(handleBatch(parts, batch, context), context.signal).catch(() => undefined);',
    caughtBy: [
      SIMULATION,
      {
        layer: 'faults',
        project: 'system',
        file: 'test/faults/redis-streams.test.ts',
        only: 'the counter killed before it stores',
      },
    ],
  },
  {
    name: 'rollups add up whatever was inserted',
    files: ['packages/warehouse/src/sum-hours.sql'],
    from: 'FROM usage_rows FINAL',
    to: 'FROM usage_rows',
    caughtBy: [
      {
        layer: 'contract',
        project: 'system',
        file: 'test/contract/warehouse/rollups.test.ts',
        only: 'answer as the events',
      },
    ],
  },
];

await prepare();
const copy = await mkdtemp(join(tmpdir(), 'tollgate-planted-'));
let missed = 0;
try {
  await copyRepository(copy);
  for (const bug of BUGS) {
    const originals = await plant(copy, bug);
    for (const trial of bug.caughtBy) {
      const { isCaught, said } = await isNoticed(copy, trial);
      if (!isCaught) missed += 1;
      process.stdout.write(
        `${isCaught ? 'caught' : 'MISSED'}  ${bug.name}: ${trial.layer}${isCaught ? '' : `\n${said}`}\n`,
      );
    }
    for (const [path, text] of originals) await writeFile(path, text);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
process.exitCode = missed === 0 ? 0 : 1;

/** With the packages of others where they are, and our own those of the copy. */
async function copyRepository(to) {
  await cp(ROOT, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !LEFT_OUT.has(basename(path)),
  });
  for (const folder of await foldersWithModules()) {
    const from = join(ROOT, folder, 'node_modules');
    await linkAll(from, join(to, folder, 'node_modules'));
  }
}

async function foldersWithModules() {
  const workspaces = ['', 'test', 'infra/local'];
  for (const parent of ['packages', 'services']) {
    for (const name of await readdir(join(ROOT, parent))) workspaces.push(join(parent, name));
  }
  const has = await Promise.all(
    workspaces.map(async (folder) => (await readdir(join(ROOT, folder))).includes('node_modules')),
  );
  return workspaces.filter((_, at) => has[at]);
}

async function linkAll(from, to) {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name === '@tollgate') {
      await mkdir(join(to, name));
      for (const own of await readdir(join(from, name))) {
        await symlink(await readlink(join(from, name, own)), join(to, name, own));
      }
    } else if (!name.startsWith('.vite')) await symlink(join(from, name), join(to, name));
  }
}

/** Resolves to what was there before. */
async function plant(folder, { name, files, from, to }) {
  const originals = [];
  for (const file of files) {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${file} is not what it was: "${name}" cannot be planted.`);
    await writeFile(
      path,
      text.replace(from, () => to),
    );
    originals.push([path, text]);
  }
  return originals;
}

/** Noticed is what a test asserts; a file that cannot be loaded, or no test at all, is not. */
async function isNoticed(folder, { project, file, only }) {
  const report = join(folder, 'planted.json');
  await rm(report, { force: true });
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', project, file, '--reporter=json', `--outputFile=${report}`];
  const child = spawn(process.execPath, only === '' ? args : [...args, '-t', only], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  await new Promise((resolve) => child.once('close', resolve));
  const said = Buffer.concat(output).toString();
  const text = await readFile(report, 'utf8').catch(() => '');
  if (text === '') return { isCaught: false, said };
  const failures = JSON.parse(text).testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').flatMap(({ failureMessages }) => failureMessages),
  );
  return {
    isCaught: failures.some((message) => /AssertionError|Property failed/.test(message)),
    said: failures.join('\n') || said,
  };
}

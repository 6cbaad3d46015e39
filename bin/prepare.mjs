// What `npm start` and `npm test` do first: install what package-lock.json names and node_modules lacks, and build what
// changed. Both take about a second when there is nothing to do.

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NODE_VERSION_MIN = [20, 19];

/** Ends the process with a sentence when that is not possible. */
export async function prepare() {
  checkPlatform();
  if (!(await isInstalled())) {
    process.stdout.write('Installing the packages of package-lock.json (once) ...\n');
    await run(...npmCommand('ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'));
  }
  process.stdout.write('Building what changed ...\n');
  await run(join(ROOT, 'node_modules', '.bin', 'turbo'), ['run', 'build', '--output-logs=errors-only'], QUIET);
}

/** Shows what the program writes only when it fails. */
const QUIET = ['inherit', 'pipe', 'pipe'];

/** Runs a program in this repository, with our terminal unless told otherwise; ends the process with its status when it fails. */
export async function run(command, args, stdio = 'inherit') {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  const child = spawn(command, args, { cwd: ROOT, stdio, env });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
  const status = await statusOf(child, command);
  if (status === 0) return;
  process.stderr.write(Buffer.concat(output));
  process.exit(status);
}

/** Resolves to the status it ends with. */
function statusOf(child, command) {
  // The terminal sends Ctrl-C to the child as well; a signal from elsewhere has to be passed on. Either way it ends first.
  const passOn = (signal) => void child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, passOn);
  return new Promise((resolve) => {
    const end = (status) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, passOn);
      resolve(status);
    };
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be run: ${error.message}\n`);
      end(1);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}

function checkPlatform() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [majorMin, minorMin] = NODE_VERSION_MIN;
  if (major < majorMin || (major === majorMin && minor < minorMin)) {
    stop(`Tollgate needs Node.js ${NODE_VERSION_MIN.join('.')} or newer; this is ${process.versions.node}.`);
  }
  if (process.platform === 'win32') stop('The local servers do not run on Windows itself: use WSL 2.');
}

function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Whether node_modules holds every package of the lock file in its version; npm keeps a record of what it installed. */
async function isInstalled() {
  const wanted = await readPackages(join(ROOT, 'package-lock.json'));
  const installed = await readPackages(join(ROOT, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, { version, link, optional, devOptional }]) => {
    const isOurs = !path.includes('node_modules/');
    if (isOurs || optional || devOptional) return true;
    const found = installed[path];
    return found !== undefined && found.version === version && found.link === link;
  });
}

async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** The npm that runs this script, else the one on the PATH. */
function npmCommand(...args) {
  const { npm_execpath: npmFile } = process.env;
  return npmFile?.endsWith('.js') ? [process.execPath, [npmFile, ...args]] : ['npm', args];
}

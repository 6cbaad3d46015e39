// `npm start`: install, build, then run everything on this machine.

import process from 'node:process';
import { prepare } from './prepare.mjs';
import { FlagError, HELP, parseStartOptions } from './start-options.mjs';

const options = readOptions();
if (options === 'help') {
  process.stdout.write(HELP);
} else {
  await prepare();
  // Built by now, so it is loaded only here.
  const { runTollgate } = await import('../infra/local/dist/main.js');
  await runTollgate(options);
}

function readOptions() {
  try {
    return parseStartOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

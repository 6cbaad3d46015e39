// `npm test`: install, build, then all tests. Arguments go to vitest: `npm test -- --project unit`.

import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { prepare, run } from './prepare.mjs';

const VITEST = fileURLToPath(new URL(join('..', 'node_modules', '.bin', 'vitest'), import.meta.url));

await prepare();
await run(VITEST, ['run', ...process.argv.slice(2)]);

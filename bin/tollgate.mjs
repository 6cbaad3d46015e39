// `npm run tollgate -- COMMAND`: install, build, then the command line of packages/cli.

import { prepare } from './prepare.mjs';

await prepare();
await import('../packages/cli/dist/main.js');

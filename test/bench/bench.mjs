// The table of what Tollgate promises to be as fast as, measured: each row against a baseline that runs beside it in the same
// run, the two taking turns, so that a busy machine slows both. Writes the table into README.md.
//
//   npm run build && npm run bench -- [--quick] [--rows MILLIONS] [ingest] [counter] [text] [authorizations] [usage] [visible]
//
// Without names all are measured; with some, the others keep what the last run found.

import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { authorizationRows } from './rows/authorizations.mjs';
import { counterRows } from './rows/counter.mjs';
import { ingestRows } from './rows/ingest.mjs';
import { textRows } from './rows/text.mjs';
import { usageQueryRows } from './rows/usage-query.mjs';
import { visibleRows } from './rows/visible.mjs';

const MEASUREMENTS = {
  ingest: ingestRows,
  counter: counterRows,
  text: textRows,
  authorizations: authorizationRows,
  usage: usageQueryRows,
  visible: visibleRows,
};
const RESULTS = new URL('./results.json', import.meta.url);
const README = new URL('./README.md', import.meta.url);
const TABLE = /(<!-- table -->\n).*(<!-- \/table -->)/s;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, rows: { type: 'string', default: '50' } },
});
const options = values.quick
  ? { rounds: 3, share: 0.25, rows: 2_000_000 }
  : { rounds: 5, share: 1, rows: Number(values.rows) * 1e6 };
const names = positionals.length === 0 ? Object.keys(MEASUREMENTS) : positionals;

const results = JSON.parse(await readFile(RESULTS, 'utf8'));
for (const name of names) {
  const measure = MEASUREMENTS[name];
  if (measure === undefined) throw new Error(`${name} is none of ${Object.keys(MEASUREMENTS).join(', ')}`);
  const rows = await measure(options);
  results[name] = { rows, conditions: conditions() };
  for (const row of rows)
    process.stdout.write(`${row.isMet ? 'met ' : 'MISS'} ${row.what}: ${row.measured} (${row.target})\n`);
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(README, (await readFile(README, 'utf8')).replace(TABLE, `$1\n${tableOf(results)}\n$2`));
}

function conditions() {
  const load = Math.max(...loadavg()).toFixed(0);
  return `${availableParallelism()} cores, Node ${process.version}, load ${load}${values.quick ? ', quick' : ''}`;
}

function tableOf(measured) {
  const lines = Object.values(measured).flatMap(({ rows, conditions: under }) =>
    rows.map((row) => [row.what, row.against, row.target, row.measured, row.isMet ? 'yes' : 'no', under]),
  );
  const head = ['what', 'against', 'target', 'measured', 'met', 'on'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

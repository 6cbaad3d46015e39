// A reporter of vitest: puts what became of each row, and how long it took, into the README beside this file.

import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestCase } from 'vitest/node';
import { rowsOf } from './matrix.ts';

const README = fileURLToPath(new URL('./README.md', import.meta.url));
const BEGIN = '<!-- results: written by `npm run test:faults` -->';
const REASON_CHARS_MAX = 160;
const LOGS = ['redis-streams', 'kafka'] as const;

/** By log, or under `''` where it has none of its own. */
type Cells = Map<string, string>;

export default class WriteResults implements Reporter {
  #startedAtMs = 0;
  readonly #tests: TestCase[] = [];
  #written = Promise.resolve();

  onTestRunStart(): void {
    this.#startedAtMs = Date.now();
  }

  /** After each, so that a run that is broken off leaves what it has seen. */
  onTestCaseResult(test: TestCase): void {
    if (test.result().state !== 'skipped') this.#tests.push(test);
    this.#written = this.#written.then(() => this.#write());
  }

  onTestRunEnd(): Promise<void> {
    return this.#written;
  }

  async #write(): Promise<void> {
    const tests = this.#tests;
    const failed = tests.filter((test) => test.result().state === 'failed').length;
    const minutes = Math.ceil((Date.now() - this.#startedAtMs) / 60_000);
    const where = `Node.js ${process.versions.node}, ${process.platform}, ${availableParallelism()} cores`;
    const sum = `${tests.length} rows, ${failed === 0 ? 'all hold' : `${failed} failed`}; ${minutes} minutes (${where}).`;
    const text = await readFile(README, 'utf8');
    const [head = ''] = text.split(BEGIN);
    await writeFile(README, `${head}${BEGIN}\n\n${sum}\n${tablesOf(tests)}`);
  }
}

function tablesOf(tests: readonly TestCase[]): string {
  const files = new Map<string, Map<string, Cells>>();
  for (const test of tests) {
    const log = LOGS.find((each) => test.module.moduleId.endsWith(`/${each}.test.ts`) || test.name.endsWith(each));
    const file = test.module.moduleId.endsWith(`/${log}.test.ts`)
      ? 'matrix'
      : basename(test.module.moduleId, '.test.ts');
    const rows = files.get(file) ?? new Map<string, Cells>();
    files.set(file, rows);
    const name = log === undefined ? test.name : test.name.replace(`, with the log on ${log}`, '');
    rows.set(name, (rows.get(name) ?? new Map()).set(log ?? '', cellOf(test)));
  }
  const order = [...files].toSorted(([one], [other]) => rankOf(one).localeCompare(rankOf(other)));
  return order.map(([file, rows]) => `\n## ${titleOf(file)}\n\n${tableOf(rows)}`).join('');
}

/** In the order of the matrix; what is not in it keeps its own. */
function placeOf(name: string): number {
  return LOGS.map((log) => rowsOf(log, 'whole').findIndex((row) => row.name === name)).reduce((one, other) =>
    Math.max(one, other),
  );
}

function rankOf(file: string): string {
  return file === 'matrix' ? '' : file;
}

function titleOf(file: string): string {
  return file === 'matrix' ? 'The matrix' : file.replaceAll('-', ' ');
}

function tableOf(rows: ReadonlyMap<string, Cells>): string {
  const hasLogs = [...rows.values()].some((cells) => !cells.has(''));
  const columns = hasLogs ? LOGS : [''];
  const header = ['what is done', ...(hasLogs ? ['Redis Streams', 'Kafka'] : ['result'])];
  const lines = [...rows]
    .toSorted(([one], [other]) => placeOf(one) - placeOf(other))
    .map(([name, cells]) => [name, ...columns.map((column) => cells.get(column) ?? '')]);
  const widths = header.map((title, at) => Math.max(title.length, ...lines.map((cells) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |\n`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...lines.map(line)].join('');
}

/** Seconds, or how it failed. */
function cellOf(test: TestCase): string {
  const result = test.result();
  const seconds = `${Math.ceil((test.diagnostic()?.duration ?? 0) / 1_000)} s`;
  if (result.state === 'passed') return `holds, ${seconds}`;
  const reason = (result.errors?.[0]?.message ?? result.state).replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
  return `**fails**, ${seconds}: ${reason.slice(0, REASON_CHARS_MAX)}`;
}

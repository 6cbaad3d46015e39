import { expect, it } from 'vitest';
import { splitTable } from './split-table.ts';

async function* listOf(rows: readonly number[]): AsyncGenerator<number> {
  yield* rows;
}

async function split(rows: readonly number[]): Promise<readonly (readonly number[])[]> {
  const files: number[][] = [];
  const limits = { documents: 3, rows: 10, rowsOf: (count: number) => count };
  for await (const file of splitTable(listOf(rows), limits)) {
    const taken: number[] = [];
    for await (const document of file) taken.push(document);
    files.push(taken);
  }
  return files;
}

it.each([
  [[], [[]]],
  [[1], [[1]]],
  [[1, 1, 1], [[1, 1, 1]]],
  [
    [1, 1, 1, 1],
    [[1, 1, 1], [1]],
  ],
  [
    [6, 4, 1],
    [[6, 4], [1]],
  ],
  [
    [11, 1, 12, 13],
    [[11], [1], [12], [13]],
  ],
])('documents of %j rows are in files of %j', async (rows, files) => {
  expect(await split(rows)).toEqual(files);
});

import type { UsageBucket, UsageQuery } from '@tollgate/warehouse';
import { expect, it } from 'vitest';
import { usageCsv } from './usage-csv.ts';

const question: UsageQuery = {
  startMs: 0,
  endMs: 3_600_000,
  zone: 'UTC',
  groupBy: ['model'],
  filters: [],
  limit: 2,
};

const rowOf = (model: string): UsageBucket => ({
  startMs: 0,
  endMs: 3_600_000,
  group: { model },
  tokens: { input: 9_007_199_254_740_993n },
  requests: 1n,
  webSearches: 0n,
  events: 1n,
  costPico: 2_500_000n,
  currency: 'USD',
  unpricedEvents: 0n,
});

async function csvOf(pages: readonly (readonly UsageBucket[])[]): Promise<string> {
  const ask = async ({ cursor }: UsageQuery) => {
    const index = Number(cursor ?? 0);
    return { rows: pages[index] ?? [], nextCursor: index + 1 < pages.length ? String(index + 1) : null };
  };
  let text = '';
  for await (const chunk of usageCsv({ ask, question })) text += chunk;
  return text;
}

it('holds the rows of all pages, each once, under one header', async () => {
  const text = await csvOf([[rowOf('a'), rowOf('b')], [rowOf('c')], []]);
  const lines = text.split('\r\n');
  expect(lines.at(-1)).toBe('');
  expect(lines[0]?.startsWith('start,end,group.model,tokens.input,')).toBe(true);
  expect(lines.slice(1, -1).map((line) => line.split(',')[2])).toEqual(['a', 'b', 'c']);
  expect(lines[1]).toContain(',9007199254740993,');
  expect(lines[1]?.endsWith(',1,0,1,0.0000025,USD,0')).toBe(true);
});

it.each([
  ['plain', 'plain'],
  ['', ''],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['-2', "'-2"],
  ['+2', "'+2"],
  ['\tx', "'\tx"],
  ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
])('a cell of %j is %j', async (model, cell) => {
  const text = await csvOf([[rowOf(model)]]);
  const line = text.slice(text.indexOf('\r\n') + 2);
  expect(line.startsWith(`1970-01-01T00:00:00.000Z,1970-01-01T01:00:00.000Z,${cell},9007199254740993,`)).toBe(true);
});

it('breaks off rather than end early when there are too many rows', async () => {
  const page = Array.from({ length: 1_000 }, () => rowOf('a'));
  const ask = async () => ({ rows: page, nextCursor: 'more' });
  const read = async () => {
    for await (const _ of usageCsv({ ask, question, rowsMax: 4_999 }));
  };
  await expect(read()).rejects.toEqual(expect.objectContaining({ code: 'validation_failed' }));
});

// Usage and costs as CSV: the columns of each.

import { COST_CLASSES, formatTimestamp, TOKEN_CLASSES } from '@tollgate/domain';
import { textCell } from '@tollgate/runtime';
import type { CostBucket, Page, UsageBucket, UsageQuery } from '@tollgate/warehouse';
import { csvOfPages } from './csv.ts';
import { decimalOfPico } from './money.ts';

interface CsvQuestion<Row> {
  readonly ask: (question: UsageQuery) => Promise<Page<Row>>;
  readonly question: UsageQuery;
  readonly rowsMax?: number;
}

export function usageCsv({ ask, question, ...limits }: CsvQuestion<UsageBucket>): AsyncGenerator<string> {
  const { groupBy } = question;
  const tokens = TOKEN_CLASSES.map((tokenClass) => `tokens.${tokenClass}`);
  const counts = ['requests', 'web_searches', 'events', 'cost', 'currency', 'unpriced_events'];
  return csvOfPages({
    ...limits,
    head: [...headOf(groupBy), ...tokens, ...counts],
    ask: (cursor) => ask(cursor === undefined ? question : { ...question, cursor }),
    cellsOf: (row) => [
      ...boundCells(row, groupBy),
      ...TOKEN_CLASSES.map((tokenClass) => String(row.tokens[tokenClass] ?? 0n)),
      String(row.requests),
      String(row.webSearches),
      String(row.events),
      row.costPico === null ? '' : decimalOfPico(row.costPico),
      row.currency ?? '',
      String(row.unpricedEvents),
    ],
  });
}

export function costsCsv({ ask, question, ...limits }: CsvQuestion<CostBucket>): AsyncGenerator<string> {
  const { groupBy } = question;
  const classes = COST_CLASSES.map((costClass) => `cost.${costClass}`);
  return csvOfPages({
    ...limits,
    head: [...headOf(groupBy), 'currency', 'cost', ...classes, 'cache_savings', 'events', 'unpriced_events'],
    ask: (cursor) => ask(cursor === undefined ? question : { ...question, cursor }),
    cellsOf: (row) => [
      ...boundCells(row, groupBy),
      row.currency ?? '',
      decimalOfPico(row.costPico),
      ...COST_CLASSES.map((costClass) => decimalOfPico(row.costByClass[costClass] ?? 0n)),
      decimalOfPico(row.cacheSavingsPico),
      String(row.events),
      String(row.unpricedEvents),
    ],
  });
}

function headOf(groupBy: readonly string[]): readonly string[] {
  return ['start', 'end', ...groupBy.map((field) => `group.${field}`)];
}

function boundCells(
  row: Pick<UsageBucket, 'startMs' | 'endMs' | 'group'>,
  groupBy: readonly string[],
): readonly string[] {
  return [
    formatTimestamp(row.startMs),
    formatTimestamp(row.endMs),
    ...groupBy.map((field) => textCell(row.group[field] ?? '')),
  ];
}

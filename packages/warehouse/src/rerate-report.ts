// What a re-rate found, added up from the rows that it kept.

import type { Connection } from './connection.ts';
import type { RerateReport, RerateSums } from './rerates.ts';
import { fillSql, loadSql } from './sql.ts';

/** Versions that are named of each line. */
const PRICE_IDS_MAX = 50;

const LINES_SQL = fillSql(loadSql('rerate-report'), { idsMax: `${PRICE_IDS_MAX}` });
const TOTALS_SQL = loadSql('rerate-totals');

interface SumsAnswer {
  readonly currency: string;
  readonly events: string;
  readonly changed: string;
  readonly old_cost_pico_sum: string;
  readonly new_cost_pico_sum: string;
  readonly unpriced_before: string;
  readonly unpriced_after: string;
}

interface LineAnswer extends SumsAnswer {
  readonly customer_id: string;
  readonly provider: string;
  readonly model: string;
  readonly old_ids: readonly string[];
  readonly new_ids: readonly string[];
}

export async function rerateReport(
  connection: Connection,
  { rerateId, linesMax }: { readonly rerateId: string; readonly linesMax: number },
): Promise<RerateReport> {
  const params = { rerate_id: rerateId };
  const [lines, totals] = await Promise.all([
    connection.select<LineAnswer>(LINES_SQL, { ...params, limit: linesMax }),
    connection.select<SumsAnswer>(TOTALS_SQL, params),
  ]);
  return {
    totals: totals.map(sumsOf),
    lines: lines.map((line) => ({
      ...sumsOf(line),
      customerId: line.customer_id,
      provider: line.provider,
      model: line.model,
      oldPriceIds: line.old_ids.toSorted(),
      newPriceIds: line.new_ids.toSorted(),
    })),
  };
}

function sumsOf(answer: SumsAnswer): RerateSums {
  return {
    currency: answer.currency,
    events: BigInt(answer.events),
    changed: BigInt(answer.changed),
    oldCostPico: BigInt(answer.old_cost_pico_sum),
    newCostPico: BigInt(answer.new_cost_pico_sum),
    unpricedBefore: BigInt(answer.unpriced_before),
    unpricedAfter: BigInt(answer.unpriced_after),
  };
}

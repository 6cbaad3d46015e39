// The rows of an answer as groups: their totals for the table, and their course over the buckets for the chart. Both are made
// from the same rows, so that they agree to the unit.

import type { ChartSeries } from '../charts/chart-shape.ts';
import { fromUnits, toDrawn, toUnits } from '../format/decimal.ts';
import { exactCount, exactMoney, shortCount, shortMoney } from '../format/number.ts';
import { REST_COLOR, seriesColor } from '../theme.ts';
import { type GroupField, grouped, type Totals, totalsOf, type UsageRow } from './usage-query.ts';
import type { Measure } from './usage-view.ts';

export interface UsageGroup {
  readonly value: string;
  readonly rows: readonly UsageRow[];
  readonly totals: Totals;
}

interface Looked {
  readonly measure: Measure;
  readonly currency: string;
}

/** In units of 10⁻¹² for money, else the count. */
function amountOf(totals: Totals, { measure, currency }: Looked): bigint {
  return measure === 'cost' ? toUnits(totals.cost.get(currency) ?? '0') : totals[measure];
}

/** The largest first. */
export function groupsOf(
  rows: readonly UsageRow[],
  { field, ...looked }: Looked & { readonly field: GroupField },
): readonly UsageGroup[] {
  const groups = [...grouped(rows, ({ group }) => group[field] ?? '')].map(([value, own]) => {
    const totals = totalsOf(own);
    return { value, rows: own, totals, amount: amountOf(totals, looked) };
  });
  return groups.sort((one, other) => (other.amount > one.amount ? 1 : other.amount < one.amount ? -1 : 0));
}

/** What a picture can still tell apart. */
const SERIES_MAX = 8;

export function seriesOf(
  groups: readonly UsageGroup[],
  {
    starts,
    nameOf,
    ...looked
  }: Looked & { readonly starts: readonly string[]; readonly nameOf: (value: string) => string },
): readonly ChartSeries[] {
  const seriesFrom = (name: string, color: string, rows: readonly UsageRow[]): ChartSeries => {
    const byStart = grouped(rows, ({ start }) => start);
    const amounts = starts.map((start) => amountOf(totalsOf(byStart.get(start) ?? []), looked));
    const texts = amounts.map((amount) => (looked.measure === 'cost' ? fromUnits(amount) : String(amount)));
    return {
      name,
      color,
      drawn: texts.map(toDrawn),
      exact: texts.map((text) =>
        looked.measure === 'cost' ? exactMoney(text, looked.currency) : exactCount(BigInt(text)),
      ),
    };
  };
  const single = groups.length <= SERIES_MAX ? groups : groups.slice(0, SERIES_MAX - 1);
  const rest = groups.slice(single.length);
  return [
    ...single.map(({ value, rows }, index) => seriesFrom(nameOf(value), seriesColor(index), rows)),
    ...(rest.length === 0
      ? []
      : [
          seriesFrom(
            `${rest.length} others`,
            REST_COLOR,
            rest.flatMap(({ rows }) => rows),
          ),
        ]),
  ];
}

export function axisOf(measure: Measure, currency: string): (value: number) => string {
  return measure === 'cost' ? (value) => shortMoney(value.toFixed(6), currency) : shortCount;
}

// A re-rate on the wire.

import { RERATE_STATES, type Rerate } from '@tollgate/accounts';
import { formatTimestamp } from '@tollgate/domain';
import type { RerateReport, RerateSums } from '@tollgate/warehouse';
import Type from 'typebox';
import { decimalOfPico } from './money.ts';
import { Count, Decimal, idOf, orNull, Timestamp } from './schemas.ts';

const rerateFields = {
  id: idOf('rrt', 'a re-rate'),
  state: Type.Enum([...RERATE_STATES], {
    description: '`rated`: it waits for `apply` or `cancel`. `failed`: it cannot go on; what it applied stays.',
  }),
  start: Timestamp,
  end: Timestamp,
  filter: Type.Record(Type.String(), Type.Unknown()),
  dry_run: Type.Boolean(),
  reason: Type.String(),
  prices_known_at: Type.String({ format: 'date-time', description: 'Prices known until then are what is rated by.' }),
  created_at: Timestamp,
  created_by: Type.String(),
  finished_at: orNull(Timestamp),
  progress: Type.Object({
    examined: Type.Integer({ minimum: 0, description: 'Events that were rated so far.' }),
    changed: Type.Integer({ minimum: 0, description: 'Of them, those that get another cost.' }),
    applied: Type.Integer({ minimum: 0, description: 'Events that stand as they were rated.' }),
    skipped: Type.Integer({
      minimum: 0,
      description: 'Events that were to change and changed otherwise meanwhile.',
    }),
  }),
};

export const RerateSchema = Type.Object(rerateFields);

const sums = {
  currency: orNull(Type.String({ description: 'ISO 4217.' })),
  events: Count,
  changed: Count,
  old_cost: Decimal,
  new_cost: Decimal,
  difference: Decimal,
  unpriced_before: Count,
  still_unpriced: Count,
};

export const RerateWithReport = Type.Object({
  ...rerateFields,
  report: Type.Object(
    {
      totals: Type.Array(Type.Object(sums), { description: 'By currency.' }),
      lines: Type.Array(
        Type.Object({
          customer: Type.String(),
          provider: Type.String(),
          model: Type.String(),
          ...sums,
          old_price_ids: Type.Array(Type.String(), { description: 'Of the changed events; at most 50.' }),
          new_price_ids: Type.Array(Type.String(), { description: 'Of the changed events; at most 50.' }),
        }),
        { description: 'The greatest differences first; at most 1000.' },
      ),
    },
    { description: 'Of the events that were rated so far.' },
  ),
});

export function rerateJson(rerate: Rerate) {
  const { id, state, isDryRun, reason, examined, changed, applied, skipped, createdBy } = rerate;
  return {
    ...{ id, state, reason, dry_run: isDryRun, created_by: createdBy },
    start: formatTimestamp(rerate.startMs),
    end: formatTimestamp(rerate.endMs),
    filter: { ...rerate.filter.fields, unpriced_only: rerate.filter.isUnpricedOnly },
    prices_known_at: formatTimestamp(rerate.knownAtMs),
    created_at: formatTimestamp(rerate.createdAtMs),
    finished_at: rerate.finishedAtMs === null ? null : formatTimestamp(rerate.finishedAtMs),
    progress: { examined, changed, applied, skipped },
  };
}

export function reportJson({ lines, totals }: RerateReport) {
  return {
    totals: totals.map(sumsJson),
    lines: lines.map((line) => ({
      customer: line.customerId,
      provider: line.provider,
      model: line.model,
      ...sumsJson(line),
      old_price_ids: line.oldPriceIds,
      new_price_ids: line.newPriceIds,
    })),
  };
}

function sumsJson(sums: RerateSums) {
  const { currency, events, changed, oldCostPico, newCostPico } = sums;
  return {
    ...{ events, changed, currency: currency === '' ? null : currency },
    old_cost: decimalOfPico(oldCostPico),
    new_cost: decimalOfPico(newCostPico),
    difference: decimalOfPico(newCostPico - oldCostPico),
    unpriced_before: sums.unpricedBefore,
    still_unpriced: sums.unpricedAfter,
  };
}

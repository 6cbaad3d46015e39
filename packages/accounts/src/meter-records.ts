// The rows of the meters.

import type { Meter, MeterAggregation } from '@tollgate/domain';
import type { AccountRecords } from './accounts.ts';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface MeterRow {
  readonly slug: string;
  readonly name: string;
  readonly event_type: string;
  readonly aggregation: MeterAggregation;
  readonly value_path: string | null;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly created_at: Date;
  readonly archived_at: Date | null;
}

const COLUMNS = 'slug, name, event_type, aggregation, value_path, dimensions, created_at, archived_at';

type MeterRecords = Pick<AccountRecords, 'createMeter' | 'meter' | 'archiveMeter' | 'meters'>;

export function meterRecords(query: Query): MeterRecords {
  return {
    async createMeter(meter) {
      await query(`INSERT INTO meters (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, [
        meter.slug,
        meter.name,
        meter.eventType,
        meter.aggregation,
        meter.valuePath,
        JSON.stringify(meter.dimensions),
        new Date(meter.createdAtMs),
        toTime(meter.archivedAtMs),
      ]);
    },
    async meter(slug) {
      const [row] = await query<MeterRow>(`SELECT ${COLUMNS} FROM meters WHERE slug = $1`, [slug]);
      return row === undefined ? null : toMeter(row);
    },
    async archiveMeter(slug, archivedAtMs) {
      const rows = await query<MeterRow>(
        `UPDATE meters SET archived_at = $2 WHERE slug = $1 AND archived_at IS NULL RETURNING ${COLUMNS}`,
        [slug, toTime(archivedAtMs)],
      );
      return rows.length > 0;
    },
    async meters({ limit, after }) {
      const rows = await query<MeterRow>(`SELECT ${COLUMNS} FROM meters WHERE slug > $1 ORDER BY slug LIMIT $2`, [
        after ?? '',
        limit,
      ]);
      return rows.map(toMeter);
    },
  };
}

function toMeter(row: MeterRow): Meter {
  return {
    slug: row.slug,
    name: row.name,
    eventType: row.event_type,
    aggregation: row.aggregation,
    valuePath: row.value_path,
    dimensions: row.dimensions,
    createdAtMs: row.created_at.getTime(),
    archivedAtMs: fromTime(row.archived_at),
  };
}

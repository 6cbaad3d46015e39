// How far the providers' usage and our own counts of the same texts are apart, by group.

import type { Connection } from './connection.ts';
import { decodeCursor, encodeCursor, invalidCursor } from './cursor.ts';
import { HOUR_MS } from './marked-insert.ts';
import { fillSql, loadSql } from './sql.ts';
import { conditionsSql, groupsSql } from './usage-fields.ts';
import type { DriftGroup, DriftQuery, DriftSide, Page } from './warehouse.ts';

const DRIFT_SQL = loadSql('drift');

type Row = Readonly<Record<string, string | number>>;

/** `groupBy` names at least one field. */
export async function drift(connection: Connection, query: DriftQuery): Promise<Page<DriftGroup>> {
  const { cursor, limit, ...question } = query;
  const { startMs, endMs, groupBy, filters } = query;
  if (startMs >= endMs) return { rows: [], nextCursor: null };
  const places = groupBy.map((_, index) => `g${index}`);
  const after = cursor === undefined ? null : decodeCursor(question, cursor);
  if (after !== null && after.length !== places.length) throw invalidCursor();
  const groups = groupsSql(groupBy);
  const conditions = conditionsSql(filters);
  const sql = fillSql(DRIFT_SQL, {
    groups: groups.sql,
    conditions: conditions.sql,
    names: places.map((place) => `, ${place}`).join(''),
    places: places.join(', '),
    after:
      after === null
        ? 'true'
        : `tuple(${places.join(', ')}) > tuple(${places.map((_, index) => `{after_${index}:String}`).join(', ')})`,
  });
  const rows = await connection.select<Row>(sql, {
    ...groups.params,
    ...conditions.params,
    ...Object.fromEntries((after ?? []).map((value, index) => [`after_${index}`, String(value)])),
    from_hour: (Math.floor(startMs / HOUR_MS) * HOUR_MS) / 1_000,
    to_hour: (Math.ceil(endMs / HOUR_MS) * HOUR_MS) / 1_000,
    start_ms: startMs,
    end_ms: endMs,
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const keyOf = (row: Row) => places.map((place) => String(row[place] ?? ''));
  return {
    rows: shown.map((row) => ({
      group: Object.fromEntries(groupBy.map((field, index) => [field, String(row[`g${index}`] ?? '')])),
      events: BigInt(row['events'] ?? 0),
      input: sideOf(row, 'input'),
      output: sideOf(row, 'output'),
    })),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(question, keyOf(last)) : null,
  };
}

/** Null where no event is compared on that side. */
function sideOf(row: Row, side: 'input' | 'output'): DriftSide | null {
  const events = BigInt(row[`${side}_events`] ?? 0);
  if (events === 0n) return null;
  return {
    events,
    reportedTokens: BigInt(row[`${side}_reported`] ?? 0),
    countedTokens: BigInt(row[`${side}_counted`] ?? 0),
    eventP50: Number(row[`${side}_p50`]),
    eventP95: Number(row[`${side}_p95`]),
    eventMax: Number(row[`${side}_max`]),
  };
}

// The rows of refused requests and of the bursts among them.

import type { Query } from './postgres-query.ts';
import type { RefusalField, RefusalQuestion, RefusalRecords, RefusalSum } from './refusals.ts';
import { toTime } from './time-column.ts';

// In the order of the primary key, so that two processes that write the same rows wait for each other and never both.
const NOTE = `
  INSERT INTO refusals (minute, source, code, service, key_id, count)
  SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
    AS r (minute, source, code, service, key_id, count)
  ORDER BY minute, source, code, service, key_id COLLATE "C"
  ON CONFLICT (minute, source, code, service, key_id) DO UPDATE SET count = refusals.count + excluded.count`;

const LOUD = `
  SELECT minute, source, json_object_agg(code, count) AS by_code FROM (
    SELECT minute, source, code, sum(count)::text AS count, sum(sum(count)) OVER (PARTITION BY minute, source) AS total
    FROM refusals WHERE minute >= $1 GROUP BY minute, source, code) AS codes
  WHERE total >= $2
  GROUP BY minute, source ORDER BY minute, source LIMIT $3`;

const SAVE_BURSTS = `
  INSERT INTO refusal_bursts (source, started_at, last_at)
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[])
  ON CONFLICT (source) DO UPDATE SET started_at = excluded.started_at, last_at = excluded.last_at`;

const REMOVE = `
  WITH old AS (SELECT ctid FROM refusals WHERE minute < $1 LIMIT $2)
  DELETE FROM refusals USING old WHERE refusals.ctid = old.ctid RETURNING 1`;

const truncated = (unit: string): string =>
  `to_char(date_trunc('${unit}', minute AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const EXPRESSIONS: Readonly<Record<RefusalField, string>> = {
  minute: truncated('minute'),
  hour: truncated('hour'),
  day: truncated('day'),
  source: 'source',
  code: 'code',
  service: 'service',
  key: 'key_id',
};

export function refusalRecords(query: Query): RefusalRecords {
  return {
    async noteRefusals(counts) {
      await query(NOTE, [
        counts.map(({ minuteMs }) => toTime(minuteMs)),
        counts.map(({ source }) => source),
        counts.map(({ code }) => code),
        counts.map(({ service }) => service),
        counts.map(({ keyId }) => keyId ?? ''),
        counts.map(({ count }) => count.toString()),
      ]);
    },
    refusals: (question) => sumRefusals(query, question),
    async loudMinutes({ sinceMs, countMin, limit }) {
      const rows = await query<{ minute: Date; source: string; by_code: Record<string, string> }>(LOUD, [
        toTime(sinceMs),
        countMin,
        limit,
      ]);
      return rows.map(({ minute, source, by_code: byCode }) => ({
        source,
        minuteMs: minute.getTime(),
        byCode: Object.fromEntries(Object.entries(byCode).map(([code, count]) => [code, BigInt(count)])),
      }));
    },
    async latestBursts(sources) {
      const rows = await query<{ source: string; started_at: Date; last_at: Date }>(
        'SELECT source, started_at, last_at FROM refusal_bursts WHERE source = ANY ($1)',
        [sources],
      );
      return rows.map((row) => ({
        source: row.source,
        startedAtMs: row.started_at.getTime(),
        lastAtMs: row.last_at.getTime(),
      }));
    },
    async saveBursts(bursts) {
      await query(SAVE_BURSTS, [
        bursts.map(({ source }) => source),
        bursts.map(({ startedAtMs }) => toTime(startedAtMs)),
        bursts.map(({ lastAtMs }) => toTime(lastAtMs)),
      ]);
    },
    async removeRefusals({ beforeMs, limit }) {
      const before = toTime(beforeMs);
      await query('DELETE FROM refusal_bursts WHERE last_at < $1', [before]);
      return (await query(REMOVE, [before, limit])).length;
    },
  };
}

async function sumRefusals(query: Query, question: RefusalQuestion): Promise<readonly RefusalSum[]> {
  const { groupBy } = question;
  // The expressions are ours: no text of the question is in the statement.
  const columns = groupBy.map((field) => `${EXPRESSIONS[field]} AS "${field}", `).join('');
  const places = groupBy.map((_, index) => `, ${index + 1}`).join('');
  const rows = await query<Record<RefusalField | 'count', string>>(
    `SELECT ${columns} sum(count)::text AS count FROM refusals
     WHERE minute >= $1 AND minute < $2
       AND ($3::text[] IS NULL OR code = ANY ($3)) AND ($4::text[] IS NULL OR service = ANY ($4))
       AND ($5::text[] IS NULL OR source = ANY ($5)) AND ($6::text[] IS NULL OR key_id = ANY ($6))
     GROUP BY GROUPING SETS ((${places.slice(2)})) HAVING count(*) > 0 ORDER BY sum(count) DESC${places} LIMIT $7`,
    [
      toTime(question.startMs),
      toTime(question.endMs),
      question.codes ?? null,
      question.services ?? null,
      question.sources ?? null,
      question.keyIds ?? null,
      question.limit,
    ],
  );
  return rows.map((row) => ({
    group: Object.fromEntries(groupBy.map((field) => [field, row[field]])),
    count: BigInt(row.count),
  }));
}

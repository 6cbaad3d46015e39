// Sums the hours that changed and have been quiet since. A sum is only ever computed anew, never added to, so it can be
// repeated and done by two processes at once. An hour is trusted while its sum is younger than its last change by more
// than a change can take to become visible; until then queries read its events.

import { audit, recordAudit } from './audit-progress.ts';
import type { Connection } from './connection.ts';
import { SETTLED_AFTER_SECONDS, serverNowMs } from './marked-insert.ts';
import { loadSql } from './sql.ts';

/** Their names have to fit into the address of a request. */
const HOURS_PER_STATEMENT = 2_000;

const CHANGED_SQL = loadSql('changed-hours');
const SUM_SQL = loadSql('sum-hours');

export interface RollupOptions {
  readonly hoursMax: number;
  /** Less only in tests, which do not wait. */
  readonly settledAfterSeconds: number;
}

export async function rebuildRollups(connection: Connection, options: RollupOptions): Promise<{ hours: number }> {
  const { hoursMax, settledAfterSeconds } = options;
  const nowMs = await serverNowMs(connection);
  const hours = await connection.select<{ customer_id: string; hour_seconds: number }>(CHANGED_SQL, {
    marked_from_ms: await audit(connection, 'rollups'),
    now_ms: nowMs,
    settled_after_seconds: settledAfterSeconds,
    limit: hoursMax,
  });
  // The newest first, but read in the order they lie in: neighbours share what has to be read for them.
  hours.sort((a, b) => compareText(a.customer_id, b.customer_id) || a.hour_seconds - b.hour_seconds);
  for (let start = 0; start < hours.length; start += HOURS_PER_STATEMENT) {
    const some = hours.slice(start, start + HOURS_PER_STATEMENT);
    await connection.run(SUM_SQL, {
      customers: some.map((hour) => hour.customer_id),
      hours: some.map((hour) => hour.hour_seconds),
      now_ms: nowMs,
    });
  }
  if (hours.length < hoursMax) {
    const lookedUntilMs = Math.max(0, nowMs - Math.max(settledAfterSeconds, SETTLED_AFTER_SECONDS) * 1_000);
    await recordAudit(connection, { name: 'rollups', lookedUntilMs });
  }
  return { hours: hours.length };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

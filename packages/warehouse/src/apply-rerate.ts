// Writes rated rows as the next revision of the usage rows, hour by hour: marks first, as every write of usage rows, then the
// rows, on the server itself, so that whatever else a row has stays as it is to the letter.

import type { Connection } from './connection.ts';
import { marksDeadlineMs } from './marked-insert.ts';
import type { RerateStep, Rerating } from './rerates.ts';
import { loadSql } from './sql.ts';

/** Their names have to fit into the address of a request. */
const HOURS_MAX = 1_000;

const HOURS_SQL = loadSql('rated-hours');
const MARK_SQL = loadSql('mark-rated-hours');
const APPLY_SQL = loadSql('apply-rated-rows');
const COUNT_SQL = loadSql('count-applied');

export async function nextRerateStep(
  connection: Connection,
  { rerateId, after, rowsMin }: Parameters<Rerating['nextRerateStep']>[0],
): Promise<RerateStep | null> {
  const hours = await connection.select<{ customer_id: string; hour_seconds: number; rows: number }>(HOURS_SQL, {
    rerate_id: rerateId,
    after_customer: after?.customerId ?? '',
    after_hour: (after?.hourMs ?? 0) / 1_000,
    limit: HOURS_MAX,
  });
  const step: { customerId: string; hourMs: number }[] = [];
  let rows = 0;
  for (const hour of hours) {
    if (rows >= rowsMin) break;
    step.push({ customerId: hour.customer_id, hourMs: hour.hour_seconds * 1_000 });
    rows += hour.rows;
  }
  return step.length === 0 ? null : { hours: step, rows };
}

export async function applyRerateStep(
  connection: Connection,
  { rerateId, step }: Parameters<Rerating['applyRerateStep']>[0],
): Promise<{ readonly applied: number }> {
  const hours = {
    customers: step.hours.map(({ customerId }) => customerId),
    hours: step.hours.map(({ hourMs }) => hourMs / 1_000),
  };
  const deadlineMs = await marksDeadlineMs(connection);
  await connection.run(MARK_SQL, hours);
  await connection.run(APPLY_SQL, {
    ...hours,
    rerate_id: rerateId,
    deadline_ms: deadlineMs,
  });
  const [row] = await connection.select<{ applied: string }>(COUNT_SQL, { ...hours, rerate_id: rerateId });
  return { applied: Number(row?.applied ?? 0) };
}

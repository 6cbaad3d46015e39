// How the system itself is: the rows of its processes, and counts of the endpoints that take nothing.

import type { EndpointTroubles, OperationRecords } from './operations.ts';
import type { Query } from './postgres-query.ts';
import { toTime } from './time-column.ts';

/** A process that was not stopped in order is shown as silent for so long. */
const SILENT_FORGOTTEN_MS = 3_600_000;

const REPORT = `
  WITH gone AS (DELETE FROM service_processes WHERE reported_at < $6)
  INSERT INTO service_processes (id, service, started_at, reported_at, checks) VALUES ($1, $2, $3, $4, $5::jsonb)
  ON CONFLICT (id) DO UPDATE SET reported_at = excluded.reported_at, checks = excluded.checks`;

const PROCESSES = `
  SELECT id, service, started_at, reported_at, checks FROM service_processes
  WHERE reported_at >= $1 ORDER BY service, started_at, id LIMIT 1000`;

const TROUBLES = `
  SELECT
    count(*) FILTER (WHERE is_enabled AND failing_since IS NOT NULL)::integer AS failing,
    count(*) FILTER (WHERE disabled_reason IS NOT NULL)::integer AS disabled
  FROM webhook_endpoints WHERE deleted_at IS NULL`;

interface ProcessRow {
  readonly id: string;
  readonly service: string;
  readonly started_at: Date;
  readonly reported_at: Date;
  readonly checks: Readonly<Record<string, boolean>>;
}

export function operationRecords(query: Query): OperationRecords {
  return {
    async reportProcess({ id, service, startedAtMs, reportedAtMs, checks }) {
      const goneBefore = toTime(reportedAtMs - SILENT_FORGOTTEN_MS);
      const values = [id, service, toTime(startedAtMs), toTime(reportedAtMs), JSON.stringify(checks), goneBefore];
      await query(REPORT, values);
    },
    async forgetProcess(id) {
      await query('DELETE FROM service_processes WHERE id = $1', [id]);
    },
    async processes(sinceMs) {
      const rows = await query<ProcessRow>(PROCESSES, [toTime(sinceMs)]);
      return rows.map((row) => ({
        id: row.id,
        service: row.service,
        startedAtMs: row.started_at.getTime(),
        reportedAtMs: row.reported_at.getTime(),
        checks: row.checks,
      }));
    },
    async endpointTroubles() {
      const [row] = await query<EndpointTroubles>(TROUBLES);
      return { failing: row?.failing ?? 0, disabled: row?.disabled ?? 0 };
    },
  };
}

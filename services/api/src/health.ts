// `GET /v1/health`: which processes run and what their dependencies say, how far counting is behind, and what waits to be told.

import { readFileSync } from 'node:fs';
import type { ServiceProcess } from '@tollgate/accounts';
import { formatTimestamp } from '@tollgate/domain';
import type { LogMonitor } from '@tollgate/event-log';
import { type Clock, PROCESS_REPORT_EVERY_MS } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';
import Type from 'typebox';
import { lagOf } from './log-lag.ts';
import { AsOf } from './period.ts';
import { defineRoute, json, type Route } from './route.ts';
import { Count, orNull, Timestamp } from './schemas.ts';

const SERVICES = ['ingest', 'api', 'counter', 'quota', 'webhooks', 'billing'] as const;

/** Of a report every few seconds, several were missed. */
const SILENT_MS = 4 * PROCESS_REPORT_EVERY_MS;
/** A process that was not stopped in order is shown for so long. */
const SHOWN_MS = 600_000;

const ProcessSchema = Type.Object({
  id: Type.String(),
  state: Type.Enum(['ready', 'not_ready', 'silent'], {
    description: `\`silent\`: nothing was heard of it for ${SILENT_MS / 1_000} seconds, and it was not stopped in order.`,
  }),
  started_at: Timestamp,
  reported_at: Timestamp,
  checks: Type.Record(Type.String(), Type.Boolean(), {
    description: 'By the name of each dependency, whether it answered, as of the last report.',
  }),
});

const HealthSchema = Type.Object({
  version: Type.String(),
  checked_at: Timestamp,
  services: Type.Array(
    Type.Object({
      service: Type.Enum([...SERVICES]),
      processes: Type.Array(ProcessSchema, { description: 'None: nobody of this service was heard of lately.' }),
    }),
  ),
  counting: Type.Object({
    lag_entries: orNull(
      Type.Integer({ minimum: 0, description: 'Entries of the log that wait to be counted; null: not known.' }),
    ),
    as_of: AsOf,
  }),
  webhooks: Type.Object({
    facts_waiting: Type.Union([Count], { description: 'Facts that nobody was queued for yet.' }),
    due: Type.Union([Count], { description: 'Deliveries to enabled endpoints that are due, and nobody is making.' }),
    oldest_due_at: orNull(
      Type.String({ format: 'date-time', description: 'Since when the one has been due that waits longest.' }),
    ),
    failing_endpoints: Type.Union([Count], { description: 'Enabled, and did not take the last that they were sent.' }),
    disabled_endpoints: Type.Union([Count], { description: 'Disabled because they took nothing.' }),
  }),
});

interface HealthOptions {
  readonly warehouse: Pick<Warehouse, 'asOf'>;
  readonly monitor: Pick<LogMonitor, 'progress'>;
  readonly clock: Clock;
}

export function healthRoutes({ warehouse, monitor, clock }: HealthOptions): readonly Route[] {
  const version = readVersion();
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/health',
      operationId: 'getHealth',
      tag: 'Health',
      summary: 'How the system is',
      description: `Every process of every service reports every ${PROCESS_REPORT_EVERY_MS / 1_000} seconds what its \`/readyz\` would say; this shows what it last said. What cannot be asked at the moment is null, never zero.`,
      scope: 'admin',
      success: { status: 200, schema: HealthSchema },
      async handle({ records }) {
        const nowMs = clock.now();
        const [processes, backlog, troubles, lag, asOfMs] = await Promise.all([
          records.processes(nowMs - SHOWN_MS),
          records.webhookBacklog(nowMs),
          records.endpointTroubles(),
          lagOf(monitor),
          warehouse.asOf().catch(() => null),
        ]);
        return json(200, {
          version,
          checked_at: formatTimestamp(nowMs),
          services: SERVICES.map((service) => ({
            service,
            processes: processes
              .filter((process) => process.service === service)
              .map((process) => processJson(process, nowMs)),
          })),
          counting: { lag_entries: lag, as_of: asOfMs === null ? null : formatTimestamp(asOfMs) },
          webhooks: {
            facts_waiting: backlog.facts,
            due: backlog.due,
            oldest_due_at: backlog.oldestDueAtMs === null ? null : formatTimestamp(backlog.oldestDueAtMs),
            failing_endpoints: troubles.failing,
            disabled_endpoints: troubles.disabled,
          },
        });
      },
    }),
  ];
}

function processJson({ id, startedAtMs, reportedAtMs, checks }: ServiceProcess, nowMs: number) {
  const isReady = Object.values(checks).every((answers) => answers);
  return {
    id,
    state: nowMs - reportedAtMs > SILENT_MS ? 'silent' : isReady ? 'ready' : 'not_ready',
    started_at: formatTimestamp(startedAtMs),
    reported_at: formatTimestamp(reportedAtMs),
    checks,
  };
}

function readVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return version;
}

// The rows of how keys are used, and of the alerts about it.

import {
  canonicalJson,
  JUMP_BASELINE_MS,
  type KeyUseFacts,
  NETWORKS_WITHIN_MS,
  type UnusualUseRule,
} from '@tollgate/domain';
import type { Alert, KeyActivityRecords } from './key-activity.ts';
import type { Query } from './postgres-query.ts';
import { toTime } from './time-column.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const NETWORKS_KEPT_MS = 90 * DAY_MS;
const HOURS_KEPT_MS = 8 * DAY_MS;
const REMOVED_MAX = 20_000;
const NETWORKS_SHOWN_MAX = 10;

// Each table in the order of its key, so that two processes that write the same rows wait for each other and never both.
const NOTE = `
  WITH noted AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[]) AS n (key_id, network, at, requests)
  ), activity AS (
    INSERT INTO key_activity (key_id, first_used_at, requests, touched_at)
    SELECT key_id, min(at), sum(requests), statement_timestamp() FROM noted GROUP BY key_id ORDER BY key_id COLLATE "C"
    ON CONFLICT (key_id) DO UPDATE
    SET requests = key_activity.requests + excluded.requests, touched_at = excluded.touched_at
  ), hours AS (
    INSERT INTO key_hours (key_id, hour, requests)
    SELECT key_id, date_trunc('hour', at, 'UTC') AS hour, sum(requests) FROM noted
    GROUP BY key_id, hour ORDER BY key_id COLLATE "C", hour
    ON CONFLICT (key_id, hour) DO UPDATE SET requests = key_hours.requests + excluded.requests
  )
  INSERT INTO key_networks (key_id, network, first_seen_at, last_seen_at)
  SELECT key_id, network, min(at), max(at) FROM noted WHERE network IS NOT NULL
  GROUP BY key_id, network ORDER BY key_id COLLATE "C", network
  ON CONFLICT (key_id, network) DO UPDATE
  SET last_seen_at = greatest(key_networks.last_seen_at, excluded.last_seen_at)`;

const ACTIVE = `
  SELECT key_id FROM (
    SELECT key_id FROM key_activity WHERE touched_at >= $1
    UNION SELECT key_id FROM refusals WHERE minute >= $1 AND code = 'invalid_token' AND key_id <> ''
  ) AS active WHERE key_id > $2 ORDER BY key_id COLLATE "C" LIMIT $3`;

// A key that was deleted has nothing more to tell.
const USES = `
  SELECT k.id AS key_id, coalesce(a.first_used_at, k.created_at) AS first_used_at, coalesce(a.requests, 0) AS requests,
    ARRAY(SELECT network FROM key_networks n WHERE n.key_id = k.id AND n.first_seen_at BETWEEN $2 AND $6
      AND n.first_seen_at > a.first_used_at ORDER BY n.first_seen_at LIMIT ${NETWORKS_SHOWN_MAX}) AS new_networks,
    (SELECT count(*)::integer FROM key_networks n WHERE n.key_id = k.id AND n.last_seen_at >= $3) AS recent_networks,
    coalesce((SELECT requests FROM key_hours h WHERE h.key_id = k.id AND h.hour = $2), 0) AS this_hour,
    coalesce((SELECT max(requests) FROM key_hours h
      WHERE h.key_id = k.id AND h.hour < $2 AND h.hour >= $4), 0) AS busiest_hour,
    coalesce((SELECT json_agg(json_build_object('id', s.id, 'address', u.address))
      FROM api_key_secrets s JOIN api_key_uses u ON u.key_id = s.key_id AND u.credential_id = s.id
      WHERE s.key_id = k.id AND u.used_at >= s.retires_at), '[]') AS old_secrets,
    coalesce((SELECT sum(count) FROM refusals r
      WHERE r.key_id = k.id AND r.code = 'invalid_token' AND r.minute BETWEEN $5 AND $6), 0) AS retired_attempts,
    ARRAY(SELECT DISTINCT source FROM refusals r
      WHERE r.key_id = k.id AND r.code = 'invalid_token' AND r.minute BETWEEN $5 AND $6
      ORDER BY source LIMIT ${NETWORKS_SHOWN_MAX}) AS retired_sources
  FROM api_keys k LEFT JOIN key_activity a ON a.key_id = k.id
  WHERE k.id = ANY ($1) AND k.deleted_at IS NULL`;

interface UseRow {
  readonly key_id: string;
  readonly first_used_at: Date;
  readonly requests: string;
  readonly new_networks: readonly string[];
  readonly recent_networks: number;
  readonly this_hour: string;
  readonly busiest_hour: string;
  readonly old_secrets: KeyUseFacts['oldSecrets'];
  readonly retired_attempts: string;
  readonly retired_sources: readonly string[];
}

interface AlertRow {
  readonly id: string;
  readonly key_id: string;
  readonly customer_id: string | null;
  readonly rule: UnusualUseRule;
  readonly time_window: string;
  readonly facts: Alert['facts'];
  readonly detail: string;
  readonly created_at: Date;
}

const CREATE_ALERT = `
  INSERT INTO alerts (id, key_id, customer_id, rule, time_window, facts, detail, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT ON CONSTRAINT alerts_are_told_once DO NOTHING RETURNING id`;

const ALERTS = `
  SELECT id, key_id, customer_id, rule, time_window, facts, detail, created_at FROM alerts
  WHERE ($1::text IS NULL OR customer_id = $1) AND ($2::text IS NULL OR key_id = $2)
    AND ($3::text IS NULL OR rule = $3) AND ($4::text IS NULL OR id < $4)
  ORDER BY id DESC LIMIT $5`;

export function keyActivityRecords(query: Query): KeyActivityRecords {
  return {
    async noteActivity(activity) {
      await query(NOTE, [
        activity.map(({ keyId }) => keyId),
        activity.map(({ network }) => network),
        activity.map(({ atMs }) => toTime(atMs)),
        activity.map(({ requests }) => requests.toString()),
      ]);
    },
    async activeKeys({ sinceMs, after, limit }) {
      const rows = await query<{ key_id: string }>(ACTIVE, [toTime(sinceMs), after, limit]);
      return rows.map(({ key_id: keyId }) => keyId);
    },
    async keyUses(keyIds, nowMs) {
      const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
      const dayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
      const instants = [hourMs, nowMs - NETWORKS_WITHIN_MS, hourMs - JUMP_BASELINE_MS, dayMs, nowMs].map(toTime);
      const rows = await query<UseRow>(USES, [keyIds, ...instants]);
      return rows.map((row) => ({ keyId: row.key_id, facts: toFacts(row) }));
    },
    async createAlert({ id, keyId, customerId, rule, window, facts, detail, createdAtMs }) {
      const values = [id, keyId, customerId, rule, window, canonicalJson(facts), detail, toTime(createdAtMs)];
      return (await query(CREATE_ALERT, values)).length > 0;
    },
    async alerts({ customerId, keyId, rule, limit, after }) {
      const values = [customerId ?? null, keyId ?? null, rule ?? null, after ?? null, limit];
      return (await query<AlertRow>(ALERTS, values)).map(toAlert);
    },
    async removeActivity(nowMs) {
      await query(removalOf('key_networks', 'last_seen_at'), [toTime(nowMs - NETWORKS_KEPT_MS), REMOVED_MAX]);
      await query(removalOf('key_hours', 'hour'), [toTime(nowMs - HOURS_KEPT_MS), REMOVED_MAX]);
    },
  };
}

function removalOf(table: 'key_networks' | 'key_hours', column: 'last_seen_at' | 'hour'): string {
  return `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${column} < $1 LIMIT $2))`;
}

function toFacts(row: UseRow): KeyUseFacts {
  return {
    firstUsedAtMs: row.first_used_at.getTime(),
    requests: BigInt(row.requests),
    newNetworks: row.new_networks,
    recentNetworks: row.recent_networks,
    requestsThisHour: BigInt(row.this_hour),
    requestsBusiestHour: BigInt(row.busiest_hour),
    oldSecrets: row.old_secrets,
    retiredAttempts: BigInt(row.retired_attempts),
    retiredSources: row.retired_sources,
  };
}

function toAlert(row: AlertRow): Alert {
  const { id, rule, facts, detail } = row;
  const { key_id: keyId, customer_id: customerId, time_window: window } = row;
  return { id, keyId, customerId, rule, window, facts, detail, createdAtMs: row.created_at.getTime() };
}

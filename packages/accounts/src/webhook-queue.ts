// From the outbox to deliveries, and from due deliveries to what became of them. Several processes do this at once: a fact is
// taken out of the outbox in the transaction that queues it, and a due delivery is claimed until an instant, after which it
// is due again. So nothing is lost with a process, and what was sent but not noted is sent once more.

import type { WebhookType } from '@tollgate/domain';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';
import { ENDPOINT_COLUMNS, toEndpoint, type WebhookEndpointRow } from './webhook-endpoint-records.ts';
import type { ClaimedDelivery, FinishedAttempt, WebhookRecords } from './webhooks.ts';

const TAKE = `
  DELETE FROM outbox WHERE id = ANY (ARRAY(SELECT id FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
  RETURNING id, type, customer_id, data::text AS data, created_at`;

const LISTENERS = `
  SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints
  WHERE is_enabled AND deleted_at IS NULL AND (customer_id IS NULL OR customer_id = ANY ($1))
  ORDER BY id FOR NO KEY UPDATE`;

const CREATE_MESSAGES = `
  INSERT INTO webhook_messages (id, type, customer_id, body, created_at)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])`;

// Due one after the other, so that the index alone gives them in their order.
const QUEUE = `
  WITH given AS (
    SELECT *, row_number() OVER (PARTITION BY endpoint_id ORDER BY place) AS step
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n (id, message_id, endpoint_id, place)
  ), counts AS (
    SELECT endpoint_id, count(*) AS count FROM given GROUP BY endpoint_id
  ), numbered AS (
    UPDATE webhook_endpoints e SET last_order = last_order + c.count FROM counts c WHERE e.id = c.endpoint_id
    RETURNING e.id, e.last_order - c.count AS base
  )
  INSERT INTO webhook_deliveries (id, message_id, endpoint_id, endpoint_order, state, next_at, created_at)
  SELECT g.id, g.message_id, g.endpoint_id, n.base + g.step, 'pending', $4::timestamptz + g.step * interval '1 microsecond', $4
  FROM given g JOIN numbered n ON n.id = g.endpoint_id`;

// "waiting" jumps from endpoint to endpoint in the index of what is pending, however much waits for each of them.
const CLAIM = `
  WITH RECURSIVE waiting AS (
    (SELECT endpoint_id FROM webhook_deliveries WHERE state = 'pending' ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.endpoint_id FROM webhook_deliveries d
            WHERE d.state = 'pending' AND d.endpoint_id > w.endpoint_id ORDER BY d.endpoint_id LIMIT 1)
    FROM waiting w WHERE w.endpoint_id IS NOT NULL
  ), open AS (
    SELECT e.id, coalesce(x.room, $5) AS room FROM waiting w
    JOIN webhook_endpoints e ON e.id = w.endpoint_id AND e.is_enabled AND e.deleted_at IS NULL
    LEFT JOIN unnest($6::text[], $7::integer[]) AS x (endpoint_id, room) ON x.endpoint_id = e.id
  ), due AS MATERIALIZED (
    SELECT o.id AS endpoint_id, d.id, d.next_at FROM open o CROSS JOIN LATERAL (
      SELECT id, next_at FROM webhook_deliveries
      WHERE endpoint_id = o.id AND state = 'pending' AND next_at <= $2
      ORDER BY next_at LIMIT o.room FOR NO KEY UPDATE SKIP LOCKED
    ) d
  ), chosen AS MATERIALIZED (
    SELECT id, next_at FROM due
    ORDER BY row_number() OVER (PARTITION BY endpoint_id ORDER BY next_at), next_at LIMIT $4
  )
  UPDATE webhook_deliveries d SET lease_id = $1, next_at = $3
  FROM chosen c, webhook_messages m, webhook_endpoints e
  WHERE d.id = c.id AND m.id = d.message_id AND e.id = d.endpoint_id
  RETURNING d.id, d.message_id, m.body, d.endpoint_order, d.failures, c.next_at AS due_at,
    d.endpoint_id, e.url, e.sealed, e.previous_expires_at`;

interface ClaimRow {
  readonly id: string;
  readonly message_id: string;
  readonly body: string;
  readonly endpoint_order: string;
  readonly failures: number;
  readonly due_at: Date;
  readonly endpoint_id: string;
  readonly url: string;
  readonly sealed: Buffer;
  readonly previous_expires_at: Date | null;
}

// Before the deliveries, as everybody who locks both. An endpoint that is well and takes what it is sent is not locked: its
// row stays as it is, and what is queued for it meanwhile is not waited for.
const LOCK_ENDPOINTS = `
  SELECT id FROM webhook_endpoints
  WHERE id = ANY ($1) OR (id = ANY ($2) AND failing_since IS NOT NULL) ORDER BY id FOR NO KEY UPDATE`;

const MOVE_ON = `
  UPDATE webhook_deliveries d SET
    state = n.state, next_at = n.next_at, lease_id = NULL,
    failures = d.failures + (n.state <> 'delivered')::integer,
    delivered_at = CASE WHEN n.state = 'delivered' THEN n.ended_at END
  FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
    AS n (id, lease_id, state, next_at, ended_at)
  WHERE d.id = n.id AND d.lease_id = n.lease_id AND d.state = 'pending'`;

const KEEP_ATTEMPTS = `
  INSERT INTO webhook_attempts (delivery_id, at, duration_ms, status, error, next_at)
  SELECT n.* FROM unnest($1::text[], $2::timestamptz[], $3::integer[], $4::integer[], $5::text[], $6::timestamptz[])
    AS n (delivery_id, at, duration_ms, status, error, next_at)
  JOIN webhook_deliveries d ON d.id = n.delivery_id`;

const NOTE_SUCCESS = `
  UPDATE webhook_endpoints SET failing_since = NULL, failures_in_a_row = 0
  WHERE id = ANY ($1) AND failing_since IS NOT NULL`;

const NOTE_FAILURES = `
  UPDATE webhook_endpoints SET
    failing_since = coalesce(failing_since, n.at), failures_in_a_row = failures_in_a_row + n.count
  FROM (SELECT endpoint_id, min(at) AS at, count(*)::integer AS count
        FROM unnest($1::text[], $2::timestamptz[]) AS f (endpoint_id, at) GROUP BY endpoint_id) n
  WHERE id = n.endpoint_id AND deleted_at IS NULL
  RETURNING ${ENDPOINT_COLUMNS}`;

/** What is counted of a backlog at most: more is only "more than that". */
const BACKLOG_MAX = 100_000;

const BACKLOG = `
  SELECT (SELECT count(*)::integer FROM (SELECT FROM outbox LIMIT ${BACKLOG_MAX}) o) AS facts,
    count(*)::integer AS due, min(next_at) AS oldest
  FROM (SELECT d.next_at FROM webhook_deliveries d
        JOIN webhook_endpoints e ON e.id = d.endpoint_id AND e.is_enabled AND e.deleted_at IS NULL
        WHERE d.state = 'pending' AND d.next_at <= $1 LIMIT ${BACKLOG_MAX}) waiting`;

const REMOVE = `
  DELETE FROM webhook_messages
  WHERE id = ANY (ARRAY(SELECT id FROM webhook_messages WHERE created_at < $1 ORDER BY created_at LIMIT $2))
  RETURNING id`;

type WebhookQueue = Pick<
  WebhookRecords,
  | 'takeFacts'
  | 'lockListeners'
  | 'createWebhookMessages'
  | 'queueWebhooks'
  | 'claimWebhooks'
  | 'noteAttempts'
  | 'webhookBacklog'
  | 'removeWebhooks'
>;

export function webhookQueue(query: Query): WebhookQueue {
  return {
    async takeFacts(limit) {
      interface FactRow {
        readonly id: string;
        readonly type: WebhookType;
        readonly customer_id: string | null;
        readonly data: string;
        readonly created_at: Date;
      }
      const rows = await query<FactRow>(TAKE, [limit]);
      return [...rows]
        .sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1))
        .map(({ type, customer_id: customerId, data: dataText, created_at: at }) => {
          return { type, customerId, dataText, atMs: at.getTime() };
        });
    },
    async lockListeners(customerIds) {
      return (await query<WebhookEndpointRow>(LISTENERS, [customerIds])).map(toEndpoint);
    },
    async createWebhookMessages(messages) {
      await query(CREATE_MESSAGES, [
        messages.map(({ id }) => id),
        messages.map(({ type }) => type),
        messages.map(({ customerId }) => customerId),
        messages.map(({ body }) => body),
        messages.map(({ createdAtMs }) => toTime(createdAtMs)),
      ]);
    },
    async queueWebhooks(deliveries, nowMs) {
      await query(QUEUE, [
        deliveries.map(({ id }) => id),
        deliveries.map(({ messageId }) => messageId),
        deliveries.map(({ endpointId }) => endpointId),
        toTime(nowMs),
      ]);
    },
    async claimWebhooks({ leaseId, nowMs, leaseEndsAtMs, limit, endpointLimit, exceptions }) {
      const rows = await query<ClaimRow>(CLAIM, [
        ...[leaseId, toTime(nowMs), toTime(leaseEndsAtMs), limit, endpointLimit],
        ...[[...exceptions.keys()], [...exceptions.values()]],
      ]);
      return rows.map((row) => toClaimed(row, leaseId));
    },
    async noteAttempts(attempts) {
      const succeeded = new Set(attempts.filter(isSuccess).map(({ endpointId }) => endpointId));
      const failed = attempts.filter(({ endpointId }) => !succeeded.has(endpointId));
      const locked = await query<{ readonly id: string }>(LOCK_ENDPOINTS, [
        failed.map(({ endpointId }) => endpointId),
        [...succeeded],
      ]);
      const recovered = locked.filter(({ id }) => succeeded.has(id)).map(({ id }) => id);
      await query(MOVE_ON, [
        attempts.map(({ deliveryId }) => deliveryId),
        attempts.map(({ leaseId }) => leaseId),
        attempts.map(({ state }) => state),
        attempts.map(({ nextAtMs }) => toTime(nextAtMs)),
        attempts.map(({ atMs, durationMs }) => toTime(atMs + durationMs)),
      ]);
      await query(KEEP_ATTEMPTS, [
        attempts.map(({ deliveryId }) => deliveryId),
        attempts.map(({ atMs }) => toTime(atMs)),
        attempts.map(({ durationMs }) => durationMs),
        attempts.map(({ status }) => status),
        attempts.map(({ error }) => error),
        attempts.map(({ nextAtMs }) => toTime(nextAtMs)),
      ]);
      if (recovered.length > 0) await query(NOTE_SUCCESS, [recovered]);
      if (failed.length === 0) return [];
      const rows = await query<WebhookEndpointRow>(NOTE_FAILURES, [
        failed.map(({ endpointId }) => endpointId),
        failed.map(({ atMs }) => toTime(atMs)),
      ]);
      return rows.map(toEndpoint);
    },
    async webhookBacklog(nowMs) {
      interface BacklogRow {
        readonly facts: number;
        readonly due: number;
        readonly oldest: Date | null;
      }
      const [row] = await query<BacklogRow>(BACKLOG, [toTime(nowMs)]);
      return { facts: row?.facts ?? 0, due: row?.due ?? 0, oldestDueAtMs: fromTime(row?.oldest ?? null) };
    },
    async removeWebhooks(beforeMs, limit) {
      return (await query(REMOVE, [toTime(beforeMs), limit])).length;
    },
  };
}

function isSuccess({ state }: FinishedAttempt): boolean {
  return state === 'delivered';
}

function toClaimed(row: ClaimRow, leaseId: string): ClaimedDelivery {
  return {
    id: row.id,
    leaseId,
    messageId: row.message_id,
    body: row.body,
    order: BigInt(row.endpoint_order),
    failures: row.failures,
    dueAtMs: row.due_at.getTime(),
    endpoint: {
      id: row.endpoint_id,
      url: row.url,
      sealed: row.sealed,
      previousExpiresAtMs: fromTime(row.previous_expires_at),
    },
  };
}
